import { type NameSpan } from "./span.js";
import { ENGLISH_FUNCTION_WORDS, NAME_CONNECTORS, TIGHT_CONNECTORS } from "./stop-words.js";

// A word with inner hyphens, apostrophes, full stops of initials and ampersands ("O'Neil", "U.S.", "AT&T", "e-HR").
const WORD = /[\p{Script=Latin}\p{N}]+(?:[-'’.&/][\p{Script=Latin}\p{N}]+)*/gu;
const POSSESSIVE = /['’]s$/u;
const QUOTED = /“([^“”\n]{2,60})”|"([^"\n]{2,60})"|``([^`\n]{2,60}?)''|‘([^‘’\n]{2,60})’/gu;
const SENTENCE_END = /[.!?:;\n|]\s*["”'’)\]]*\s*$/u;
const MAX_WORDS = 8;

interface Word {
  text: string;
  start: number;
  end: number;
  possessive: boolean;
  capital: boolean;
}

const isCapital = (text: string): boolean =>
  /^\p{Lu}/u.test(text) || /^\p{N}+\p{Lu}/u.test(text) || /^\p{Ll}\p{Lu}/u.test(text);

function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map((match) => {
    const possessive = POSSESSIVE.test(match[0]);
    const word = match[0].replace(POSSESSIVE, "");
    return { text: word, start: match.index, end: match.index + word.length, possessive, capital: isCapital(word) };
  });
}

/** Only a blank, or an initial's full stop and a blank, may stand between the words of one name. */
const joins = (text: string, left: Word, right: Word): boolean => {
  if (left.possessive) return false;
  const gap = text.slice(left.end, right.start);
  return (
    gap === " " ||
    (gap === ". " && /^(?:\p{Lu}|\p{Lu}\p{Ll}{0,2})$/u.test(left.text) && left.text !== "I") ||
    gap === " & "
  );
};

/** From word `from`, the index after the last word of the longest name. */
function extend(text: string, words: readonly Word[], from: number): number {
  let last = from;
  for (let at = from + 1; at < words.length && at - from < MAX_WORDS; at++) {
    const word = words[at] as Word;
    if (!joins(text, words[at - 1] as Word, word)) break;
    if (
      word.capital &&
      !(ENGLISH_FUNCTION_WORDS.has(word.text.toLowerCase()) && !NAME_CONNECTORS.has(word.text.toLowerCase()))
    )
      last = at;
    else if (/^\p{N}{1,4}$/u.test(word.text) && last === at - 1) last = at;
    else if (!TIGHT_CONNECTORS.has(word.text)) break;
  }
  return last + 1;
}

/**
 * Capitalised spans and quoted names of a text, in order. A single word that opens a sentence counts only when it is
 * written with a capital elsewhere too, or is no function word and never stands in lower case in the same text.
 */
export function englishSpans(text: string): NameSpan[] {
  const words = wordsOf(text);
  const lower = new Set(words.filter((word) => !word.capital).map((word) => word.text));
  const spans: NameSpan[] = [];
  for (const match of text.matchAll(QUOTED)) {
    const inner = match[1] ?? match[2] ?? match[3] ?? match[4] ?? "";
    const name = inner.trim().replace(/[.,!?;:]+$/u, "");
    if (isCapital(name) && name.split(/\s+/u).length <= 6 && /\p{Script=Latin}/u.test(name)) {
      const start = match.index + match[0].indexOf(name);
      spans.push({ start, end: start + name.length, surface: name, confidence: 0.85 });
    }
  }
  for (let at = 0; at < words.length; ) {
    const first = words[at] as Word;
    if (!first.capital || ENGLISH_FUNCTION_WORDS.has(first.text.toLowerCase()) || first.text.length < 2) {
      // "J. K. Rowling": an initial may open a name, a lone letter may not be one.
      if (!(first.capital && first.text.length === 1 && first.text !== "I" && first.text !== "A")) {
        at += 1;
        continue;
      }
    }
    const end = extend(text, words, at);
    const last = words[end - 1] as Word;
    const surface = text.slice(first.start, last.end);
    if (end - at > 1) spans.push({ start: first.start, end: last.end, surface, confidence: 0.9 });
    else if (surface.length > 1 && /\p{Script=Latin}/u.test(surface)) {
      const opens = first.start === 0 || SENTENCE_END.test(text.slice(Math.max(0, first.start - 6), first.start));
      const acronym = /^[\p{Lu}\p{N}&./-]{2,}$/u.test(surface);
      if (acronym || !opens || !lower.has(surface.toLowerCase()))
        spans.push({ start: first.start, end: last.end, surface, confidence: acronym ? 0.85 : opens ? 0.6 : 0.75 });
    }
    at = end;
  }
  return spans.sort((a, b) => a.start - b.start || b.end - a.end);
}
