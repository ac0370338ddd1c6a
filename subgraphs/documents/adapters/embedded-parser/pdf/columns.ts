import type { TableCell } from "../table.js";
import { type Box, centreX, centreY, median } from "./geometry.js";
import { cellText, markHeader, type PageTable } from "./page-table.js";
import { type Segment, toLines } from "./segments.js";

type Interval = [from: number, to: number];

function coverage(segments: readonly Segment[], smallestGap: number): Interval[] {
  const columns: Interval[] = [];
  for (const { x0, x1 } of [...segments].sort((a, b) => a.x0 - b.x0)) {
    const last = columns.at(-1);
    if (last && x0 < last[1] + smallestGap) last[1] = Math.max(last[1], x1);
    else columns.push([x0, x1]);
  }
  return columns;
}

/**
 * Columns as what lies between the white bands that run through all lines. Lines of one segment do not count, and the widest
 * segments are left out step by step while they close bands that some line shows (headings over several columns).
 */
export function findColumns(lines: readonly (readonly Segment[])[], smallestGap: number): Interval[] {
  const several = lines.filter((line) => line.length > 1).flat();
  let counted = several.length > 0 ? several : lines.flat();
  let columns = coverage(counted, smallestGap);
  const most = Math.max(0, ...lines.map((line) => line.length));
  for (let round = 0; round < 3 && columns.length < most && counted.length >= 4; round++) {
    const widths = counted.map((segment) => segment.x1 - segment.x0).sort((a, b) => b - a);
    const widest = widths[Math.floor(widths.length * 0.06)] ?? 0;
    const narrower = counted.filter((segment) => segment.x1 - segment.x0 < widest);
    if (narrower.length < counted.length * 0.6) break;
    counted = narrower;
    columns = coverage(counted, smallestGap);
  }
  return columns;
}

/** Lines to rows: a line that leaves the first column empty and follows closely continues the cells above it. */
function joinWrappedLines(
  lines: readonly Segment[][],
  firstColumnEnd: number,
  columns: number,
  height: number,
): Segment[][] {
  const rows: Segment[][] = [];
  for (const line of lines) {
    const above = rows.at(-1);
    const gap = above
      ? Math.min(...line.map((segment) => segment.y0)) - Math.max(...above.map((segment) => segment.y1))
      : Infinity;
    const startsRow = line.some((segment) => segment.x0 < firstColumnEnd);
    if (above && !startsRow && gap < height * 0.35 && line.length < columns / 2 + 0.5 && above.length > 1)
      above.push(...line);
    else rows.push([...line]);
  }
  return rows;
}

function rowCells(row: readonly Segment[], boundaries: readonly number[]): TableCell[] {
  const columnOf = (x: number): number => boundaries.filter((boundary) => x > boundary).length;
  const cells = new Map<number, { last: number; segments: Segment[] }>();
  for (const segment of row) {
    const first = columnOf(segment.x0 + 1);
    let last = columnOf(segment.x1 - 1);
    if (last > first && segment.x1 - (boundaries[last - 1] ?? 0) < 2) last--;
    const cell = cells.get(first) ?? { last, segments: [] };
    cell.last = Math.max(cell.last, last);
    cell.segments.push(segment);
    cells.set(first, cell);
  }
  const result: TableCell[] = [];
  for (let column = 0; column <= boundaries.length; ) {
    const cell = cells.get(column);
    let last = cell?.last ?? column;
    // a cell reaching over the start of the next one gives way
    for (let other = column + 1; other <= last; other++) if (cells.has(other)) last = other - 1;
    result.push({ text: cell ? cellText(cell.segments) : "", colSpan: last - column + 1, rowSpan: 1, header: false });
    column = last + 1;
  }
  return result;
}

/**
 * A table from segments whose columns only whitespace (or a few vertical rules at `dividers`) shows. With `bands`, the vertical
 * extents between horizontal rules, each band is a row; otherwise the lines are. Null when there are not two columns and two rows.
 */
export function columnTable(
  region: Box,
  segments: readonly Segment[],
  { dividers = [], bands }: { dividers?: readonly number[]; bands?: readonly Interval[] | undefined },
): PageTable | null {
  const height = median(segments.map((segment) => segment.height)) || 8;
  const lines = toLines(segments);
  const columns = dividers.length > 0 ? null : findColumns(lines, Math.max(2, height * 0.35));
  const boundaries = columns
    ? columns.slice(1).map(([from], i) => ((columns[i]?.[1] ?? from) + from) / 2)
    : [...dividers];
  if (boundaries.length < 1) return null;
  const firstColumnEnd = columns?.[0]?.[1] ?? boundaries[0] ?? region.x1;
  const rows = bands
    ? bands
        .map(([from, to]) => segments.filter((segment) => centreY(segment) > from && centreY(segment) <= to))
        .filter((row) => row.length > 0)
    : joinWrappedLines(lines, firstColumnEnd, boundaries.length + 1, height);
  if (rows.length < 2) return null;
  const cells = rows.map((row) => rowCells(row, boundaries));
  markHeader(
    cells,
    rows.map((row) => row.every((segment) => segment.bold)),
  );
  return { ...region, rows: cells };
}

/** Whether a segment's centre lies in the box, with some points of grace at the sides. */
export function isWithin(segment: Segment, box: Box, grace = 3): boolean {
  return (
    centreY(segment) > box.y0 &&
    centreY(segment) < box.y1 &&
    centreX(segment) > box.x0 - grace &&
    centreX(segment) < box.x1 + grace
  );
}
