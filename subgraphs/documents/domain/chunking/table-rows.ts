/** A table read from its HTML: header rows and body rows, each with its source and its text as a readable line. */
export interface TableRows {
  /** HTML of the header rows, "" without. */
  headerHtml: string;
  rows: TableRow[];
}

export interface TableRow {
  html: string;
  /** "header: value | header: value", so that a row reads as a statement on its own. */
  line: string;
}

interface Cell {
  text: string;
  isHeader: boolean;
}

interface SourceRow {
  html: string;
  cells: Cell[];
}

const ROW = /<tr\b[^>]*>([\s\S]*?)(?=<\/?tr\b|<\/table\b|<\/?t(?:head|body|foot)\b|$)/gi;
const CELL = /<(t[hd])\b([^>]*)>([\s\S]*?)(?=<\/?t[hdr]\b|<\/table\b|$)/gi;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
/** Columns read of a row: a cell may claim any span. */
const MAX_COLUMNS = 200;
const HEADER_CELL_LENGTH = 30;

/**
 * The rows of an HTML table. Spanning cells count for each row and column they cover. Header rows are the leading rows
 * of `th` cells; without any `th`, the first row where it reads like one (short, filled cells without digits over
 * three or more columns). A row headed by a `th` reads "label: value".
 */
export function readTableRows(html: string): TableRows {
  const rows = expandSpans(html);
  const headerCount = countHeaderRows(rows);
  const header = joinHeaderRows(rows.slice(0, headerCount));
  const body = rows.slice(headerCount).map((row) => ({ html: row.html, line: rowLine(row.cells, header) }));
  const headerHtml = rows
    .slice(0, headerCount)
    .map((row) => row.html)
    .join("");
  if (body.some(({ line }) => line !== "")) return { headerHtml, rows: body.filter(({ line }) => line !== "") };
  const bare = rows.map((row) => ({ html: row.html, line: rowLine(row.cells, []) }));
  return { headerHtml: "", rows: bare.filter(({ line }) => line !== "") };
}

function expandSpans(html: string): SourceRow[] {
  const rows: SourceRow[] = [];
  const pending: { cell: Cell; left: number }[] = [];
  for (const rowMatch of html.matchAll(ROW)) {
    const cells: Cell[] = [];
    let column = 0;
    const takePending = () => {
      for (let open = pending[column]; open && open.left > 0; open = pending[column]) {
        open.left--;
        cells[column++] = open.cell;
      }
    };
    for (const [, tag = "", attributes = "", content = ""] of (rowMatch[1] ?? "").matchAll(CELL)) {
      takePending();
      const cell = { text: plainText(content), isHeader: tag.toLowerCase() === "th" };
      const down = spanOf(attributes, "rowspan") - 1;
      for (let span = spanOf(attributes, "colspan"); span > 0 && column < MAX_COLUMNS; span--, column++) {
        cells[column] = cell;
        pending[column] = { cell, left: down };
      }
    }
    takePending();
    rows.push({ html: `<tr>${(rowMatch[1] ?? "").trim()}</tr>`, cells });
  }
  return rows;
}

function spanOf(attributes: string, name: string): number {
  const value = new RegExp(`${name}\\s*=\\s*["']?(\\d{1,4})`, "i").exec(attributes)?.[1];
  return Math.max(1, Math.min(MAX_COLUMNS, Number(value ?? 1)));
}

function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]+));/g, (whole, decimal, hexadecimal, name) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/\s+/g, " ")
    .trim();
}

function countHeaderRows(rows: readonly SourceRow[]): number {
  let count = 0;
  while (count < rows.length - 1 && rows[count]?.cells.length && rows[count]?.cells.every(({ isHeader }) => isHeader)) {
    count++;
  }
  if (count > 0 || rows.length < 2 || rows.some(({ cells }) => cells.some(({ isHeader }) => isHeader))) return count;
  const first = rows[0]?.cells ?? [];
  const reads = first.every(({ text }) => text !== "" && text.length <= HEADER_CELL_LENGTH && !/\d/.test(text));
  return reads && new Set(first).size >= 3 ? 1 : 0;
}

/** One label per column; labels of stacked header rows joined, a label that spans rows once. */
function joinHeaderRows(rows: readonly SourceRow[]): string[] {
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  return Array.from({ length: width }, (_, column) => {
    const cells = new Set(rows.map(({ cells }) => cells[column]).filter((cell) => cell !== undefined));
    return [...cells]
      .map(({ text }) => text)
      .filter(Boolean)
      .join(" ");
  });
}

function rowLine(cells: readonly Cell[], header: readonly string[]): string {
  const distinct = [...new Set(cells)];
  // One cell over the whole width is a heading or a note inside the table.
  if (distinct.length === 1 && cells.length > 1) return distinct[0]?.text ?? "";
  const parts: string[] = [];
  for (const cell of distinct) {
    if (cell === undefined || cell.text === "") continue;
    const labels = new Set(header.filter((label, column) => label !== "" && cells[column] === cell));
    parts.push(labels.size > 0 ? `${[...labels].join(" ")}: ${cell.text}` : cell.text);
  }
  const leads = header.length === 0 && parts.length > 1 && distinct[0]?.isHeader && distinct[0].text !== "";
  return leads ? `${parts[0]}: ${parts.slice(1).join(" | ")}` : parts.join(" | ");
}
