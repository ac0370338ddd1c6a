import { CsvError, parse } from "csv-parse/sync";
import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";
import type { ParsedDocument } from "./parsed-document.js";
import { type TableCell, tableElement } from "./table.js";

const DELIMITERS = [",", "\t", ";", "|"];
const SAMPLE_LINES = 20;

/** The delimiter that cuts the most of the first lines into the same number of fields, more than one. */
function delimiterOf(text: string): string {
  const sample = text.split(/\r?\n/, SAMPLE_LINES).filter((line) => line.trim() !== "");
  const unquoted = sample.map((line) => line.replace(/"(?:[^"]|"")*"/g, ""));
  const score = (delimiter: string): number => {
    const counts = unquoted.map((line) => line.split(delimiter).length - 1);
    const usual = counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0;
    return usual === 0 ? 0 : counts.filter((count) => count === usual).length * 1000 + usual;
  };
  return DELIMITERS.toSorted((a, b) => score(b) - score(a))[0] ?? ",";
}

const isFigure = (text: string): boolean => /^[-+]?[\d.,\s%₩$€]+$/.test(text);

/** The first row is the head when all its cells are filled with words and the rows below hold figures where it does not. */
function hasHead([first, ...rest]: readonly string[][]): boolean {
  if (!first || rest.length === 0 || first.some((text) => text === "" || isFigure(text))) return false;
  return new Set(first).size === first.length;
}

/**
 * A file of delimited values as one table; lines of a single filled cell above it are text.
 * Throws `too_complex` for more cells than a table may have, `corrupt` when the quotes make no sense.
 */
export function parseCsv(text: string, limits: ParserLimits): ParsedDocument {
  let records: string[][];
  try {
    records = parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      bom: true,
      max_record_size: limits.markupCharacters,
    });
  } catch (cause) {
    if (cause instanceof CsvError) throw new ParseFailure("corrupt", "The quotes in the file do not match.", { cause });
    throw cause;
  }
  const rows = records.filter((row) => row.some((cell) => cell !== ""));
  const elements: ParsedDocument["elements"] = [];
  for (let row = rows[0]; row && rows.length > 1 && row.filter((cell) => cell !== "").length === 1; row = rows[0]) {
    elements.push({ type: "NarrativeText", text: row.join("") });
    rows.shift();
  }
  const headed = hasHead(rows);
  const cells = rows.map((row, index) =>
    row.map((value): TableCell => ({ text: value, colSpan: 1, rowSpan: 1, header: headed && index === 0 })),
  );
  const table = tableElement(cells, limits);
  return { elements: table ? [...elements, table] : elements, warnings: [] };
}
