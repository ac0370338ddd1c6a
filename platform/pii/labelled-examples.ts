import type { Finding, PiiDetector, PiiKind } from "./detector.js";

/** A line of text and where personal data stands in it. */
export interface LabelledText {
  text: string;
  values: readonly Pick<Finding, "start" | "end" | "kind">[];
}

const LABEL = /\[\[([A-Z_]+)\|([^\]]*(?:\][^\]]+)*?)\]\]/g;

/**
 * Reads labelled lines: `Call [[PHONE_NUMBER|010-1234-5678]].` A line without labels holds no personal data; `#` starts a
 * comment line.
 */
export function readLabelledLines(content: string): LabelledText[] {
  return content
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const values: LabelledText["values"][number][] = [];
      let text = "";
      let at = 0;
      for (const match of line.matchAll(LABEL)) {
        text += line.slice(at, match.index);
        const value = match[2] as string;
        values.push({ kind: match[1] as PiiKind, start: text.length, end: text.length + value.length });
        text += value;
        at = match.index + match[0].length;
      }
      return { text: text + line.slice(at), values };
    });
}

/** How one detector does on one kind. `leaked`: values of which some character stayed readable, whatever it was called. */
export interface KindScore {
  kind: PiiKind;
  values: number;
  found: number;
  falsely: number;
  leaked: number;
}

/** What a detector missed or found too much: the text and what it said. */
export interface Disagreement {
  text: string;
  missed: readonly string[];
  falsely: readonly string[];
}

/** Compares findings with labels by kind and exact range. Texts are judged one by one, in the language given. */
export async function scoreDetector(
  detector: PiiDetector,
  examples: readonly LabelledText[],
  language: "ko" | "en",
): Promise<{ kinds: KindScore[]; disagreements: Disagreement[] }> {
  const scores = new Map<PiiKind, KindScore>();
  const of = (kind: PiiKind): KindScore => {
    const score = scores.get(kind) ?? { kind, values: 0, found: 0, falsely: 0, leaked: 0 };
    scores.set(kind, score);
    return score;
  };
  const disagreements: Disagreement[] = [];
  for (const { text, values } of examples) {
    const findings = await detector.detect(text, { language });
    const same = (a: LabelledText["values"][number], b: LabelledText["values"][number]): boolean =>
      a.kind === b.kind && a.start === b.start && a.end === b.end;
    const shown = (one: LabelledText["values"][number]): string => `${one.kind} ${text.slice(one.start, one.end)}`;
    const missed = values.filter((value) => !findings.some((finding) => same(finding, value)));
    const falsely = findings.filter((finding) => !values.some((value) => same(finding, value)));
    for (const value of values) {
      const score = of(value.kind);
      score.values++;
      if (!missed.includes(value)) score.found++;
      if (!findings.some(({ start, end }) => start <= value.start && end >= value.end)) score.leaked++;
    }
    for (const finding of falsely) of(finding.kind).falsely++;
    if (missed.length + falsely.length > 0)
      disagreements.push({ text, missed: missed.map(shown), falsely: falsely.map(shown) });
  }
  return { kinds: [...scores.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1)), disagreements };
}
