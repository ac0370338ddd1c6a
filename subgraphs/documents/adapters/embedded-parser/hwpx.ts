import { ParseFailure } from "../../domain/elements.js";
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
} from "./markup.js";
import { countOf, OpenPackage } from "./open-package.js";
import { classifyParagraph } from "./paragraph.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { type TableCell, tableElement } from "./table.js";

/** Heading level of a style's name in Hangul's own templates: "개요 1", "Outline 2", "제목". */
export function levelOfStyle(name: string): number | null {
  const numbered = /^(?:개요|outline|heading|제목)\s*(\d)$/i.exec(name.trim())?.[1];
  if (numbered) return Math.min(6, Math.max(1, Number(numbered)));
  return /^(제목|title)$/i.test(name.trim()) ? 1 : null;
}

/** Heading levels by style and by paragraph shape, from `Contents/header.xml`. */
interface Outline {
  styles: Map<string, number>;
  shapes: Map<string, number>;
}

function readOutline(header: MarkupDocument | null): Outline {
  const outline: Outline = { styles: new Map(), shapes: new Map() };
  for (const shape of descendants(header ?? undefined, "paraPr")) {
    const [heading] = descendants(shape, "heading");
    if (attribute(heading, "type") === "OUTLINE")
      outline.shapes.set(attribute(shape, "id") ?? "", Math.min(6, (Number(attribute(heading, "level")) || 0) + 1));
  }
  for (const style of descendants(header ?? undefined, "style")) {
    const level =
      levelOfStyle(attribute(style, "name") ?? "") ??
      levelOfStyle(attribute(style, "engName") ?? "") ??
      outline.shapes.get(attribute(style, "paraPrIDRef") ?? "");
    if (level !== undefined) outline.styles.set(attribute(style, "id") ?? "", level);
  }
  return outline;
}

/** What a run holds beside text, to be read after its paragraph. */
const HELD = new Set(["tbl", "footNote", "endNote", "header", "footer", "drawText", "pic"]);

class HwpxReader {
  readonly elements: ElementDraft[] = [];
  page = 1;
  readonly #outline: Outline;
  readonly #limits: ParserLimits;

  constructor(outline: Outline, limits: ParserLimits) {
    this.#outline = outline;
    this.#limits = limits;
  }

  read(parent: MarkupParent, margin: "Header" | "Footer" | null = null): void {
    for (const paragraph of childElements(parent, "p")) this.#paragraph(paragraph, margin);
  }

  #text(paragraph: MarkupElement, held: MarkupElement[]): string {
    const inText = (parent: MarkupElement): string =>
      parent.children
        .map((node) => {
          if (!("attribs" in node)) return characterData(node);
          const name = localName(node);
          if (name === "tab") return "\t";
          if (name === "lineBreak") return "\n";
          if (name === "nbSpace" || name === "fwSpace") return " ";
          // tracked changes: what was taken away
          return name === "deleteBegin" || name === "deleteEnd" ? "" : inText(node);
        })
        .join("");
    const collect = (parent: MarkupElement): string =>
      childElements(parent)
        .map((child) => {
          const name = localName(child);
          if (name === "t") return inText(child);
          if (HELD.has(name)) held.push(child);
          else if (name !== "secPr") return collect(child);
          return "";
        })
        .join("");
    return collect(paragraph)
      .replace(/[ \t\u00a0]+/g, " ")
      .trim();
  }

  #paragraph(paragraph: MarkupElement, margin: "Header" | "Footer" | null): void {
    if (attribute(paragraph, "pageBreak") === "1" && this.elements.length > 0) this.page++;
    const held: MarkupElement[] = [];
    const text = this.#text(paragraph, held);
    const place = { pageNumber: this.page };
    if (text !== "") {
      const level =
        this.#outline.styles.get(attribute(paragraph, "styleIDRef") ?? "") ??
        this.#outline.shapes.get(attribute(paragraph, "paraPrIDRef") ?? "");
      if (margin) this.elements.push({ type: margin, text });
      else if (level !== undefined) this.elements.push({ type: "Title", headingLevel: level, text, ...place });
      else for (const element of classifyParagraph(text)) this.elements.push({ ...element, ...place });
    }
    for (const element of held) this.#held(element, margin);
  }

  #held(element: MarkupElement, margin: "Header" | "Footer" | null): void {
    const name = localName(element);
    if (name === "tbl") {
      this.#table(element);
      return;
    }
    if (name === "pic") {
      const [comment] = childElements(element, "shapeComment");
      const description = comment ? characterData(comment).trim() : "";
      // what Hangul writes there by itself only tells the file's name and size
      if (description && !/^그림입니다/.test(description))
        this.elements.push({ type: "Image", text: description, pageNumber: this.page });
      return;
    }
    const role = name === "header" ? "Header" : name === "footer" ? "Footer" : margin;
    for (const list of childElements(element, "subList")) this.read(list, role);
  }

  #table(table: MarkupElement): void {
    const headed = attribute(table, "repeatHeader") === "1";
    const place = { pageNumber: this.page };
    const rows = childElements(table, "tr").map((row, index) =>
      childElements(row, "tc").map((cell): TableCell => {
        const inner = new HwpxReader(this.#outline, this.#limits);
        for (const list of childElements(cell, "subList")) inner.read(list);
        const span = childElement(cell, "cellSpan");
        return {
          text: inner.elements.map(({ text }) => text).join("\n"),
          colSpan: countOf(attribute(span, "colSpan"), this.#limits.cellSpan),
          rowSpan: countOf(attribute(span, "rowSpan"), this.#limits.cellSpan),
          header: attribute(cell, "header") === "1" || (headed && index === 0),
        };
      }),
    );
    const [only] = rows.length === 1 && rows[0]?.length === 1 ? rows[0] : [];
    // one cell is a frame around text
    if (only) {
      if (only.text) this.elements.push({ type: "NarrativeText", text: only.text.replace(/\s+/g, " "), ...place });
      return;
    }
    const element = tableElement(rows, this.#limits);
    if (element) this.elements.push({ ...element, ...place });
  }
}

/**
 * Reads a Hangul document in its open format (OWPML, KS X 6101). Pages are those its author broke by hand.
 * Throws `corrupt`, `encrypted`, `too_large` or `too_complex`.
 */
export function parseHwpx(bytes: Uint8Array, limits: ParserLimits): ParsedDocument {
  const file = new OpenPackage(bytes, limits);
  if (descendants(file.part("META-INF/manifest.xml") ?? undefined, "encryption-data").length > 0)
    throw new ParseFailure("encrypted", "The file is protected with a password.");
  const sections = file
    .names()
    .filter((name) => /^Contents\/section\d+\.xml$/.test(name))
    .sort((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]));
  if (sections.length === 0) throw new ParseFailure("corrupt", "The file is damaged: its main part is missing.");
  const reader = new HwpxReader(readOutline(file.part("Contents/header.xml")), limits);
  for (const section of sections) {
    const [root] = childElements(file.required(section));
    if (root) reader.read(root);
  }
  const [titleElement] = descendants(file.part("Contents/content.hpf") ?? undefined, "title");
  const title = titleElement && characterData(titleElement).trim();
  const hasPages = reader.page > 1;
  return {
    elements: hasPages ? reader.elements : reader.elements.map(({ pageNumber: _, ...element }) => element),
    warnings: [],
    ...(hasPages ? { pageCount: reader.page } : {}),
    ...(title ? { title } : {}),
  };
}
