import type { ParserLimits } from "./limits.js";
import {
  childElements,
  descendants,
  isElement,
  type MarkupElement,
  type MarkupNode,
  type MarkupParent,
  parseHtml,
} from "./markup.js";
import { classifyParagraph } from "./paragraph.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { type TableCell, tableElement } from "./table.js";

/** Never text of the document: code, controls and what leads around a site rather than through the page. */
const SKIPPED = new Set(
  "script style noscript template head title svg math iframe object embed canvas select button input textarea nav dialog".split(
    " ",
  ),
);
const SKIPPED_ROLES = /^(navigation|search|banner|menu|menubar|toolbar|dialog|alertdialog)$/;
const BLOCKS = new Set(
  (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 " +
    "header hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul"
  ).split(" "),
);

function isSkipped(element: MarkupElement): boolean {
  const { hidden, role, style } = element.attribs;
  if (SKIPPED.has(element.name) || hidden !== undefined || element.attribs["aria-hidden"] === "true") return true;
  return (role !== undefined && SKIPPED_ROLES.test(role)) || (style !== undefined && /display\s*:\s*none/i.test(style));
}

function rawText(node: MarkupNode): string {
  if (!isElement(node)) return node.type === "text" && "data" in node ? node.data : "";
  if (node.name === "br") return "\n";
  if (node.name === "img") return node.attribs["alt"] ?? "";
  if (isSkipped(node)) return "";
  const inner = node.children.map(rawText).join("");
  return BLOCKS.has(node.name) ? `\n${inner}\n` : inner;
}

/** Line breaks of the source are spaces; `lines` keeps those that were marked up. */
const oneLine = (text: string): string => text.replace(/[\s\u00a0]+/g, " ").trim();

function cellLines(cell: MarkupElement): string {
  const marked = (node: MarkupNode): string => {
    if (!isElement(node)) return rawText(node).replace(/[\s\u00a0]+/g, " ");
    if (node.name === "br") return "\n";
    if (node.name === "img" || isSkipped(node)) return rawText(node);
    const inner = node.children.map(marked).join("");
    return BLOCKS.has(node.name) ? `\n${inner}\n` : inner;
  };
  return cell.children
    .map(marked)
    .join("")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n");
}

function tableRows(table: MarkupElement, limits: ParserLimits): TableCell[][] {
  const rows: MarkupElement[] = [];
  const collect = (parent: MarkupParent): void => {
    for (const child of childElements(parent)) {
      if (child.name === "tr") rows.push(child);
      else if (child.name !== "table") collect(child);
    }
  };
  collect(table);
  const span = (value: string | undefined): number =>
    Math.min(limits.cellSpan, Math.max(1, Number.parseInt(value ?? "1", 10) || 1));
  return rows.map((row) =>
    childElements(row)
      .filter((cell) => cell.name === "td" || cell.name === "th")
      .map((cell) => ({
        text: cellLines(cell),
        colSpan: span(cell.attribs["colspan"]),
        rowSpan: span(cell.attribs["rowspan"]),
        header: cell.name === "th",
      })),
  );
}

/** Tables that only place things on the page: others inside them, or nothing side by side. */
function isLayoutTable(table: MarkupElement, rows: readonly (readonly TableCell[])[]): boolean {
  return descendants(table, "table").length > 0 || rows.every((row) => row.length < 2);
}

class HtmlReader {
  readonly elements: ElementDraft[] = [];
  readonly #limits: ParserLimits;
  #text = "";

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  #flush(type: ElementDraft["type"], headingLevel?: number): void {
    const text = oneLine(this.#text);
    this.#text = "";
    if (text === "") return;
    if (headingLevel !== undefined) this.elements.push({ type, text, headingLevel });
    else if (type === "NarrativeText") this.elements.push(...classifyParagraph(text));
    else this.elements.push({ type, text });
  }

  read(root: MarkupParent): void {
    this.#walk(root, "NarrativeText");
    this.#flush("NarrativeText");
  }

  #walk(parent: MarkupParent, type: ElementDraft["type"]): void {
    for (const node of parent.children) {
      if (isElement(node)) this.#element(node, type);
      else this.#text += rawText(node);
    }
  }

  #element(element: MarkupElement, type: ElementDraft["type"]): void {
    if (isSkipped(element)) return;
    const { name } = element;
    if (/^h[1-6]$/.test(name)) {
      this.#flush(type);
      this.#text = rawText(element);
      this.#flush("Title", Number(name[1]));
    } else if (name === "table") {
      this.#flush(type);
      this.#table(element, type);
    } else if (name === "img") this.#image(element, type);
    else if (name === "br") this.#text += /\n\s*$/.test(this.#text) ? this.#paragraphBreak(type) : "\n";
    else if (name === "pre") this.#preformatted(element, type);
    else if (BLOCKS.has(name)) {
      this.#flush(type);
      const inner = name === "li" ? "ListItem" : name === "footer" ? "Footer" : type;
      this.#walk(element, inner);
      this.#flush(inner);
    } else this.#walk(element, type);
  }

  #paragraphBreak(type: ElementDraft["type"]): string {
    this.#flush(type);
    return "";
  }

  #image(element: MarkupElement, type: ElementDraft["type"]): void {
    const text = oneLine(element.attribs["alt"] ?? "");
    if (text === "") return;
    this.#flush(type);
    this.elements.push({ type: "Image", text });
  }

  #preformatted(element: MarkupElement, type: ElementDraft["type"]): void {
    this.#flush(type);
    for (const paragraph of rawText(element).split(/\n[ \t]*\n/)) {
      this.#text = paragraph;
      this.#flush(type);
    }
  }

  #table(element: MarkupElement, type: ElementDraft["type"]): void {
    const rows = tableRows(element, this.#limits).filter((row) => row.length > 0);
    if (isLayoutTable(element, rows)) {
      this.#walk(element, type);
      this.#flush(type);
      return;
    }
    const caption = childElements(element).find((child) => child.name === "caption");
    if (caption) {
      this.#text = rawText(caption);
      this.#flush("NarrativeText");
    }
    const table = tableElement(rows, this.#limits);
    if (table) this.elements.push(table);
  }
}

/** The encoding an HTML file names in its first bytes, as browsers look for it. */
export function declaredCharset(bytes: Uint8Array): string | undefined {
  return /charset\s*=\s*["']?([\w-]+)/i.exec(Buffer.from(bytes.subarray(0, 2048)).toString("latin1"))?.[1];
}

/** Reads HTML, or a fragment of it. Tables come out rebuilt from their text alone, so no markup of the source survives in them. */
export function parseHtmlDocument(source: string, limits: ParserLimits): ParsedDocument {
  const root = parseHtml(source, limits);
  const reader = new HtmlReader(limits);
  // the page's own main part, when it names one, leaves the frame of the site out
  const mains = descendants(root, "main").filter((main) => oneLine(rawText(main)).length > 200);
  const [main] = mains;
  reader.read(main && mains.length === 1 ? main : root);
  const [titleElement] = descendants(root, "title");
  const title = oneLine(titleElement?.children.map(rawText).join("") ?? "");
  const language = descendants(root, "html").at(0)?.attribs["lang"]?.toLowerCase().split("-")[0];
  return { elements: reader.elements, warnings: [], ...(title ? { title } : {}), ...(language ? { language } : {}) };
}
