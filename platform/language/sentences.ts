import { endsWithAbbreviation, isSentenceStarter } from "./abbreviations.js";

/** A half-open range [start, end) of UTF-16 code units in the text it was taken from. */
export interface Span {
  start: number;
  end: number;
}

const CLOSERS = "\"'”’」』》〉）)]】";
const TERMINATOR = /[.!?…。！？｡]/;
const WIDE_TERMINATOR = /[。！？｡]/;
const OPENING_PAIRS: Record<string, string> = {
  "“": "”",
  "「": "」",
  "『": "』",
  "(": ")",
  "（": "）",
  "[": "]",
  '"': '"',
};
const LIST_MARKER =
  /^(?:[-*•·‣▪○●■□◦※–]\s|\(?\d{1,3}(?:\.\d{1,3})*[.)]\s|\(?[가-하][.)]\s|\(?[a-zA-Z][.)]\s|[①-⑳㉠-㉻ⓐ-ⓩ]|제\s?\d{1,4}\s?[조항장절관편]|#{1,6}\s|부\s?칙|Article\s\d)/;
const ONLY_MARKER = /^[([]?(?:\d{1,3}(?:\.\d{1,3})*|[가-하]|[a-zA-Z]|[ivxIVX]{1,5}|제\s?\d{1,4}\s?[조항장절])$/;
// Endings of a Korean predicate: what precedes a full stop that truly ends a sentence.
const KOREAN_FINAL = /[다요죠까음함임됨오라자네군걸지]$/;
const QUOTATIVE = /^(?:이?라고|이?라며|이?라는|이?란|하고|하며|고\s|며\s|는\s)/;
// How far a bracket or quotation may reach and still hold its sentences together, in characters.
const BRACKET_REACH = 200;
// A line shorter than this was not broken because it was full: what follows is another statement.
const SHORT_LINE = 30;

/**
 * The sentences of a Korean or English text, in order, trimmed of white space.
 *
 * Only white space lies between two spans, so nothing of the text is lost. Full stops in decimals, dates
 * ("2025. 1. 1."), list markers ("1. 항목"), abbreviations, initials, URLs, ellipses and inside quotations do not end
 * a sentence; an empty line always does, a line break does where it separates list items, headings or short lines.
 */
export function sentenceSpans(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  let heldUntil = -1;
  const push = (end: number) => {
    const span = trim(text, start, end);
    if (span) spans.push(span);
    start = end;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === "\n") {
      if (breaksSentence(text, start, at)) push(at + 1);
      continue;
    }
    const closer = OPENING_PAIRS[character];
    if (closer && at > heldUntil) heldUntil = Math.max(heldUntil, closingPosition(text, at, closer));
    if (!TERMINATOR.test(character)) continue;
    let runEnd = at + 1;
    while (runEnd < text.length && TERMINATOR.test(text[runEnd] as string)) runEnd++;
    let end = runEnd;
    while (end < text.length && CLOSERS.includes(text[end] as string)) end++;
    if (heldUntil >= end) {
      at = runEnd - 1;
      continue;
    }
    if (endsSentence(text, start, at, runEnd, end)) push(end);
    at = end - 1;
  }
  push(text.length);
  return spans;
}

/** The sentences themselves, see {@link sentenceSpans}. */
export function sentences(text: string): string[] {
  return sentenceSpans(text).map(({ start, end }) => text.slice(start, end));
}

function trim(text: string, from: number, to: number): Span | undefined {
  let start = from;
  let end = to;
  while (start < end && /\s/.test(text[start] as string)) start++;
  while (end > start && /\s/.test(text[end - 1] as string)) end--;
  return start < end ? { start, end } : undefined;
}

/** Where the bracket or quotation opened at `open` closes, or -1 when it does not within reach or its paragraph. */
function closingPosition(text: string, open: number, closer: string): number {
  const reach = text.slice(open + 1, open + 1 + BRACKET_REACH);
  const close = reach.indexOf(closer);
  if (close < 0 || reach.slice(0, close).includes("\n\n")) return -1;
  return open + 1 + close;
}

function breaksSentence(text: string, start: number, at: number): boolean {
  const next = text.slice(at + 1, at + 40);
  if (/^[^\S\n]*(?:\n|$)/.test(next)) return true;
  if (LIST_MARKER.test(next.trimStart())) return true;
  const lineStart = Math.max(text.lastIndexOf("\n", at - 1) + 1, start);
  const line = text.slice(lineStart, at).trim();
  if (line.includes(" | ")) return true;
  return line.length > 0 && line.length < SHORT_LINE && !/[,(\-–—:]$/.test(line) && !/^[a-z]/.test(next.trimStart());
}

/** Whether the terminators at [at, runEnd), with closing marks up to `end`, end the sentence that began at `start`. */
function endsSentence(text: string, start: number, at: number, runEnd: number, end: number): boolean {
  if (end >= text.length) return true;
  const before = text.slice(Math.max(start, at - 40), at);
  const run = text.slice(at, runEnd);
  if (WIDE_TERMINATOR.test(run)) return true;
  const glued = !/\s/.test(text[end] as string);
  const next = text.slice(end, end + 24).trimStart();
  if (glued) {
    // "했다.그리고" is two sentences typed without a space; "간다."라고, 3.5 and example.com are not.
    return end === runEnd && KOREAN_FINAL.test(before) && /^[가-힣“‘「『]/.test(next) && !QUOTATIVE.test(next);
  }
  if (/^[a-z]/.test(next)) return false;
  if (QUOTATIVE.test(next) && end > runEnd) return false;
  if (run.includes("…") || run.startsWith("..")) return /[다요죠까]$/.test(before) || /^["'“‘(]?\p{Lu}/u.test(next);
  if (/[!?]/.test(run)) return true;
  return fullStopEnds(before, next, text.slice(start, Math.min(at, start + 60)).trim());
}

function fullStopEnds(before: string, next: string, sentenceSoFar: string): boolean {
  if (ONLY_MARKER.test(sentenceSoFar)) return false;
  const digits = /(?:^|[^\d])(\d+)$/.exec(before)?.[1];
  if (digits !== undefined) {
    if (/^['‘’]?\d/.test(next) && (digits.length <= 2 || /^\d{1,2}\s?\./.test(next))) return false;
    // "2025. 1. 1. 부터": a date goes on in Korean, unless an article or heading begins.
    if (/^[가-힣~(]/.test(next) && /\d\s?\.\s*\d+$/.test(before)) return /^(?:제\s?\d+\s?[조항장]|부\s?칙)/.test(next);
    return true;
  }
  if (/(?:^|[\s(])\p{Lu}$/u.test(before) || endsWithAbbreviation(before)) return isSentenceStarter(before, next);
  return true;
}
