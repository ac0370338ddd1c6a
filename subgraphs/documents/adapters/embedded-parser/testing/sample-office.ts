import { strToU8, zipSync } from "fflate";

const zipOf = (parts: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(parts).map(([name, content]) => [name, strToU8(content)])));

const RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

const relationships = (targets: readonly [id: string, kind: string, target: string][]): string =>
  `<Relationships>${targets.map(([id, kind, target]) => `<Relationship Id="${id}" Type="${RELATIONSHIP}/${kind}" Target="${target}"/>`).join("")}</Relationships>`;

/** A shape of a slide of 1,000 by 1,000 units; `box` is left, top, width, height. */
export const shape = (text: string, placeholder = "", box: number[] | null = null): string => {
  const [x, y, w, h] = box ?? [];
  const place = box ? `<a:xfrm><a:off x="${x}" y="${y}"/><a:ext cx="${w}" cy="${h}"/></a:xfrm>` : "";
  const paragraphs = text
    .split("\n")
    .map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`)
    .join("");
  return `<p:sp><p:nvSpPr><p:nvPr>${placeholder}</p:nvPr></p:nvSpPr><p:spPr>${place}</p:spPr><p:txBody>${paragraphs}</p:txBody></p:sp>`;
};

/** A presentation: per slide the shapes, and its notes where it has any. */
export function samplePptx(slides: readonly { shapes: string; notes?: string }[], layout = ""): Uint8Array {
  const tree = (content: string): string => `<p:sld><p:cSld><p:spTree>${content}</p:spTree></p:cSld></p:sld>`;
  const parts: Record<string, string> = {
    "ppt/presentation.xml": `<p:presentation><p:sldIdLst>${slides.map((_, i) => `<p:sldId id="${256 + i}" r:id="r${i}"/>`).join("")}</p:sldIdLst><p:sldSz cx="1000" cy="1000"/></p:presentation>`,
    // the order of the files is not that of the show
    "ppt/_rels/presentation.xml.rels": relationships(
      slides.map((_, i) => [`r${i}`, "slide", `slides/slide${slides.length - i}.xml`]),
    ),
    "ppt/slideLayouts/slideLayout1.xml": tree(layout),
  };
  for (const [i, { shapes, notes }] of slides.entries()) {
    const number = slides.length - i;
    parts[`ppt/slides/slide${number}.xml`] = tree(shapes);
    parts[`ppt/slides/_rels/slide${number}.xml.rels`] = relationships([
      ["l", "slideLayout", "../slideLayouts/slideLayout1.xml"],
      ...(notes ? ([["n", "notesSlide", `../notesSlides/notesSlide${number}.xml`]] as const) : []),
    ] as [string, string, string][]);
    if (notes) parts[`ppt/notesSlides/notesSlide${number}.xml`] = tree(shape(notes, '<p:ph type="body"/>'));
  }
  return zipOf(parts);
}

/** A workbook: per sheet its name, the inside of `worksheet` and more parts of the archive. */
export function sampleXlsx(
  sheets: readonly { name: string; content: string }[],
  {
    strings = [],
    styles = "",
    extra = {},
  }: { strings?: string[]; styles?: string; extra?: Record<string, string> } = {},
): Uint8Array {
  return zipOf({
    "xl/workbook.xml": `<workbook><sheets>${sheets.map(({ name }, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="r${i + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      sheets.map((_, i) => [`r${i + 1}`, "worksheet", `worksheets/sheet${i + 1}.xml`]),
    ),
    "xl/sharedStrings.xml": `<sst>${strings.map((text) => `<si><t>${text}</t></si>`).join("")}</sst>`,
    "xl/styles.xml": `<styleSheet>${styles}</styleSheet>`,
    ...Object.fromEntries(
      sheets.map(({ content }, i) => [`xl/worksheets/sheet${i + 1}.xml`, `<worksheet>${content}</worksheet>`]),
    ),
    ...extra,
  });
}

/** An OpenDocument text with the given inside of `office:text`. */
export const sampleOdt = (content: string, extra: Record<string, string> = {}): Uint8Array =>
  zipOf({
    mimetype: "application/vnd.oasis.opendocument.text",
    "content.xml": `<office:document-content><office:body><office:text>${content}</office:text></office:body></office:document-content>`,
    ...extra,
  });

/** A Hangul document in its open format: the insides of its sections and of its header. */
export const sampleHwpx = (sections: readonly string[], header = "", extra: Record<string, string> = {}): Uint8Array =>
  zipOf({
    mimetype: "application/hwp+zip",
    "Contents/header.xml": `<hh:head>${header}</hh:head>`,
    ...Object.fromEntries(sections.map((section, i) => [`Contents/section${i}.xml`, `<hs:sec>${section}</hs:sec>`])),
    ...extra,
  });
