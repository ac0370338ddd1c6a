import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";
import { attribute, descendants, type MarkupDocument } from "./markup.js";
import { OpenPackage } from "./open-package.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";
import { type TableCell, tableElement } from "./table.js";
import { CellValues } from "./xlsx-values.js";

const WORKBOOK = "xl/workbook.xml";
/** Excel's own last column and row. */
const LAST_COLUMN = 16_383;
const LAST_ROW = 1_048_575;
/** Names that programs give to sheets; they say nothing. */
const GIVEN_NAME = /^(sheet|시트|worksheet|tabelle|feuil)\s*\d*$/i;

interface Place {
  row: number;
  column: number;
}

/** An area of cells, both ends included. */
interface Area {
  from: Place;
  to: Place;
}

/** "B7" → row 6, column 1; null when it is no cell of a sheet. */
function placeOf(reference: string): Place | null {
  const [, letters, digits] = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/i.exec(reference) ?? [];
  if (letters === undefined || digits === undefined) return null;
  const column = [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  const row = Number(digits) - 1;
  return column <= LAST_COLUMN && row >= 0 && row <= LAST_ROW ? { row, column } : null;
}

function areaOf(reference: string): Area | null {
  const [first = "", last = first] = reference.split(":");
  const [from, to] = [placeOf(first), placeOf(last)];
  return from && to && to.row >= from.row && to.column >= from.column ? { from, to } : null;
}

/** The filled cells of a sheet by row and column. */
type Grid = Map<number, Map<number, string>>;

function readGrid(sheet: MarkupDocument, values: CellValues, budget: { cells: number }): Grid {
  const grid: Grid = new Map();
  let nextRow = 0;
  for (const row of descendants(sheet, "row")) {
    const number = Number(attribute(row, "r"));
    const at = Number.isInteger(number) && number > 0 && number <= LAST_ROW + 1 ? number - 1 : nextRow;
    nextRow = at + 1;
    let nextColumn = 0;
    for (const cell of descendants(row, "c")) {
      const column = placeOf(attribute(cell, "r") ?? "")?.column ?? nextColumn;
      nextColumn = column + 1;
      const text = values.text(cell);
      if (text === "") continue;
      if (--budget.cells < 0) throw new ParseFailure("too_complex", "The workbook has too many cells.");
      const cells = grid.get(at) ?? new Map<number, string>();
      grid.set(at, cells.set(column, text));
    }
  }
  return grid;
}

/** Rows without an empty one between them. */
function runsOf(grid: Grid): number[][] {
  const runs: number[][] = [];
  for (const row of [...grid.keys()].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && row - (run.at(-1) ?? row) === 1) run.push(row);
    else runs.push([row]);
  }
  return runs;
}

class SheetReader {
  readonly #grid: Grid;
  readonly #merged: Area[];
  /** The first rows of what the author made a table of. */
  readonly #heads: Area[];
  readonly #limits: ParserLimits;

  constructor(grid: Grid, merged: Area[], heads: Area[], limits: ParserLimits) {
    this.#grid = grid;
    this.#merged = merged;
    this.#heads = heads;
    this.#limits = limits;
  }

  elements(): ElementDraft[] {
    return runsOf(this.#grid).flatMap((rows) => this.#region(rows));
  }

  #region(rows: number[]): ElementDraft[] {
    const columns = rows.flatMap((row) => [...(this.#grid.get(row)?.keys() ?? [])]);
    const first = columns.reduce((least, column) => Math.min(least, column), LAST_COLUMN);
    const last = columns.reduce((most, column) => Math.max(most, column), 0);
    const [only] = rows.length === 1 && first === last ? (this.#grid.get(rows[0] ?? 0)?.values() ?? []) : [];
    if (only !== undefined) return [{ type: "NarrativeText", text: only }];
    if ((last - first + 1) * rows.length > this.#limits.tableCells)
      throw new ParseFailure("too_complex", `A table has more than ${this.#limits.tableCells} cells.`);
    const region = { from: { row: rows[0] ?? 0, column: first }, to: { row: rows.at(-1) ?? 0, column: last } };
    const spans = this.#spans(region);
    const cells = rows.map((row) => {
      const line: TableCell[] = [];
      for (let column = first; column <= last; column++) {
        const span = spans.get(`${row},${column}`);
        if (span === "covered") continue;
        const text = this.#grid.get(row)?.get(column) ?? "";
        line.push({
          text,
          colSpan: span?.colSpan ?? 1,
          rowSpan: span?.rowSpan ?? 1,
          header: this.#isHead(row, column),
        });
      }
      return line;
    });
    const table = tableElement(cells, this.#limits);
    return table ? [table] : [];
  }

  /** Spans by the cell they start in, clipped to the region; the cells under them are "covered". */
  #spans(region: Area): Map<string, "covered" | { colSpan: number; rowSpan: number }> {
    const spans = new Map<string, "covered" | { colSpan: number; rowSpan: number }>();
    for (const { from, to } of this.#merged) {
      if (from.row < region.from.row || from.row > region.to.row) continue;
      if (from.column < region.from.column || from.column > region.to.column) continue;
      const [lastRow, lastColumn] = [Math.min(to.row, region.to.row), Math.min(to.column, region.to.column)];
      for (let row = from.row; row <= lastRow; row++)
        for (let column = from.column; column <= lastColumn; column++) spans.set(`${row},${column}`, "covered");
      spans.set(`${from.row},${from.column}`, {
        colSpan: lastColumn - from.column + 1,
        rowSpan: lastRow - from.row + 1,
      });
    }
    return spans;
  }

  #isHead(row: number, column: number): boolean {
    return this.#heads.some(({ from, to }) => row === from.row && column >= from.column && column <= to.column);
  }
}

const areas = (sheet: MarkupDocument | null, element: string): Area[] =>
  descendants(sheet ?? undefined, element).flatMap((found) => areaOf(attribute(found, "ref") ?? "") ?? []);

/**
 * Reads a workbook (OOXML): one page a sheet, its rows parted into tables by empty rows, a lone cell as text; merged cells are spans.
 * The names of sheets are headings where somebody chose them. Throws `corrupt`, `encrypted`, `too_large` or `too_complex`.
 */
export function parseXlsx(bytes: Uint8Array, limits: ParserLimits): ParsedDocument {
  const file = new OpenPackage(bytes, limits);
  const workbook = file.required(WORKBOOK);
  const parts = new Map(file.relationships(WORKBOOK).map(({ id, target }) => [id, target]));
  const values = new CellValues(workbook, file.part("xl/sharedStrings.xml"), file.part("xl/styles.xml"));
  const sheets = descendants(workbook, "sheet").filter((sheet) => attribute(sheet, "state") !== "veryHidden");
  const budget = { cells: limits.tableCells };
  const elements: ElementDraft[] = [];
  const warnings: string[] = [];
  if (sheets.length > limits.pages) warnings.push(`Only the first ${limits.pages} sheets were read.`);
  for (const [index, entry] of sheets.slice(0, limits.pages).entries()) {
    const pageNumber = index + 1;
    if (pageNumber > 1) elements.push({ type: "PageBreak", text: "", pageNumber });
    const name = attribute(entry, "name")?.trim() ?? "";
    const target = parts.get(entry.attribs["r:id"] ?? "");
    const sheet = target === undefined ? null : file.part(target);
    if (!sheet || target === undefined) {
      warnings.push(`Sheet ${pageNumber} is damaged and was left out.`);
      continue;
    }
    const tables = file.relationships(target).filter(({ kind }) => kind === "table");
    const heads = [
      ...areas(sheet, "autoFilter"),
      ...tables.flatMap(({ target: part }) => {
        const table = file.part(part);
        const [definition] = descendants(table ?? undefined, "table");
        return attribute(definition, "headerRowCount") === "0" ? [] : areas(table, "table");
      }),
    ];
    const found = new SheetReader(readGrid(sheet, values, budget), areas(sheet, "mergeCell"), heads, limits).elements();
    const named: ElementDraft[] =
      found.length > 0 && name !== "" && !GIVEN_NAME.test(name) ? [{ type: "Title", headingLevel: 1, text: name }] : [];
    for (const element of [...named, ...found]) elements.push({ ...element, pageNumber });
  }
  const title = file.title();
  return { elements, pageCount: Math.min(sheets.length, limits.pages), warnings, ...(title ? { title } : {}) };
}
