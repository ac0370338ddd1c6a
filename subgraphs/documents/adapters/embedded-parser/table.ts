import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";
import type { ElementDraft } from "./parsed-document.js";

/** One cell; cells covered by another's span are not listed. */
export interface TableCell {
  text: string;
  colSpan: number;
  rowSpan: number;
  header: boolean;
}

/** Escapes text for HTML content and for double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function cellHtml(cell: TableCell): string {
  const tag = cell.header ? "th" : "td";
  const colSpan = cell.colSpan > 1 ? ` colspan="${cell.colSpan}"` : "";
  const rowSpan = cell.rowSpan > 1 ? ` rowspan="${cell.rowSpan}"` : "";
  return `<${tag}${colSpan}${rowSpan}>${escapeHtml(cell.text).replace(/\n/g, "<br>")}</${tag}>`;
}

/**
 * A `Table` element from its rows: `html` keeps the structure, `text` is one line a row with ` | ` between the cells that have text.
 * Returns null for a table without text. Throws `too_complex` beyond the limit on cells.
 */
export function tableElement(rows: readonly (readonly TableCell[])[], limits: ParserLimits): ElementDraft | null {
  if (rows.reduce((count, row) => count + row.length, 0) > limits.tableCells) {
    throw new ParseFailure("too_complex", `A table has more than ${limits.tableCells} cells.`);
  }
  const text = rows
    .map((row) => row.flatMap((cell) => (cell.text.trim() ? [cell.text.replace(/\s+/g, " ").trim()] : [])).join(" | "))
    .filter((line) => line !== "")
    .join("\n");
  if (text === "") return null;
  return {
    type: "Table",
    text,
    html: `<table>${rows.map((row) => `<tr>${row.map(cellHtml).join("")}</tr>`).join("")}</table>`,
  };
}
