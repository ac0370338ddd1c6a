import type { TableCell } from "../table.js";
import { type Box, centreX, centreY } from "./geometry.js";
import type { TextPiece } from "./page-content.js";
import { cellText, markHeader, type PageTable } from "./page-table.js";
import { distinctPlaces, type Rule, type RuleNet } from "./rules.js";
import { toSegments } from "./segments.js";

/** Points: two rules nearer than this are one edge (double lines). */
const EDGE_DISTANCE = 5;
/** How much of a cell's side a rule has to cover to part it from its neighbour. */
const SIDE_COVERED = 0.6;
/** Fewer filled cells than this share are a chart's grid or a form's decoration. */
const FILLED_SHARE = 0.25;
/** More text than this share running across the sides of its cell: the rules belong to a layout, not to a table. */
const CROSSING_SHARE = 0.1;
const MOST_GRID_CELLS = 50_000;

interface Grid {
  xs: number[];
  ys: number[];
  /** `right[r][c]`: a rule stands between cell (r, c) and (r, c+1). */
  right: boolean[][];
  below: boolean[][];
}

function covered(rules: readonly Rule[], at: number, from: number, to: number): boolean {
  let length = 0;
  for (const rule of rules) {
    if (Math.abs(rule.at - at) < EDGE_DISTANCE)
      length += Math.max(0, Math.min(rule.to, to) - Math.max(rule.from, from));
  }
  return length >= (to - from) * SIDE_COVERED;
}

/** Adds the outer sides that many tables leave open: where the cross rules clearly reach beyond the last drawn side. */
function withOpenSides(places: number[], across: readonly Rule[]): number[] {
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return places;
  const from = Math.min(...across.map((rule) => rule.from));
  const to = Math.max(...across.map((rule) => rule.to));
  return [
    ...(first - from > EDGE_DISTANCE * 2 ? [from] : []),
    ...places,
    ...(to - last > EDGE_DISTANCE * 2 ? [to] : []),
  ];
}

function toGrid(net: RuleNet): Grid | null {
  const xs = withOpenSides(
    distinctPlaces(
      net.vertical.map((rule) => rule.at),
      EDGE_DISTANCE,
    ),
    net.horizontal,
  );
  const ys = withOpenSides(
    distinctPlaces(
      net.horizontal.map((rule) => rule.at),
      EDGE_DISTANCE,
    ),
    net.vertical,
  );
  const [columns, rows] = [xs.length - 1, ys.length - 1];
  if (columns < 2 || rows < 2 || columns * rows > MOST_GRID_CELLS) return null;
  const side = (
    rules: readonly Rule[],
    at: number | undefined,
    from: number | undefined,
    to: number | undefined,
  ): boolean => covered(rules, at ?? 0, from ?? 0, to ?? 0);
  const cells = <T>(make: (row: number, column: number) => T): T[][] =>
    Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => make(row, column)));
  return {
    xs,
    ys,
    right: cells((row, column) => column === columns - 1 || side(net.vertical, xs[column + 1], ys[row], ys[row + 1])),
    below: cells((row, column) => row === rows - 1 || side(net.horizontal, ys[row + 1], xs[column], xs[column + 1])),
  };
}

interface Span {
  row: number;
  column: number;
  rowSpan: number;
  colSpan: number;
}

/** Cells from the grid: a cell grows right and down as long as no rule stops all of that side. */
function toSpans({ xs, ys, right, below }: Grid): Span[] {
  const [columns, rows] = [xs.length - 1, ys.length - 1];
  const taken = Array.from({ length: rows }, () => new Array<boolean>(columns).fill(false));
  const spans: Span[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (taken[row]?.[column]) continue;
      let colSpan = 1;
      while (!right[row]?.[column + colSpan - 1] && !taken[row]?.[column + colSpan]) colSpan++;
      let rowSpan = 1;
      const isOpenBelow = (at: number): boolean =>
        Array.from({ length: colSpan }, (_, i) => column + i).every((c) => !below[at]?.[c] && !taken[at + 1]?.[c]);
      while (isOpenBelow(row + rowSpan - 1)) rowSpan++;
      for (let r = row; r < row + rowSpan; r++) taken[r]?.fill(true, column, column + colSpan);
      spans.push({ row, column, rowSpan, colSpan });
    }
  }
  return spans;
}

const spanBox = ({ row, column, rowSpan, colSpan }: Span, { xs, ys }: Grid): Box => ({
  x0: xs[column] ?? 0,
  x1: xs[column + colSpan] ?? 0,
  y0: ys[row] ?? 0,
  y1: ys[row + rowSpan] ?? 0,
});

function sticksOut(piece: TextPiece, cell: Box): boolean {
  const middle = piece.baseline - piece.height * 0.35;
  const cutByRule = Math.min(middle - cell.y0, cell.y1 - middle) < piece.height * 0.25;
  return cutByRule || piece.x1 > cell.x1 + piece.height * 0.5 || piece.x0 < cell.x0 - piece.height * 0.5;
}

const slot = (edges: readonly number[], value: number): number => edges.findLastIndex((edge) => value >= edge);

/** Removes grid rows and columns in which no cell begins: doubled lines and slivers. */
function compact(
  spans: readonly Span[],
  starts: (span: Span) => number,
  length: (span: Span) => number,
): Map<Span, [start: number, length: number]> {
  const used = [...new Set(spans.map(starts))].sort((a, b) => a - b);
  return new Map(
    spans.map((span) => [
      span,
      [used.indexOf(starts(span)), used.filter((at) => at >= starts(span) && at < starts(span) + length(span)).length],
    ]),
  );
}

/**
 * The table a net of rules draws, its cells merged where no rule parts them, with the pieces of text it takes.
 * Null when the net draws something else: frames, underlines, charts.
 */
export function ruledTable(
  net: RuleNet,
  pieces: readonly TextPiece[],
): { table: PageTable; taken: Set<TextPiece> } | null {
  const grid = toGrid(net);
  if (!grid) return null;
  const { xs, ys } = grid;
  const box: Box = { x0: xs[0] ?? 0, x1: xs.at(-1) ?? 0, y0: ys[0] ?? 0, y1: ys.at(-1) ?? 0 };
  const spans = toSpans(grid);
  const owner = new Map<number, Span>();
  const columns = xs.length - 1;
  for (const span of spans) {
    for (let row = span.row; row < span.row + span.rowSpan; row++) {
      for (let column = span.column; column < span.column + span.colSpan; column++)
        owner.set(row * columns + column, span);
    }
  }
  const inside = pieces.filter(
    (piece) => centreX(piece) > box.x0 && centreX(piece) < box.x1 && centreY(piece) > box.y0 && centreY(piece) < box.y1,
  );
  const contents = new Map<Span, TextPiece[]>();
  let crossing = 0;
  for (const piece of inside) {
    // by its beginning: a piece that runs over into the next cell was written for the one it starts in
    const span = owner.get(
      slot(ys, centreY(piece)) * columns + slot(xs, Math.min(centreX(piece), piece.x0 + piece.height / 2)),
    );
    if (!span) continue;
    const held = contents.get(span);
    if (held) held.push(piece);
    else contents.set(span, [piece]);
    if (sticksOut(piece, spanBox(span, grid))) crossing++;
  }
  if (crossing > inside.length * CROSSING_SHARE) return null;
  if (contents.size < 3 || contents.size < spans.length * FILLED_SHARE) return null;
  const rowsOf = compact(
    spans,
    (span) => span.row,
    (span) => span.rowSpan,
  );
  const columnsOf = compact(
    spans,
    (span) => span.column,
    (span) => span.colSpan,
  );
  const rows: TableCell[][] = [];
  const boldRows: boolean[] = [];
  for (const span of spans) {
    const [row, rowSpan] = rowsOf.get(span) ?? [0, 1];
    const [, colSpan] = columnsOf.get(span) ?? [0, 1];
    const text = contents.get(span) ?? [];
    rows[row] ??= [];
    rows[row].push({ text: cellText(toSegments(text)), rowSpan, colSpan, header: false });
    boldRows[row] = (boldRows[row] ?? true) && text.every((piece) => piece.bold);
  }
  if (rows.length < 2 || !rows.some((row) => row.length > 1)) return null;
  markHeader(rows, boldRows);
  return { table: { ...box, rows }, taken: new Set(inside) };
}
