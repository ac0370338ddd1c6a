import type { DetectOptions, Finding, PiiDetector } from "./detector.js";
import { foldForMatching } from "./folding.js";
import { financialNumbers } from "./recognizers/financial.js";
import { koreanIdentifiers } from "./recognizers/korean-identifiers.js";
import { onlineAndForeign } from "./recognizers/online-and-foreign.js";
import { phoneNumbers } from "./recognizers/phone-numbers.js";
import { CONTEXT_AFTER, CONTEXT_BEFORE, type Recognizer } from "./recognizers/recognizer.js";

const RECOGNIZERS: readonly Recognizer[] = [
  ...koreanIdentifiers,
  ...phoneNumbers,
  ...financialNumbers,
  ...onlineAndForeign,
];

export interface KoreanDetectorOptions {
  /** Findings below this score are dropped. Default 0.5. */
  threshold?: number;
}

/**
 * The built-in detector: patterns, check digits and context words, Korean forms first, no model and no network.
 * Runs in time linear in the text. Names of people are not looked for.
 */
export function createKoreanDetector({ threshold = 0.5 }: KoreanDetectorOptions = {}): PiiDetector {
  return {
    async detect(text: string, { signal }: DetectOptions = {}): Promise<Finding[]> {
      signal?.throwIfAborted();
      const folded = foldForMatching(text);
      const findings: Finding[] = [];
      for (const recognizer of RECOGNIZERS) {
        for (const match of folded.text.matchAll(recognizer.pattern)) {
          const start = match.index;
          const end = start + match[0].length;
          const score = recognizer.score(match, {
            before: folded.text.slice(Math.max(0, start - CONTEXT_BEFORE), start).toLowerCase(),
            after: folded.text.slice(end, end + CONTEXT_AFTER).toLowerCase(),
          });
          if (score >= threshold)
            findings.push({
              ...folded.original(start, end),
              kind: recognizer.kind,
              score,
            });
        }
      }
      return resolveOverlaps(findings);
    },
  };
}

/**
 * Findings without overlaps, ordered by start. Overlapping ones become one finding over their union, of the kind with
 * the highest score, then the longest range: dropping the loser's range could leave half a value readable.
 */
export function resolveOverlaps(findings: readonly Finding[]): Finding[] {
  const ordered = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  const resolved: Finding[] = [];
  let best: Finding | undefined;
  for (const finding of ordered) {
    const last = resolved.at(-1);
    if (!last || !best || finding.start >= last.end) {
      resolved.push({ ...finding });
      best = finding;
      continue;
    }
    last.end = Math.max(last.end, finding.end);
    const longer = finding.end - finding.start > best.end - best.start;
    if (finding.score > best.score || (finding.score === best.score && longer)) {
      best = finding;
      last.kind = finding.kind;
      last.score = finding.score;
    }
  }
  return resolved;
}
