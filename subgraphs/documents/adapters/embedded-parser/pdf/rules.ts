import type { HorizontalRule, VerticalRule } from "./drawing.js";

/** A rule on either axis: `at` is its place across, `from` and `to` its extent along. */
export interface Rule {
  at: number;
  from: number;
  to: number;
}

export const asRules = (horizontal: readonly HorizontalRule[]): Rule[] =>
  horizontal.map(({ y, x0, x1 }) => ({ at: y, from: x0, to: x1 }));
export const asColumnRules = (vertical: readonly VerticalRule[]): Rule[] =>
  vertical.map(({ x, y0, y1 }) => ({ at: x, from: y0, to: y1 }));

/** Points between two rules that draw one line, across and along it. */
const SAME_PLACE = 2;
const SAME_RUN = 6;

/** Joins the pieces of collinear lines: cells are often drawn one by one. */
export function mergeRules(rules: readonly Rule[]): Rule[] {
  const merged: Rule[] = [];
  for (const rule of [...rules].sort((a, b) => a.at - b.at || a.from - b.from)) {
    let twin: Rule | undefined;
    for (let i = merged.length - 1; i >= 0; i--) {
      const other = merged[i];
      if (!other || rule.at - other.at >= SAME_PLACE) break;
      if (rule.from <= other.to + SAME_RUN && rule.to >= other.from - SAME_RUN) {
        twin = other;
        break;
      }
    }
    if (twin) {
      twin.from = Math.min(twin.from, rule.from);
      twin.to = Math.max(twin.to, rule.to);
    } else merged.push({ ...rule });
  }
  return merged;
}

/** Rules that hang together by crossing or touching. */
export interface RuleNet {
  horizontal: Rule[];
  vertical: Rule[];
}

const TOUCH = 4;

function crosses(horizontal: Rule, vertical: Rule): boolean {
  return (
    vertical.at >= horizontal.from - TOUCH &&
    vertical.at <= horizontal.to + TOUCH &&
    horizontal.at >= vertical.from - TOUCH &&
    horizontal.at <= vertical.to + TOUCH
  );
}

/** Parts the rules of a page into nets; rules that touch no other axis are left out. */
export function connectRules(horizontal: readonly Rule[], vertical: readonly Rule[]): RuleNet[] {
  const netOf = new Map<Rule, RuleNet>();
  const nets = new Set<RuleNet>();
  for (const column of vertical) {
    for (const row of horizontal) {
      if (!crosses(row, column)) continue;
      const net = netOf.get(column) ?? netOf.get(row) ?? { horizontal: [], vertical: [] };
      nets.add(net);
      for (const other of new Set([netOf.get(column), netOf.get(row)])) {
        if (!other || other === net) continue;
        nets.delete(other);
        for (const rule of other.horizontal) netOf.set(rule, net);
        for (const rule of other.vertical) netOf.set(rule, net);
        net.horizontal.push(...other.horizontal);
        net.vertical.push(...other.vertical);
      }
      if (!netOf.has(row)) net.horizontal.push(row);
      if (!netOf.has(column)) net.vertical.push(column);
      netOf.set(row, net);
      netOf.set(column, net);
    }
  }
  return [...nets];
}

/** Sorted places with those nearer than `distance` to the one before left out. */
export function distinctPlaces(places: readonly number[], distance: number): number[] {
  const distinct: number[] = [];
  for (const place of [...places].sort((a, b) => a - b)) {
    if (place - (distinct.at(-1) ?? -Infinity) >= distance) distinct.push(place);
  }
  return distinct;
}
