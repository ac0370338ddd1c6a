import { inflateRawSync } from "node:zlib";
import CFB from "cfb";
import { ParseFailure } from "../../../domain/elements.js";
import { levelOfStyle } from "../hwpx.js";
import type { ParserLimits } from "../limits.js";
import { classifyParagraph } from "../paragraph.js";
import type { ElementDraft, ParsedDocument } from "../parsed-document.js";
import { type TableCell, tableElement } from "../table.js";
import { controlName, type HwpRecord, paragraphText, readRecords, readString, TAG } from "./records.js";

const SIGNATURE = "HWP Document File";
const COMPRESSED = 1;
const ENCRYPTED = 2;
const DISTRIBUTION = 4;
/** Column and row of a cell follow 8 bytes of its list header. */
const CELL_PLACE = 8;

const corrupt = (what: string, cause?: unknown): ParseFailure =>
  new ParseFailure("corrupt", `The file is damaged: ${what}.`, cause === undefined ? {} : { cause });

/** The streams of the compound file, inflated within the limits. */
class HwpStreams {
  readonly #file: CFB.CFB$Container;
  readonly #compressed: boolean;
  #left: number;

  constructor(bytes: Uint8Array, limits: ParserLimits) {
    try {
      this.#file = CFB.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { type: "buffer" });
    } catch (cause) {
      throw corrupt("its directory cannot be read", cause);
    }
    this.#left = limits.inflatedBytes;
    const header = this.#raw("FileHeader");
    if (!header || header.length < 40 || header.toString("latin1", 0, SIGNATURE.length) !== SIGNATURE)
      throw corrupt("its header is missing");
    const flags = header.readUInt32LE(36);
    if (flags & ENCRYPTED) throw new ParseFailure("encrypted", "The file is protected with a password.");
    if (flags & DISTRIBUTION)
      throw new ParseFailure("encrypted", "The file was saved for distribution only, which locks its text.", {
        advice: "Save it without the distribution lock (배포용 문서 해제), or as PDF, and upload that.",
      });
    this.#compressed = (flags & COMPRESSED) !== 0;
  }

  #raw(path: string): Buffer | null {
    const entry = CFB.find(this.#file, `/${path}`);
    return entry?.content ? Buffer.from(entry.content as Uint8Array) : null;
  }

  read(path: string): Buffer | null {
    const raw = this.#raw(path);
    if (!raw || !this.#compressed) return raw;
    try {
      const content = inflateRawSync(raw, { maxOutputLength: Math.max(1, this.#left) });
      this.#left -= content.length;
      return content;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
        throw new ParseFailure("too_large", "The file unpacks to more than is allowed.");
      throw corrupt("its text cannot be unpacked", cause);
    }
  }
}

/** Heading levels by the number of the style and of the paragraph shape. */
interface Outline {
  styles: (number | null)[];
  shapes: (number | null)[];
}

function readOutline(records: readonly HwpRecord[]): Outline {
  const all = records.flatMap((record) => [record, ...record.children]);
  const shapes = all
    .filter(({ tag }) => tag === TAG.paraShape)
    .map(({ data }) => {
      const property = data.length >= 4 ? data.readUInt32LE(0) : 0;
      const isOutline = ((property >>> 23) & 3) === 1;
      return isOutline ? Math.min(6, ((property >>> 25) & 7) + 1) : null;
    });
  const styles = all
    .filter(({ tag }) => tag === TAG.style)
    .map(({ data }) => {
      const local = readString(data, 0);
      return levelOfStyle(local.text) ?? levelOfStyle(readString(data, local.end).text);
    });
  return { styles, shapes };
}

class HwpReader {
  readonly elements: ElementDraft[] = [];
  page = 1;
  readonly #outline: Outline;
  readonly #limits: ParserLimits;

  constructor(outline: Outline, limits: ParserLimits) {
    this.#outline = outline;
    this.#limits = limits;
  }

  read(records: readonly HwpRecord[], margin: "Header" | "Footer" | null = null): void {
    for (const record of records) if (record.tag === TAG.paraHeader) this.#paragraph(record, margin);
  }

  #paragraph({ data, children }: HwpRecord, margin: "Header" | "Footer" | null): void {
    const long = data.length >= 12;
    const breaksPage = long && (data.readUInt8(11) & 4) !== 0;
    if (breaksPage && this.elements.length > 0) this.page++;
    const text = children
      .filter(({ tag }) => tag === TAG.paraText)
      .map((record) => paragraphText(record.data))
      .join(" ");
    if (text !== "") {
      const shape = long ? this.#outline.shapes[data.readUInt16LE(8)] : null;
      const level = (long ? this.#outline.styles[data.readUInt8(10)] : null) ?? shape ?? null;
      const place = { pageNumber: this.page };
      if (margin) this.elements.push({ type: margin, text });
      else if (level !== null) this.elements.push({ type: "Title", headingLevel: level, text, ...place });
      else for (const element of classifyParagraph(text)) this.elements.push({ ...element, ...place });
    }
    for (const control of children.filter(({ tag }) => tag === TAG.ctrlHeader)) this.#control(control, margin);
  }

  #control(control: HwpRecord, margin: "Header" | "Footer" | null): void {
    const name = controlName(control.data);
    if (name === "tbl ") {
      this.#table(control);
      return;
    }
    const role = name === "head" ? "Header" : name === "foot" ? "Footer" : margin;
    // text boxes hang their paragraphs under the shape's own records
    const within = (record: HwpRecord): void => {
      this.read(record.children, role);
      for (const child of record.children) if (child.tag !== TAG.paraHeader) within(child);
    };
    within(control);
  }

  /** Cells as lists of paragraphs: each list header is followed by its own. */
  #table(control: HwpRecord): void {
    const cells: { place: Buffer; paragraphs: HwpRecord[] }[] = [];
    const start = control.children.findIndex(({ tag }) => tag === TAG.table);
    // what stands before the table's own record is its caption
    const caption = control.children.slice(0, Math.max(0, start));
    this.read(caption.flatMap((child) => [child, ...child.children]));
    for (const child of control.children.slice(start + 1)) {
      if (child.tag === TAG.listHeader) cells.push({ place: child.data, paragraphs: [...child.children] });
      else if (child.tag === TAG.paraHeader) cells.at(-1)?.paragraphs.push(child);
    }
    const rows: { column: number; cell: TableCell }[][] = [];
    for (const { place, paragraphs } of cells) {
      if (place.length < CELL_PLACE + 8) continue;
      const [column, row, colSpan, rowSpan] = [0, 2, 4, 6].map((at) => place.readUInt16LE(CELL_PLACE + at));
      if (column === undefined || row === undefined || row > this.#limits.tableCells)
        throw corrupt("a table has a cell outside of it");
      const inner = new HwpReader(this.#outline, this.#limits);
      inner.read(paragraphs);
      const span = (value: number | undefined): number => Math.min(this.#limits.cellSpan, Math.max(1, value ?? 1));
      const text = inner.elements.map((element) => element.text).join("\n");
      rows[row] ??= [];
      rows[row].push({ column, cell: { text, colSpan: span(colSpan), rowSpan: span(rowSpan), header: false } });
    }
    const ordered = [...rows].map((row) => (row ?? []).sort((a, b) => a.column - b.column).map(({ cell }) => cell));
    const place = { pageNumber: this.page };
    const [only] = ordered.length === 1 && ordered[0]?.length === 1 ? ordered[0] : [];
    // one cell is a frame around text
    if (only) {
      if (only.text) this.elements.push({ type: "NarrativeText", text: only.text.replace(/\s+/g, " "), ...place });
      return;
    }
    const element = tableElement(ordered, this.#limits);
    if (element) this.elements.push({ ...element, ...place });
  }
}

/**
 * Reads a Hangul 5 document (a compound file of compressed record streams). Pages are those its author broke by hand.
 * Throws `corrupt`, `encrypted` (also for files locked for distribution), `too_large` or `too_complex`.
 */
export function parseHwp(bytes: Uint8Array, limits: ParserLimits): ParsedDocument {
  const streams = new HwpStreams(bytes, limits);
  const info = streams.read("DocInfo");
  const outline = info ? readOutline(readRecords(info, limits.markupNodes)) : { styles: [], shapes: [] };
  const reader = new HwpReader(outline, limits);
  let sections = 0;
  for (; sections < limits.pages; sections++) {
    const section = streams.read(`BodyText/Section${sections}`);
    if (!section) break;
    reader.read(readRecords(section, limits.markupNodes));
  }
  if (sections === 0) throw corrupt("its text is missing");
  const hasPages = reader.page > 1;
  return {
    elements: hasPages ? reader.elements : reader.elements.map(({ pageNumber: _, ...element }) => element),
    warnings: [],
    ...(hasPages ? { pageCount: reader.page } : {}),
  };
}
