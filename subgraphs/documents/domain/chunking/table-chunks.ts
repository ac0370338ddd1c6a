import type { ChunkingSizes } from "./chunk.js";
import { cutToFit } from "./long-text.js";
import { readTableRows } from "./table-rows.js";

/** A part of a table as one chunk's content. */
export interface TablePart {
  text: string;
  html?: string;
}

interface MeasuredRow {
  text: string;
  html: string;
  tokens: number;
}

/**
 * A table as chunk contents: one when it fits, otherwise runs of rows, each, in HTML,
 * under the table's header rows; the lines carry the header's labels themselves. A row too long for a chunk is cut like text.
 *
 * @param heading text of the headings and the remark that lead to the table, "" for none; at most half a chunk
 */
export async function tableParts(
  table: { text: string; html?: string | undefined },
  heading: string,
  sizes: ChunkingSizes,
  countTokens: (texts: string[]) => Promise<number[]>,
): Promise<TablePart[]> {
  const { headerHtml, rows } = readRows(table);
  const [headingTokens = 0] = heading ? await countTokens([heading]) : [];
  const room = sizes.max - headingTokens;
  const lines = rows.map(({ line }) => line);
  const fitting = await cutToFit(lines, room, Math.floor(room * 0.8), countTokens);
  const measured = fitting.map(({ text, tokens, source }) => ({
    text,
    tokens,
    // HTML of a row too long for a chunk would be as unbounded as the row.
    html: text === lines[source] ? (rows[source]?.html ?? "") : "",
  }));
  const parts: TablePart[] = [];
  for (const group of groupRows(measured, room)) {
    const text = group.map((row) => row.text).join("\n");
    const html = group.map((row) => row.html).join("");
    parts.push({
      // The lead belongs to the first part; the others have its headings in their heading path.
      text: heading && parts.length === 0 ? `${heading}\n${text}` : text,
      ...(html ? { html: `<table>${headerHtml}${html}</table>` } : {}),
    });
  }
  return parts;
}

function readRows(table: { text: string; html?: string | undefined }): ReturnType<typeof readTableRows> {
  if (table.html) {
    const read = readTableRows(table.html);
    if (read.rows.length > 0) return read;
  }
  const lines = table.text.split("\n").map((line) => line.trim());
  return { headerHtml: "", rows: lines.filter(Boolean).map((line) => ({ line, html: "" })) };
}

/** Runs of rows of nearly equal size, none over `room` tokens. */
function groupRows(rows: readonly MeasuredRow[], room: number): MeasuredRow[][] {
  const total = rows.reduce((sum, { tokens }) => sum + tokens, 0);
  if (total <= room) return rows.length > 0 ? [[...rows]] : [];
  const even = total / Math.ceil(total / room);
  const groups: MeasuredRow[][] = [];
  let group: MeasuredRow[] = [];
  let filled = 0;
  for (const row of rows) {
    if (group.length > 0 && (filled + row.tokens > room || filled >= even)) {
      groups.push(group);
      group = [];
      filled = 0;
    }
    group.push(row);
    filled += row.tokens;
  }
  groups.push(group);
  return groups;
}
