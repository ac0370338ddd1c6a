import { ParseFailure } from "../../domain/elements.js";
import { Archive } from "./archive.js";
import { decodeText } from "./decode.js";
import { ParagraphStyles } from "./docx-styles.js";
import { readDocxTable } from "./docx-table.js";
import { ParagraphReader } from "./docx-text.js";
import { headingByWording, isListItem } from "./headings.js";
import type { ParserLimits } from "./limits.js";
import {
  attribute,
  characterData,
  childElement,
  childElements,
  descendants,
  localName,
  type MarkupDocument,
  type MarkupElement,
  type MarkupParent,
  parseXml,
} from "./markup.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { tableElement } from "./table.js";

/** Containers that only wrap blocks: content controls, custom XML, tracked insertions. */
const TRANSPARENT = new Set([
  "document",
  "body",
  "hdr",
  "ftr",
  "sdt",
  "sdtContent",
  "customXml",
  "ins",
  "smartTag",
  "AlternateContent",
  "Choice",
]);
const LONGEST_BOLD_HEADING = 100;

/** Text of an XML part; OOXML is UTF-8 or UTF-16 only. */
const partText = (content: Uint8Array): string => decodeText(content, "utf-8").text;

/** Notes and their texts, from parts that may be absent. */
const NOTE_PARTS = [
  ["word/footnotes.xml", "footnote"],
  ["word/endnotes.xml", "endnote"],
] as const;

function isBold(run: MarkupElement): boolean {
  const bold = childElement(childElement(run, "rPr"), "b");
  return bold !== undefined && !/^(0|false|off)$/.test(attribute(bold, "val") ?? "");
}

/** Many authors mark a heading only by making the whole line bold. */
function isAllBold(paragraph: MarkupElement): boolean {
  const runs = childElements(paragraph, "r").filter((run) => childElements(run, "t").length > 0);
  return runs.length > 0 && runs.every(isBold);
}

class DocxReader {
  readonly elements: ElementDraft[] = [];
  readonly #styles: ParagraphStyles;
  readonly #limits: ParserLimits;
  readonly #paragraphs = new ParagraphReader();
  /** Set while a header or footer part is read: everything in it is of that type. */
  #margin: "Header" | "Footer" | null = null;

  constructor(styles: ParagraphStyles, limits: ParserLimits) {
    this.#styles = styles;
    this.#limits = limits;
  }

  get pageCount(): number {
    return this.#paragraphs.page;
  }

  /** True when the body holds page breaks, as Word stored or the author set them; without any, page numbers say nothing. */
  get hasPages(): boolean {
    return this.#paragraphs.page > 1;
  }

  readMargin(part: MarkupDocument, type: "Header" | "Footer"): void {
    const body = this.elements.length;
    this.#margin = type;
    this.read(part);
    this.#margin = null;
    // the same text for first, odd and even pages is one header; it belongs to all pages, so it carries no number
    const seen = new Set(
      this.elements
        .slice(0, body)
        .filter((element) => element.type === type)
        .map((element) => element.text),
    );
    for (const { pageNumber: _, ...element } of this.elements.splice(body)) {
      if (!/\p{L}/u.test(element.text) || seen.has(element.text)) continue;
      seen.add(element.text);
      this.elements.push(element);
    }
  }

  read(parent: MarkupParent): void {
    for (const child of childElements(parent)) {
      const name = localName(child);
      if (name === "p") this.#paragraph(child);
      else if (name === "tbl") this.#table(child);
      else if (TRANSPARENT.has(name)) this.read(child);
    }
  }

  #table(table: MarkupElement): void {
    const pageNumber = this.#paragraphs.page;
    const rows = readDocxTable(table, this.#paragraphs, this.#limits);
    const [only] = rows.length === 1 && rows[0]?.length === 1 ? rows[0] : [];
    if (only) {
      // one cell is a frame around text
      if (only.text)
        this.#push({ type: this.#margin ?? "NarrativeText", text: only.text.replace(/\s+/g, " ") }, pageNumber);
      return;
    }
    const element = tableElement(rows, this.#limits);
    if (element) this.#push(this.#margin ? { type: this.#margin, text: element.text } : element, pageNumber);
  }

  #paragraph(paragraph: MarkupElement): void {
    const { text, pageNumber, textBoxes } = this.#paragraphs.read(paragraph);
    if (text !== "") this.#classified(paragraph, text, pageNumber);
    if (!this.#margin) {
      for (const description of this.#imageDescriptions(paragraph))
        this.#push({ type: "Image", text: description }, pageNumber);
    }
    for (const box of textBoxes) this.read(box);
  }

  #classified(paragraph: MarkupElement, text: string, pageNumber: number): void {
    if (this.#margin) {
      this.#push({ type: this.#margin, text }, pageNumber);
      return;
    }
    const properties = childElement(paragraph, "pPr");
    const styleId = attribute(childElement(properties, "pStyle"), "val");
    const outline = Number(attribute(childElement(properties, "outlineLvl"), "val") ?? "9");
    const level = outline < 9 ? Math.min(6, outline + 1) : this.#styles.headingLevel(styleId);
    if (level !== null) {
      this.#push({ type: "Title", headingLevel: level, text }, pageNumber);
      return;
    }
    const worded = headingByWording(text);
    if (worded) {
      this.#push({ type: "Title", headingLevel: Math.min(6, worded.level), text: worded.heading }, pageNumber);
      if (worded.rest) this.#push({ type: "NarrativeText", text: worded.rest }, pageNumber);
      return;
    }
    const isStyledList = childElement(properties, "numPr") !== undefined || this.#styles.isList(styleId);
    if (!isStyledList && text.length < LONGEST_BOLD_HEADING && !/[.다]$/.test(text) && isAllBold(paragraph)) {
      this.#push({ type: "Title", headingLevel: 6, text }, pageNumber);
    } else this.#push({ type: isStyledList || isListItem(text) ? "ListItem" : "NarrativeText", text }, pageNumber);
  }

  #imageDescriptions(paragraph: MarkupElement): string[] {
    if (descendants(paragraph, "blip").length === 0) return [];
    return descendants(paragraph, "docPr").flatMap((picture) => attribute(picture, "descr")?.trim() || []);
  }

  #push(element: ElementDraft, pageNumber: number): void {
    this.elements.push({ ...element, pageNumber });
  }
}

/**
 * Reads a Word document (OOXML). Pages come from the breaks Word stored when it last laid the document out. Deleted text of
 * tracked changes, field codes and comments are left out; boxes of the page are not known.
 * Throws `corrupt`, `encrypted`, `too_large` or `too_complex`.
 */
export function parseDocx(bytes: Uint8Array, limits: ParserLimits): ParsedDocument {
  const archive = new Archive(bytes, limits);
  const part = (name: string): MarkupDocument | null => {
    const content = archive.read(name);
    return content && parseXml(partText(content), limits);
  };
  const main = part("word/document.xml");
  if (!main || childElements(main, "document").length === 0) {
    throw new ParseFailure("corrupt", "The file is damaged: its main part is missing or unreadable.");
  }
  const reader = new DocxReader(new ParagraphStyles(part("word/styles.xml")), limits);
  const margins = (kind: "header" | "footer"): MarkupDocument[] =>
    archive
      .names()
      .filter((name) => new RegExp(`^word/${kind}\\d*\\.xml$`).test(name))
      .sort()
      .flatMap((name) => part(name) ?? []);
  const headers = margins("header");
  const footers = margins("footer");
  const notes = NOTE_PARTS.flatMap(([name, element]) => descendants(part(name) ?? undefined, element));
  for (const header of headers) reader.readMargin(header, "Header");
  reader.read(main);
  const pageCount = reader.pageCount;
  for (const note of notes) reader.read(note);
  for (const footer of footers) reader.readMargin(footer, "Footer");
  const [titleElement] = descendants(part("docProps/core.xml") ?? undefined, "title");
  const title = titleElement && characterData(titleElement).trim();
  const elements = reader.hasPages ? reader.elements : reader.elements.map(({ pageNumber: _, ...element }) => element);
  return { elements, warnings: [], ...(reader.hasPages ? { pageCount } : {}), ...(title ? { title } : {}) };
}
