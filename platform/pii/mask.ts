import type { Finding, PiiKind } from "./detector.js";

/** How many values of each kind were masked; kinds without a value are absent. */
export type PiiCounts = Partial<Record<PiiKind, number>>;

/** What a masked value reads as: `[PHONE_NUMBER]`. */
export function maskLabel(kind: PiiKind): string {
  return `[${kind}]`;
}

/**
 * Replaces each finding by its label. Findings are ranges of `text`; they must lie inside it and not overlap.
 * Throws RangeError otherwise: a shifted range would leave a value readable.
 */
export function mask(text: string, findings: readonly Finding[]): { text: string; counts: PiiCounts } {
  const ordered = [...findings].sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  const counts: PiiCounts = {};
  let at = 0;
  for (const { start, end, kind } of ordered) {
    if (start < at || end <= start || end > text.length)
      throw new RangeError(`finding [${start}, ${end}) does not fit`);
    parts.push(text.slice(at, start), maskLabel(kind));
    counts[kind] = (counts[kind] ?? 0) + 1;
    at = end;
  }
  parts.push(text.slice(at));
  return { text: parts.join(""), counts };
}

/** The sum of two counts. */
export function addCounts(left: PiiCounts, right: PiiCounts): PiiCounts {
  const sum: PiiCounts = { ...left };
  for (const [kind, count] of Object.entries(right) as [PiiKind, number][]) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}
