import { columnTable, isWithin } from "./columns.js";
import { type Box, centreY } from "./geometry.js";
import type { PageTable } from "./page-table.js";
import { distinctPlaces, type Rule } from "./rules.js";
import { type Segment, toLines } from "./segments.js";

/** Points: shorter rules are underlines. */
const SHORTEST_RULE = 40;
const SAME_END = 8;
const DOUBLE_LINE = 2.5;
/** Points between two rules that may be empty inside one table. */
const LARGEST_EMPTY_BAND = 40;

/** Rules of the same width under each other, as tables without vertical lines are drawn. */
function stacks(horizontal: readonly Rule[]): Rule[][] {
  const groups: Rule[][] = [];
  for (const rule of horizontal) {
    if (rule.to - rule.from <= SHORTEST_RULE) continue;
    const group = groups.find(
      ([first]) => first && Math.abs(first.from - rule.from) < SAME_END && Math.abs(first.to - rule.to) < SAME_END,
    );
    if (group) group.push(rule);
    else groups.push([rule]);
  }
  return groups.map((group) => {
    const sorted = group.sort((a, b) => a.at - b.at);
    return sorted.filter((rule, i) => rule.at - (sorted[i - 1]?.at ?? -Infinity) >= DOUBLE_LINE);
  });
}

/** Between two rules stands prose, not a row: long lines, or many lines with nothing beside them. */
function isProse(segments: readonly Segment[], width: number, height: number): boolean {
  const long = segments.filter((segment) => segment.x1 - segment.x0 > width * 0.75).length;
  if (long > 2 && long > segments.length / 2) return true;
  return segments.length > 2 && height > 60 && toLines(segments).every((line) => line.length === 1);
}

function cutAtProse(stack: readonly Rule[], segments: readonly Segment[]): Rule[][] {
  const parts: Rule[][] = [];
  let part: Rule[] = [];
  for (const rule of stack) {
    const above = part.at(-1);
    if (above) {
      const between = segments.filter((segment) =>
        isWithin(segment, { x0: above.from, x1: above.to, y0: above.at, y1: rule.at }),
      );
      const isEmpty = between.length === 0 && rule.at - above.at > LARGEST_EMPTY_BAND;
      if (isEmpty || isProse(between, above.to - above.from, rule.at - above.at)) {
        parts.push(part);
        part = [];
      }
    }
    part.push(rule);
  }
  return [...parts, part].filter((rules) => rules.length >= 2);
}

function bandedTable(
  rules: readonly Rule[],
  vertical: readonly Rule[],
  segments: readonly Segment[],
): { table: PageTable; taken: Segment[] } | null {
  const region: Box = {
    x0: Math.min(...rules.map((rule) => rule.from)),
    x1: Math.max(...rules.map((rule) => rule.to)),
    y0: rules[0]?.at ?? 0,
    y1: rules.at(-1)?.at ?? 0,
  };
  const inside = segments.filter((segment) => isWithin(segment, region));
  if (inside.length < 4) return null;
  const bands = rules.slice(1).map((rule, i): [number, number] => [rules[i]?.at ?? 0, rule.at]);
  const contents = bands.map(([from, to]) =>
    inside.filter((segment) => centreY(segment) > from && centreY(segment) <= to),
  );
  const filled = contents.filter((band) => band.length > 0);
  // Bands are rows unless several hold more than one line of cells: then the rules only set off head and foot.
  const holdSeveralRows = filled.filter((band) => toLines(band).filter((line) => line.length > 1).length > 1);
  const bandsAreRows = filled.length >= 2 && holdSeveralRows.length <= filled.length * 0.25;
  const dividers = distinctPlaces(
    vertical
      .filter((rule) => rule.at > region.x0 + 3 && rule.at < region.x1 - 3)
      .filter((rule) => Math.min(rule.to, region.y1) - Math.max(rule.from, region.y0) > (region.y1 - region.y0) / 2)
      .map((rule) => rule.at),
    4,
  );
  const table = columnTable(region, inside, { dividers, bands: bandsAreRows ? bands : undefined });
  if (!table || table.rows.flat().filter((cell) => cell.text !== "").length < 4) return null;
  const long = inside.filter((segment) => segment.text.length > 70).length;
  const columns = Math.max(...table.rows.map((row) => row.reduce((sum, cell) => sum + cell.colSpan, 0)));
  if (columns <= 2 && long > inside.length / 2 && !bandsAreRows) return null;
  return { table, taken: inside };
}

/** Tables with horizontal rules only (or hardly any vertical ones), and the segments they leave. */
export function findBandedTables(
  horizontal: readonly Rule[],
  vertical: readonly Rule[],
  segments: readonly Segment[],
): { tables: PageTable[]; rest: Segment[] } {
  const tables: PageTable[] = [];
  let rest = [...segments];
  for (const stack of stacks(horizontal)) {
    for (const rules of cutAtProse(stack, rest)) {
      const found = bandedTable(rules, vertical, rest);
      if (!found) continue;
      tables.push(found.table);
      const taken = new Set(found.taken);
      rest = rest.filter((segment) => !taken.has(segment));
    }
  }
  return { tables, rest };
}
