import type { PiiKind } from "../detector.js";

/** What stands around a match, lower-cased: at most CONTEXT_BEFORE and CONTEXT_AFTER characters. */
export interface MatchContext {
  before: string;
  after: string;
}

/** One shape of one kind of personal data. `score` returns 0 for what only looks like it. */
export interface Recognizer {
  kind: PiiKind;
  pattern: RegExp;
  score(match: RegExpExecArray, context: MatchContext): number;
}

export const CONTEXT_BEFORE = 40;
export const CONTEXT_AFTER = 16;

/** Only the digits of a match. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}

/** Score with a context word near the match, or without. */
export function byContext(context: MatchContext, words: RegExp, withWord: number, without: number): number {
  return words.test(context.before) || words.test(context.after) ? withWord : without;
}
