import { type Box, centreX, centreY, union } from "./geometry.js";

const DEEPEST_CUT = 40;

/** The widest empty band of at least `smallest` points between boxes on one axis: its middle and width. */
function widestGap(
  boxes: readonly Box[],
  from: (box: Box) => number,
  to: (box: Box) => number,
  smallest: number,
): { at: number; width: number } | null {
  let end = Infinity;
  let widest: { at: number; width: number } | null = null;
  for (const box of [...boxes].sort((a, b) => from(a) - from(b))) {
    const width = from(box) - end;
    if (width >= smallest && width > (widest?.width ?? 0)) widest = { at: (from(box) + end) / 2, width };
    end = end === Infinity ? to(box) : Math.max(end, to(box));
  }
  return widest;
}

/** Whether some boxes stand side by side. */
function areSideBySide(boxes: readonly Box[]): boolean {
  const sorted = [...boxes].sort((a, b) => a.y0 - b.y0);
  return sorted.some((box, i) => {
    for (let j = i + 1; j < sorted.length; j++) {
      const other = sorted[j];
      if (!other || other.y0 >= box.y1) return false;
      if (Math.min(box.y1, other.y1) - other.y0 > 0.5 * Math.min(box.y1 - box.y0, other.y1 - other.y0)) return true;
    }
    return false;
  });
}

/**
 * Recursive XY-cut (Nagy and Seth, 1984): a group is cut in two at its widest white band, columns before rows, until nothing
 * parts it. Returns the groups in reading order, each sorted from the top. `height` is the usual font size in points.
 */
export function readingOrder<T extends Box>(boxes: readonly T[], height: number, depth = 0): T[][] {
  if (boxes.length <= 1 || depth > DEEPEST_CUT)
    return boxes.length > 0 ? [[...boxes].sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0)] : [];
  const cut = (isFirst: (box: T) => boolean): T[][] => [
    ...readingOrder(boxes.filter(isFirst), height, depth + 1),
    ...readingOrder(
      boxes.filter((box) => !isFirst(box)),
      height,
      depth + 1,
    ),
  ];
  const area = union(boxes);
  const column = widestGap(
    boxes,
    (box) => box.x0,
    (box) => box.x1,
    height * 0.9,
  );
  if (column && area.y1 - area.y0 > height * 4) return cut((box) => centreX(box) < column.at);
  const row = widestGap(
    boxes,
    (box) => box.y0,
    (box) => box.y1,
    height * 0.25,
  );
  if (row && (row.width > height * 1.5 || areSideBySide(boxes))) return cut((box) => centreY(box) < row.at);
  return [[...boxes].sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0)];
}
