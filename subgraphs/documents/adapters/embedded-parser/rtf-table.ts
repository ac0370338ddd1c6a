import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";
import type { ElementDraft } from "./parsed-document.js";
import { type TableCell, tableElement } from "./table.js";

/** How a cell joins its neighbours: begins a merged area, or belongs to the one before. */
type Merge = "none" | "first" | "next";

interface CellDefinition {
  /** Right edge in twips. */
  right: number;
  across: Merge;
  down: Merge;
}

interface Row {
  definitions: CellDefinition[];
  texts: string[];
  header: boolean;
}

/** Gathers the rows of a table as an RTF file defines them: edges first, then texts. */
export class RtfTable {
  readonly #limits: ParserLimits;
  #rows: Row[] = [];
  #cells = 0;
  #definitions: CellDefinition[] = [];
  #header = false;
  #pending: { across: Merge; down: Merge } = { across: "none", down: "none" };
  #texts: string[] = [];

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  /** A row's definition begins. Rows without one of their own keep that of the row above. */
  define(): void {
    this.#definitions = [];
    this.#header = false;
    this.#pending = { across: "none", down: "none" };
  }

  word(word: string, value: number | undefined): void {
    if (word === "clmgf") this.#pending.across = "first";
    else if (word === "clmrg") this.#pending.across = "next";
    else if (word === "clvmgf") this.#pending.down = "first";
    else if (word === "clvmrg") this.#pending.down = "next";
    else if (word === "trhdr") this.#header = true;
    else if (word === "cellx") {
      if (this.#definitions.length < this.#limits.cellSpan)
        this.#definitions.push({ right: value ?? 0, ...this.#pending });
      this.#pending = { across: "none", down: "none" };
    }
  }

  cell(text: string): void {
    if (++this.#cells > this.#limits.tableCells)
      throw new ParseFailure("too_complex", `A table has more than ${this.#limits.tableCells} cells.`);
    this.#texts.push(text);
  }

  row(): void {
    if (this.#texts.length > 0)
      this.#rows.push({ definitions: this.#definitions, texts: this.#texts, header: this.#header });
    this.#texts = [];
  }

  /** The table so far as an element, null when there is none; the next row begins another. */
  finish(): ElementDraft | null {
    this.row();
    const rows = this.#rows;
    this.#rows = [];
    this.#cells = 0;
    return rows.length === 0 ? null : tableElement(withSpans(rows, this.#limits), this.#limits);
  }
}

/** Columns are the right edges of all rows; a cell spans those it reaches over. */
function withSpans(rows: readonly Row[], limits: ParserLimits): TableCell[][] {
  const edges = [...new Set(rows.flatMap((row) => row.definitions.map(({ right }) => right)))].sort((a, b) => a - b);
  const open = new Map<number, TableCell>();
  return rows.map((row) => {
    const cells: TableCell[] = [];
    let column = 0;
    for (const [index, text] of row.texts.entries()) {
      const definition = row.definitions[index];
      const edge = definition ? edges.indexOf(definition.right) + 1 : 0;
      const colSpan = Math.min(limits.cellSpan, Math.max(1, edge - column));
      const left = cells.at(-1);
      const above = open.get(column);
      if (definition?.across === "next" && left) left.colSpan += colSpan;
      else if (definition?.down === "next" && above) above.rowSpan++;
      else {
        const cell = { text, colSpan, rowSpan: 1, header: row.header };
        cells.push(cell);
        if (definition?.down === "first") open.set(column, cell);
        else open.delete(column);
      }
      column += colSpan;
    }
    return cells;
  });
}
