/** Text at points from the left and the top of an A4 page. Text beyond Latin-1 is set in a Korean font that is not embedded. */
export interface SampleText {
  x: number;
  y: number;
  text: string;
  size?: number;
  bold?: boolean;
}

export interface SamplePage {
  texts?: SampleText[];
  /** Straight lines, in points from the left and the top. */
  lines?: [x0: number, y0: number, x1: number, y1: number][];
  /** A grey picture over the whole page, as a scanner makes. */
  scan?: boolean;
  rotate?: 0 | 90 | 180 | 270;
}

export interface SamplePdfOptions {
  title?: string;
  /** Marks the file as encrypted with a password that nobody knows. */
  encrypted?: boolean;
}

const HEIGHT = 842;
const WIDTH = 595;

function showText({ x, y, text, size = 10, bold = false }: SampleText): string {
  const latin = /^[\x20-\x7e]*$/.test(text);
  const shown = latin
    ? `(${text.replace(/[\\()]/g, "\\$&")})`
    : `<${Buffer.from(text, "utf16le").swap16().toString("hex")}>`;
  return `BT /${latin ? (bold ? "F2" : "F1") : "F3"} ${size} Tf ${x} ${HEIGHT - y} Td ${shown} Tj ET`;
}

function pageContent({ texts = [], lines = [], scan = false }: SamplePage): string {
  return [
    ...(scan ? [`q ${WIDTH} 0 0 ${HEIGHT} 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q`] : []),
    ...lines.map(([x0, y0, x1, y1]) => `${x0} ${HEIGHT - y0} m ${x1} ${HEIGHT - y1} l S`),
    ...texts.map(showText),
  ].join("\n");
}

/** A small valid PDF. */
export function samplePdf(
  pages: readonly SamplePage[],
  { title, encrypted = false }: SamplePdfOptions = {},
): Uint8Array {
  const fonts = ["3 0 R", "4 0 R", "5 0 R"].map((reference, i) => `/F${i + 1} ${reference}`).join(" ");
  const firstPage = 8;
  const unknown = "00".repeat(32);
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${firstPage + i * 2} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    "<< /Type /Font /Subtype /Type0 /BaseFont /HYGothic-Medium /Encoding /UniKS-UCS2-H /DescendantFonts [6 0 R] >>",
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYGothic-Medium /CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 2 >> /DW 1000 >>",
    encrypted
      ? `<< /Filter /Standard /V 2 /R 3 /Length 128 /P -3904 /O <${unknown}> /U <${unknown}> >>`
      : `<< ${title === undefined ? "" : `/Title (${title})`} >>`,
    ...pages.flatMap((page, i) => {
      const content = pageContent(page);
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Rotate ${page.rotate ?? 0} /Contents ${firstPage + 1 + i * 2} 0 R /Resources << /Font << ${fonts} >> >> >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  let file = "%PDF-1.7\n";
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const reference = encrypted ? "/Encrypt 7 0 R /ID [<00> <00>]" : "/Info 7 0 R";
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${reference} >>\nstartxref\n${start}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(file, "latin1"));
}
