import type { TableCell } from "../table.js";
import type { Box } from "./geometry.js";
import { joinLines, type Segment, toLines } from "./segments.js";

/** A table found on a page. */
export interface PageTable extends Box {
  rows: TableCell[][];
}

/** The text of the segments in one cell, top down. */
export function cellText(segments: readonly Segment[]): string {
  return joinLines(toLines(segments).map((line) => line.map((segment) => segment.text).join(" ")));
}

/** Bold first rows over a body that is not bold are the table's head. `bold` says it for each row with text. */
export function markHeader(rows: TableCell[][], bold: readonly boolean[]): void {
  if (!bold.some((rowIsBold) => !rowIsBold)) return;
  for (const [i, row] of rows.entries()) {
    if (!bold[i]) return;
    for (const cell of row) cell.header = true;
  }
}
