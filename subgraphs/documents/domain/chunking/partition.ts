import type { Unit } from "./blocks.js";
import type { ChunkingSizes } from "./chunk.js";

export interface MeasuredUnit extends Unit {
  tokens: number;
}

/** A half-open range of units. */
export interface UnitRange {
  from: number;
  to: number;
}

// Costs are relative to the squared relative distance of a chunk from the target size.
const CUT_AT_ELEMENT = 0.2;
const CUT_AT_LIST_ITEM = 0.3;
const CUT_INSIDE_ELEMENT = 0.45;
const CUT_AGAINST_MEANING = 0.5;
const SECTION_INSIDE = 0.08;
const OUTER_SECTION_INSIDE = 0.3;
// A chunk on one page is cited with the right page.
const SECTION_ON_NEW_PAGE_INSIDE = 0.45;
const CUT_AFTER_HEADING = 100;
const OVERSIZE_WEIGHT = 4;

/**
 * Cuts units into chunks: the partition with the least total cost, found exactly by dynamic programming in
 * O(units × units per chunk).
 *
 * A chunk costs the square of its relative distance from the target size, more above it than below, and a little for
 * each section it swallows. A cut costs nothing at a heading, more at a paragraph, most inside one, and there the more
 * the closer the meaning of its two sides. A heading is never the end of a chunk that something follows. No chunk exceeds
 * `max`, with room for the overlap where it begins inside a section; a unit larger than that stands alone.
 *
 * @param closeness per unit, how close in meaning it is to the unit before it, 0 (parted) to 1; absent: unknown.
 */
export function partition(
  units: readonly MeasuredUnit[],
  sizes: ChunkingSizes,
  closeness: readonly number[],
): UnitRange[] {
  const best: number[] = [0];
  const cameFrom: number[] = [0];
  const outerDepth = outermostDepth(units);
  for (let to = 1; to <= units.length; to++) {
    best[to] = Number.POSITIVE_INFINITY;
    let tokens = 0;
    let swallowed = 0;
    for (let from = to - 1; from >= 0; from--) {
      const unit = units[from] as MeasuredUnit;
      tokens += unit.tokens;
      const limit = startsSection(units, from) ? sizes.max : sizes.max - sizes.overlap;
      if (tokens > sizes.max && from < to - 1) break;
      if (tokens <= limit || from === to - 1) {
        const cost =
          (best[from] as number) + cutCost(units, from, closeness) + sizeCost(tokens, sizes.target) + swallowed;
        if (cost < (best[to] as number)) {
          best[to] = cost;
          cameFrom[to] = from;
        }
      }
      if (startsSection(units, from)) swallowed += swallowCost(units, from, outerDepth);
    }
  }
  const ranges: UnitRange[] = [];
  for (let to = units.length; to > 0; to = cameFrom[to] as number) ranges.unshift({ from: cameFrom[to] as number, to });
  return ranges;
}

/** Whether a unit is the first of its section, or of all. */
export function startsSection(units: readonly Unit[], at: number): boolean {
  return at === 0 || units[at]?.section !== units[at - 1]?.section;
}

/** The shallowest depth at which the text has several sections, where there are deeper ones; -1 for none. */
function outermostDepth(units: readonly Unit[]): number {
  const depths = units.filter((_, at) => startsSection(units, at)).map(({ depth }) => depth);
  const outer = Math.min(...depths.filter((depth, at) => depths.indexOf(depth) !== at));
  return depths.some((depth) => depth > outer) ? outer : -1;
}

/** What a chunk pays for a section that starts inside it. */
function swallowCost(units: readonly Unit[], at: number, outerDepth: number): number {
  const unit = units[at] as Unit;
  const page = unit.element.pageNumber;
  const onNewPage = at > 0 && page !== undefined && units[at - 1]?.element.pageNumber !== page;
  const nesting = unit.depth <= outerDepth ? OUTER_SECTION_INSIDE : SECTION_INSIDE;
  return nesting + (onNewPage ? SECTION_ON_NEW_PAGE_INSIDE : 0);
}

function sizeCost(tokens: number, target: number): number {
  const distance = (tokens - target) / target;
  return distance > 0 ? OVERSIZE_WEIGHT * distance * distance : distance * distance;
}

function cutCost(units: readonly MeasuredUnit[], at: number, closeness: readonly number[]): number {
  if (at === 0) return 0;
  if (units[at - 1]?.kind === "heading") return CUT_AFTER_HEADING;
  if (startsSection(units, at)) return 0;
  const unit = units[at] as MeasuredUnit;
  const structure = !unit.startsElement
    ? CUT_INSIDE_ELEMENT
    : unit.element.type === "ListItem"
      ? CUT_AT_LIST_ITEM
      : CUT_AT_ELEMENT;
  return structure + CUT_AGAINST_MEANING * (closeness[at] ?? 0.5);
}
