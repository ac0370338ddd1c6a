import type { Nodes, Parents, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTable } from "micromark-extension-gfm-table";
import { parseHtmlDocument } from "./html.js";
import type { ParserLimits } from "./limits.js";
import { classifyParagraph } from "./paragraph.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { type TableCell, tableElement } from "./table.js";

const FRONT_MATTER = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** The words of a node without its marks; HTML inside a line is dropped, its content kept. */
function plainText(node: Nodes): string {
  if (node.type === "html") return /^<br\s*\/?>$/i.test(node.value) ? "\n" : "";
  if ("value" in node) return node.value;
  if (node.type === "image" || node.type === "imageReference") return node.alt ?? "";
  if (node.type === "break") return "\n";
  return "children" in node ? node.children.map(plainText).join("") : "";
}

const oneLine = (node: Nodes): string => plainText(node).replace(/\s+/g, " ").trim();

function tableRows(table: Table): TableCell[][] {
  return table.children.map((row, index) =>
    row.children.map((cell) => ({ text: plainText(cell).trim(), colSpan: 1, rowSpan: 1, header: index === 0 })),
  );
}

function collect(parent: Parents, insideItem: boolean, elements: ElementDraft[], limits: ParserLimits): void {
  for (const node of parent.children) {
    if (node.type === "heading") elements.push({ type: "Title", headingLevel: node.depth, text: oneLine(node) });
    else if (node.type === "table") {
      const table = tableElement(tableRows(node), limits);
      if (table) elements.push(table);
    } else if (node.type === "paragraph") {
      const isImage = node.children.length === 1 && node.children[0]?.type === "image";
      const text = oneLine(node);
      if (isImage || insideItem) elements.push({ type: isImage ? "Image" : "ListItem", text });
      else elements.push(...classifyParagraph(text));
    } else if (node.type === "code")
      elements.push({ type: insideItem ? "ListItem" : "NarrativeText", text: node.value });
    else if (node.type === "html") elements.push(...parseHtmlDocument(node.value, limits).elements);
    else if ("children" in node) collect(node, insideItem || node.type === "listItem", elements, limits);
  }
}

/** CommonMark with GitHub's tables. A `title` in the front matter is the document's title; the rest of the front matter is no text. */
export function parseMarkdown(source: string, limits: ParserLimits): ParsedDocument {
  const frontMatter = FRONT_MATTER.exec(source);
  const body = frontMatter ? source.slice(frontMatter[0].length) : source;
  const tree = fromMarkdown(body, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
  const elements: ElementDraft[] = [];
  collect(tree, false, elements, limits);
  const title = /^title:\s*(?:"([^"\n]*)"|'([^'\n]*)'|(\S.*))$/m.exec(frontMatter?.[1] ?? "");
  const named = (title?.[1] ?? title?.[2] ?? title?.[3])?.trim();
  return { elements, warnings: [], ...(named ? { title: named } : {}) };
}
