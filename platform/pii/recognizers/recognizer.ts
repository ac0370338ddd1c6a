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

const THING =
  "(?:법인\\s?등록|문서|접수|관리|주문|송장|운송장|일련|계약|품목|제품|상품|부품|모델|예약|사건|승인|거래|청구|증권|공고|고시)\\s?(?:번호|코드)";
const THING_ENGLISH =
  "(?:part|order|invoice|ticket|model|serial|tracking|reference|ref|sku|case|document|item|lot)\\s?(?:no\\.?|number|code|id|#)?";
const NAMES_A_THING = new RegExp(`(?:${THING}[은는이가]?|(?<![a-z])${THING_ENGLISH}(?:\\s+is)?)[\\s:：#.]*$`);

/** Whether the words right before the match name the number of a thing: "문서번호:", "Invoice no.". */
export function namesAThing(context: MatchContext): boolean {
  return NAMES_A_THING.test(context.before);
}

/** Score with a context word near the match, or without. */
export function byContext(context: MatchContext, words: RegExp, withWord: number, without: number): number {
  return words.test(context.before) || words.test(context.after) ? withWord : without;
}
