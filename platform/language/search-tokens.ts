import { normalizeForMatching } from "./normalize.js";
import { stemEnglish } from "./stemmer.js";

export interface SearchTokenOptions {
  /** At most this many tokens; the rest of the text is left out. Default 8,000. */
  max?: number;
}

const COMBINING_MARKS = /[\u0300-\u036F]/g;
const POSSESSIVE = /['’]s(?![\p{L}\p{N}])/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const HANGUL = /[가-힣]/;
const OTHER_SCRIPT_PARTS = /[^가-힣]{2,}/g;

/** Bigrams of polite endings and question words: in every Korean question, about nothing in it. */
const EMPTY_BIGRAMS = new Set(
  "니다 습니 합니 입니 됩니 나요 까요 가요 인가 해요 하요 어요 아요 세요 어떻 떻게 무엇 엇인 있나 하나 되나 하는 있는 싶어".split(
    " ",
  ),
);

/**
 * What full-text search indexes and asks for: tokens joined by single spaces, for an engine that only splits on
 * blanks. Documents and queries go through this same function.
 *
 * A word with Hangul becomes its overlapping bigrams: those of the stem match whatever particle follows, which ranked
 * better than whole words, morphemes or longer grams; Latin or digits inside it ("API를", "65세") are tokens as well.
 * Other words lose case, diacritics, possessive and plural endings.
 */
export function searchTokens(text: string, { max = 8_000 }: SearchTokenOptions = {}): string {
  const plain = normalizeForMatching(text)
    .normalize("NFKD")
    .replace(COMBINING_MARKS, "")
    .normalize("NFC")
    .replace(POSSESSIVE, "");
  const tokens: string[] = [];
  for (const [word] of plain.matchAll(WORD)) {
    if (tokens.length >= max) break;
    if (HANGUL.test(word)) pushHangul(word, tokens);
    else tokens.push(stemEnglish(word));
  }
  return tokens.slice(0, max).join(" ");
}

function pushHangul(word: string, tokens: string[]): void {
  const characters = [...word];
  if (characters.length === 1) tokens.push(word);
  for (let at = 0; at + 1 < characters.length; at++) {
    const bigram = `${characters[at]}${characters[at + 1]}`;
    if (!EMPTY_BIGRAMS.has(bigram)) tokens.push(bigram);
  }
  for (const [part] of word.matchAll(OTHER_SCRIPT_PARTS)) if (part.length > 2) tokens.push(stemEnglish(part));
}
