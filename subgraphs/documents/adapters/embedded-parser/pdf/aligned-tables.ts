import { columnTable, findColumns } from "./columns.js";
import { median, union } from "./geometry.js";
import type { PageTable } from "./page-table.js";
import { type Segment, toLines } from "./segments.js";

/** Longer texts side by side are columns of prose. */
const LONGEST_CELL = 60;
const LONGEST_AVERAGE = 28;

/** A run of lines as a table, when its cells are short and stand under each other; two columns must hold figures as well. */
function tableOf(lines: readonly Segment[][]): PageTable | null {
  const severalCells = lines.filter((line) => line.length >= 2);
  if (severalCells.length < 3) return null;
  const segments = lines.flat();
  const height = median(segments.map((segment) => segment.height));
  const columns = findColumns(lines, height * 0.5).length;
  const averageLength = segments.reduce((sum, segment) => sum + segment.text.length, 0) / segments.length;
  const withFigures = segments.filter((segment) => /\d/.test(segment.text)).length / segments.length;
  const aligned = severalCells.filter((line) => line.length >= Math.max(2, columns * 0.5)).length / severalCells.length;
  const looksLikeTable = columns >= 3 || (columns === 2 && withFigures > 0.4);
  if (!looksLikeTable || averageLength >= LONGEST_AVERAGE || aligned <= 0.5) return null;
  const table = columnTable(union(segments), segments, {});
  return table && table.rows.length >= 3 ? table : null;
}

const PROSE_LINES = 8;

/**
 * Parts a page set in two columns of prose into left, right and what crosses the gutter. Lines of the two columns often share
 * baselines and would pass for rows of a table.
 */
function proseColumns(segments: readonly Segment[], pageWidth: number): Segment[][] {
  let best: Segment[][] = [[...segments]];
  let fewest = segments.length * 0.15;
  for (let x = pageWidth * 0.35; x <= pageWidth * 0.65; x += pageWidth * 0.01) {
    const left = segments.filter((segment) => segment.x1 <= x);
    const right = segments.filter((segment) => segment.x0 >= x);
    const crossing = segments.length - left.length - right.length;
    const hasProse = [left, right].every(
      (side) => side.filter((segment) => segment.x1 - segment.x0 > pageWidth * 0.25).length >= PROSE_LINES,
    );
    if (crossing >= fewest || !hasProse) continue;
    fewest = crossing;
    best = [left, right, segments.filter((segment) => segment.x1 > x && segment.x0 < x)];
  }
  return best;
}

/** Tables drawn by whitespace alone, and the segments they leave. `pageWidth` in points. */
export function findAlignedTables(
  segments: readonly Segment[],
  pageWidth: number,
): { tables: PageTable[]; rest: Segment[] } {
  const columns = proseColumns(segments, pageWidth);
  const found = columns.map((column) => alignedTables(column, columns.length > 1 ? pageWidth / 2 : pageWidth));
  return { tables: found.flatMap(({ tables }) => tables), rest: found.flatMap(({ rest }) => rest) };
}

function alignedTables(segments: readonly Segment[], columnWidth: number): { tables: PageTable[]; rest: Segment[] } {
  const tables: PageTable[] = [];
  const taken = new Set<Segment>();
  let run: Segment[][] = [];
  const finish = (): void => {
    while ((run.at(-1)?.length ?? 2) < 2) run.pop();
    const table = tableOf(run);
    if (table) {
      tables.push(table);
      for (const segment of run.flat()) taken.add(segment);
    }
    run = [];
  };
  for (const line of toLines(segments)) {
    const [first] = line;
    if (!first) continue;
    const above = run.at(-1);
    const gap = above
      ? Math.min(...line.map((segment) => segment.y0)) - Math.max(...above.map((segment) => segment.y1))
      : 0;
    const singles = run.filter((other) => other.length === 1).length;
    if (line.length >= 2 && line.every((segment) => segment.text.length < LONGEST_CELL)) {
      if (gap > first.height * 2.2) finish();
      run.push(line);
    } else if (
      // the second line of a wrapped cell
      above &&
      line.length === 1 &&
      gap < first.height * 1.2 &&
      first.x1 - first.x0 < columnWidth * 0.5 &&
      singles < run.length * 0.4
    ) {
      run.push(line);
    } else finish();
  }
  finish();
  return { tables, rest: segments.filter((segment) => !taken.has(segment)) };
}
