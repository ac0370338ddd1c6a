import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";
import {
  attribute,
  characterData,
  childElements,
  descendants,
  isElement,
  localName,
  type MarkupElement,
  type MarkupParent,
} from "./markup.js";
import { countOf, OpenPackage } from "./open-package.js";
import { classifyParagraph } from "./paragraph.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { type TableCell, tableElement } from "./table.js";

/** Not text of the page: what tracked changes took away, comments, and the text of notes, which follows its paragraph. */
const LEFT_OUT = new Set(["tracked-changes", "annotation", "note", "ruby-text", "title", "desc"]);
const MOST_SPACES = 100;

class OdtReader {
  readonly elements: ElementDraft[] = [];
  page = 1;
  readonly #limits: ParserLimits;

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  #text(paragraph: MarkupElement, boxes: MarkupElement[]): string {
    const read = (parent: MarkupElement): string =>
      parent.children
        .map((node) => {
          if (!isElement(node)) return "data" in node && node.type === "text" ? node.data.replace(/\s+/g, " ") : "";
          const name = localName(node);
          if (name === "s") return " ".repeat(countOf(attribute(node, "c"), MOST_SPACES));
          if (name === "tab") return "\t";
          if (name === "line-break") return "\n";
          if (name === "soft-page-break") this.page++;
          if (name === "frame" || name === "note") boxes.push(node);
          return LEFT_OUT.has(name) || name === "frame" ? "" : read(node);
        })
        .join("");
    return read(paragraph)
      .replace(/[ \t\u00a0]+/g, " ")
      .trim();
  }

  #push(element: ElementDraft, pageNumber: number): void {
    this.elements.push({ ...element, pageNumber });
  }

  read(parent: MarkupParent, inList = false): void {
    for (const child of childElements(parent)) {
      const name = localName(child);
      if (LEFT_OUT.has(name)) continue;
      if (name === "h" || name === "p") this.#paragraph(child, name === "h", inList);
      else if (name === "list") this.read(child, true);
      else if (name === "table") this.#table(child);
      else if (name === "soft-page-break") this.page++;
      else if (name === "frame") this.#frame(child);
      else this.read(child, inList);
    }
  }

  #paragraph(paragraph: MarkupElement, isHeading: boolean, inList: boolean): void {
    const pageNumber = this.page;
    const boxes: MarkupElement[] = [];
    const text = this.#text(paragraph, boxes);
    if (text !== "") {
      const level = countOf(attribute(paragraph, "outline-level"), 6);
      if (isHeading) this.#push({ type: "Title", headingLevel: level, text }, pageNumber);
      else if (inList) this.#push({ type: "ListItem", text }, pageNumber);
      else for (const element of classifyParagraph(text)) this.#push(element, pageNumber);
    }
    for (const box of boxes) {
      if (localName(box) === "frame") this.#frame(box);
      else for (const body of childElements(box, "note-body")) this.read(body);
    }
  }

  /** A frame holds a text box, which is read on, or a picture, which is what its author wrote about it. */
  #frame(frame: MarkupElement): void {
    const [box] = childElements(frame, "text-box");
    if (box) {
      this.read(box);
      return;
    }
    const words = [...childElements(frame, "desc"), ...childElements(frame, "title")].map(characterData);
    const description = words.map((text) => text.trim()).find((text) => text !== "");
    if (description) this.#push({ type: "Image", text: description }, this.page);
  }

  #table(table: MarkupElement): void {
    const pageNumber = this.page;
    const rows: TableCell[][] = [];
    let cells = 0;
    const collect = (parent: MarkupElement, header: boolean): void => {
      for (const child of childElements(parent)) {
        const name = localName(child);
        if (name === "table-header-rows") collect(child, true);
        else if (name === "table-rows" || name === "table-row-group") collect(child, header);
        if (name !== "table-row") continue;
        const row = this.#row(child, header);
        const repeated = row.some(({ text }) => text !== "")
          ? countOf(attribute(child, "number-rows-repeated"), this.#limits.cellSpan)
          : 1;
        cells += row.length * repeated;
        if (cells > this.#limits.tableCells)
          throw new ParseFailure("too_complex", `A table has more than ${this.#limits.tableCells} cells.`);
        for (let i = 0; i < repeated; i++) rows.push(row);
      }
    };
    collect(table, false);
    const element = tableElement(rows, this.#limits);
    if (element) this.#push(element, pageNumber);
  }

  #row(row: MarkupElement, header: boolean): TableCell[] {
    return childElements(row, "table-cell").flatMap((cell) => {
      const inner = new OdtReader(this.#limits);
      inner.page = this.page;
      inner.read(cell);
      this.page = inner.page;
      const read: TableCell = {
        text: inner.elements.map(({ text }) => text).join("\n"),
        colSpan: countOf(attribute(cell, "number-columns-spanned"), this.#limits.cellSpan),
        rowSpan: countOf(attribute(cell, "number-rows-spanned"), this.#limits.cellSpan),
        header,
      };
      const repeated =
        read.text === "" ? 1 : countOf(attribute(cell, "number-columns-repeated"), this.#limits.cellSpan);
      return Array.from({ length: repeated }, () => read);
    });
  }
}

/**
 * Reads an OpenDocument text. Pages come from the soft breaks the writing program stored, where it did.
 * Throws `corrupt`, `encrypted`, `too_large` or `too_complex`.
 */
export function parseOdt(bytes: Uint8Array, limits: ParserLimits): ParsedDocument {
  const file = new OpenPackage(bytes, limits);
  if (descendants(file.part("META-INF/manifest.xml") ?? undefined, "encryption-data").length > 0)
    throw new ParseFailure("encrypted", "The file is protected with a password.");
  const [body] = descendants(file.required("content.xml"), "body");
  if (!body) throw new ParseFailure("corrupt", "The file is damaged: it has no body.");
  const reader = new OdtReader(limits);
  reader.read(body);
  const [titleElement] = descendants(file.part("meta.xml") ?? undefined, "title");
  const title = titleElement && characterData(titleElement).trim();
  const hasPages = reader.page > 1;
  return {
    elements: hasPages ? reader.elements : reader.elements.map(({ pageNumber: _, ...element }) => element),
    warnings: [],
    ...(hasPages ? { pageCount: reader.page } : {}),
    ...(title ? { title } : {}),
  };
}
