import {
  attribute,
  characterData,
  childElement,
  childElements,
  descendants,
  type MarkupDocument,
  type MarkupElement,
} from "./markup.js";

/** Days between the two beginnings of time and 1970-01-01; the first counts a 29 February 1900 that never was. */
const EPOCH_1900 = 25_569;
const EPOCH_1904 = 24_107;
const DAY_MS = 86_400_000;
/** Built-in formats that show a date or a time (ECMA-376, 18.8.30), the Korean, Chinese and Japanese ones among them. */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

const isDateFormat = (code: string): boolean =>
  !/general/i.test(code) && /[ymdhs]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\.|_./g, ""));

/** What a workbook's cells show: shared strings resolved, dates written out, figures without the noise of binary fractions. */
export class CellValues {
  readonly #shared: string[];
  /** Per cell style: whether its number format shows a date, and whether a percentage. */
  readonly #styles: { date: boolean; percent: boolean }[];
  readonly #epoch: number;

  constructor(workbook: MarkupDocument, strings: MarkupDocument | null, styles: MarkupDocument | null) {
    this.#shared = childElements(childElement(strings ?? undefined, "sst"), "si").map(richText);
    const codes = new Map(
      descendants(styles ?? undefined, "numFmt").map((format) => [
        Number(attribute(format, "numFmtId")),
        attribute(format, "formatCode") ?? "",
      ]),
    );
    this.#styles = childElements(descendants(styles ?? undefined, "cellXfs")[0], "xf").map((format) => {
      const id = Number(attribute(format, "numFmtId") ?? 0);
      const code = codes.get(id);
      return {
        date: code === undefined ? isBuiltInDate(id) : isDateFormat(code),
        percent: code === undefined ? id === 9 || id === 10 : code.includes("%"),
      };
    });
    const dates = attribute(descendants(workbook, "workbookPr")[0], "date1904");
    this.#epoch = /^(1|true)$/.test(dates ?? "") ? EPOCH_1904 : EPOCH_1900;
  }

  /** The text of a `c` element, empty for none. Formulas show the value stored with them. */
  text(cell: MarkupElement): string {
    const kind = attribute(cell, "t") ?? "n";
    if (kind === "inlineStr") return richText(childElement(cell, "is") ?? cell).trim();
    const stored = childElement(cell, "v");
    const value = stored ? characterData(stored).trim() : "";
    if (value === "") return "";
    if (kind === "s") return (this.#shared[Number(value)] ?? "").trim();
    if (kind === "b") return value === "1" ? "TRUE" : "FALSE";
    if (kind !== "n" || !Number.isFinite(Number(value))) return value;
    const style = this.#styles[Number(attribute(cell, "s") ?? 0)];
    if (style?.date) return this.#date(Number(value));
    const figure = style?.percent ? Number(value) * 100 : Number(value);
    return `${Number(figure.toPrecision(15))}${style?.percent ? "%" : ""}`;
  }

  #date(days: number): string {
    const date = new Date(Math.round((days - this.#epoch) * DAY_MS));
    if (Number.isNaN(date.getTime())) return String(days);
    const iso = date.toISOString();
    if (days >= 0 && days < 1) return iso.slice(11, 19);
    return Number.isInteger(days) ? iso.slice(0, 10) : iso.slice(0, 16).replace("T", " ");
  }
}

/** The runs of a string without the readings above its characters. */
function richText(item: MarkupElement): string {
  return childElements(item)
    .map((child) => {
      if (child.name.endsWith("rPh")) return "";
      return child.name === "t" || child.name.endsWith(":t") ? characterData(child) : richText(child);
    })
    .join("");
}
