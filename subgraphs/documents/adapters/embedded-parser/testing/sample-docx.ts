import { strToU8, zipSync } from "fflate";

const NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

/** A paragraph of one run; `properties` goes into `w:pPr`, `run` into `w:rPr`. */
export function paragraph(
  text: string,
  { properties = "", run = "" }: { properties?: string; run?: string } = {},
): string {
  return `<w:p><w:pPr>${properties}</w:pPr><w:r><w:rPr>${run}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

export const styled = (style: string, text: string): string =>
  paragraph(text, { properties: `<w:pStyle w:val="${style}"/>` });

/** A cell; `properties` goes into `w:tcPr`. */
export const cell = (text: string, properties = ""): string =>
  `<w:tc><w:tcPr>${properties}</w:tcPr>${paragraph(text)}</w:tc>`;

export const row = (...cells: string[]): string => `<w:tr>${cells.join("")}</w:tr>`;

/** The parts of a Word file with the given body; `extra` adds or replaces parts. */
export function sampleDocx(body: string, extra: Record<string, string> = {}): Uint8Array {
  const parts: Record<string, string> = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types/>',
    "word/document.xml": `<?xml version="1.0" encoding="UTF-8"?><w:document ${NAMESPACE}><w:body>${body}</w:body></w:document>`,
    "word/styles.xml": `<w:styles ${NAMESPACE}><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="a2"><w:name w:val="제목 2"/></w:style><w:style w:type="paragraph" w:styleId="mine"><w:name w:val="House"/><w:basedOn w:val="a2"/></w:style></w:styles>`,
    ...extra,
  };
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, content]) => [name, strToU8(content)])));
}

export const part = (name: "hdr" | "ftr", content: string): string => `<w:${name} ${NAMESPACE}>${content}</w:${name}>`;
