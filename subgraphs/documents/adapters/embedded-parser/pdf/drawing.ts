import type { ParserLimits } from "../limits.js";
import { type Box, boxAround, type Matrix, multiply, transform } from "./geometry.js";

type Operators = typeof import("pdfjs-dist/legacy/build/pdf.mjs").OPS;

export interface HorizontalRule {
  x0: number;
  x1: number;
  y: number;
}

export interface VerticalRule {
  x: number;
  y0: number;
  y1: number;
}

export interface Drawing {
  horizontal: HorizontalRule[];
  vertical: VerticalRule[];
  images: Box[];
}

type Point = [x: number, y: number];

/** Points of a line's thickness that still is a line and not an area. */
const LINE_THICKNESS = 2;
const SHORTEST_HORIZONTAL = 6;
const SHORTEST_VERTICAL = 4;
const SMALLEST_IMAGE = 24;

/** Operation codes inside the flat path data of pdf.js, with how many numbers follow. */
const MOVE = 0;
const LINE = 1;
const CURVE = 2;
const QUADRATIC = 3;
const CLOSE = 4;

/** The straight-sided subpaths of a path; those with curves are shapes, not rules. */
function straightSubpaths(data: ArrayLike<number>, matrix: Matrix): Point[][] {
  const subpaths: Point[][] = [];
  let points: Point[] = [];
  let curved = false;
  const finish = (): void => {
    if (points.length > 1 && !curved) subpaths.push(points);
    points = [];
    curved = false;
  };
  for (let i = 0; i < data.length; ) {
    const operation = data[i++];
    if (operation === MOVE || operation === LINE) {
      if (operation === MOVE) finish();
      points.push(transform(matrix, data[i] ?? 0, data[i + 1] ?? 0));
      i += 2;
    } else if (operation === CURVE) {
      curved = true;
      i += 6;
    } else if (operation === QUADRATIC) {
      curved = true;
      i += 4;
    } else if (operation === CLOSE && points[0]) points.push(points[0]);
  }
  finish();
  return subpaths;
}

class RuleCollector {
  readonly horizontal: HorizontalRule[] = [];
  readonly vertical: VerticalRule[] = [];
  readonly #page: { width: number; height: number };
  readonly #limit: number;

  constructor(page: { width: number; height: number }, limit: number) {
    this.#page = page;
    this.#limit = limit;
  }

  /** A drawing with more lines than the limit is a picture or a map: no tables are looked for in it. */
  get overflowed(): boolean {
    return this.horizontal.length + this.vertical.length > this.#limit;
  }

  line([ax, ay]: Point, [bx, by]: Point): void {
    const [width, height] = [Math.abs(ax - bx), Math.abs(ay - by)];
    if (height <= LINE_THICKNESS && width > SHORTEST_HORIZONTAL) {
      this.horizontal.push({ x0: Math.min(ax, bx), x1: Math.max(ax, bx), y: (ay + by) / 2 });
    } else if (width <= LINE_THICKNESS && height > SHORTEST_VERTICAL) {
      this.vertical.push({ y0: Math.min(ay, by), y1: Math.max(ay, by), x: (ax + bx) / 2 });
    }
  }

  /** Outlines count with all four sides; a filled area only with top and bottom, as the band of a row, unless it is a background. */
  area({ x0, y0, x1, y1 }: Box, stroked: boolean): void {
    const [width, height] = [x1 - x0, y1 - y0];
    if (height <= LINE_THICKNESS || width <= LINE_THICKNESS) {
      if (height <= width) this.line([x0, (y0 + y1) / 2], [x1, (y0 + y1) / 2]);
      else this.line([(x0 + x1) / 2, y0], [(x0 + x1) / 2, y1]);
      return;
    }
    if (!stroked && (width > this.#page.width * 0.97 || height > this.#page.height * 0.3)) return;
    this.line([x0, y0], [x1, y0]);
    this.line([x0, y1], [x1, y1]);
    if (stroked) {
      this.line([x0, y0], [x0, y1]);
      this.line([x1, y0], [x1, y1]);
    }
  }
}

function addPath(rules: RuleCollector, subpaths: readonly Point[][], stroked: boolean): void {
  for (const points of subpaths) {
    if (points.length >= 4) rules.area(boxAround(points), stroked);
    else if (stroked) {
      for (const [i, point] of points.entries()) {
        const previous = points[i - 1];
        if (previous) rules.line(previous, point);
      }
    }
  }
}

/** The rules and pictures a page draws, in the frame of `view`. Rules are left out where there are more than the limit. */
export function readDrawing(
  ops: Operators,
  operators: { fnArray: readonly number[]; argsArray: readonly unknown[] },
  view: Matrix,
  page: { width: number; height: number },
  limits: ParserLimits,
): Drawing {
  const rules = new RuleCollector(page, limits.pageItems);
  const images: Box[] = [];
  const stroking = new Set<number>([
    ops.stroke,
    ops.closeStroke,
    ops.fillStroke,
    ops.eoFillStroke,
    ops.closeFillStroke,
    ops.closeEOFillStroke,
  ]);
  const painting = new Set<number>([ops.paintImageXObject, ops.paintInlineImageXObject, ops.paintImageMaskXObject]);
  const saved: Matrix[] = [];
  let matrix = view;
  for (const [i, operation] of operators.fnArray.entries()) {
    const values = operators.argsArray[i] as unknown[] | null;
    if (operation === ops.save) saved.push(matrix);
    else if (operation === ops.restore || operation === ops.paintFormXObjectEnd) matrix = saved.pop() ?? view;
    else if (operation === ops.transform) matrix = multiply(matrix, values as unknown as Matrix);
    else if (operation === ops.paintFormXObjectBegin) {
      saved.push(matrix);
      if (values?.[0]) matrix = multiply(matrix, values[0] as Matrix);
    } else if (painting.has(operation)) {
      const corners = [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const;
      const box = boxAround(corners.map(([x, y]) => transform(matrix, x, y)));
      if (box.x1 - box.x0 > SMALLEST_IMAGE && box.y1 - box.y0 > SMALLEST_IMAGE) images.push(box);
    } else if (operation === ops.constructPath && !rules.overflowed) {
      const [paint, path] = values as [number, [ArrayLike<number> | null]];
      const data = path?.[0];
      if (data && paint !== ops.endPath && paint !== ops.clip)
        addPath(rules, straightSubpaths(data, matrix), stroking.has(paint));
    }
  }
  return rules.overflowed
    ? { horizontal: [], vertical: [], images }
    : { horizontal: rules.horizontal, vertical: rules.vertical, images };
}
