import { searchTokens } from "../../../platform/language/search-tokens.js";

const MAX_TOKENS = 2_000;

/** A text's distinct terms: Hangul bigrams and words, English stems. */
export const termsOf = (text: string): Set<string> =>
  new Set(
    searchTokens(text, { max: MAX_TOKENS })
      .split(" ")
      .filter((term) => term !== ""),
  );

/**
 * For each text, which share of the question it covers, 0..1: terms weigh by their inverse document frequency over
 * these texts, so that a word that every text holds tells nothing.
 */
export function coverage(question: string, texts: readonly ReadonlySet<string>[]): number[] {
  const asked = [...termsOf(question)];
  const weights = asked.map((term) => {
    const holding = texts.reduce((count, text) => count + (text.has(term) ? 1 : 0), 0);
    return Math.log(1 + (texts.length - holding + 0.5) / (holding + 0.5));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return texts.map(() => 0);
  return texts.map(
    (text) => asked.reduce((sum, term, i) => sum + (text.has(term) ? (weights[i] as number) : 0), 0) / total,
  );
}

/** Scales to 0..1 over the list; all equal gives all 0. */
export function minMax(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return values.map((value) => (span > 0 ? (value - low) / span : 0));
}

/** Share of terms two texts have in common, 0..1 (Jaccard). */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const term of a) if (b.has(term)) common++;
  const union = a.size + b.size - common;
  return union === 0 ? 0 : common / union;
}

const ENGLISH_FUNCTION_WORDS = new Set(
  "what is the a an of in to how do doe did who whom whose when where which why i can are be for on was wa were that thi it by with my me tell you we many much long".split(
    " ",
  ),
);
const KOREAN_FUNCTION_TERM =
  /^(있|되|하|해|받|무엇|어떻|떻게|궁금|알려|려주|어디|언제|누구|얼마|며칠)|[는은를을에서가이의도로나요까면된될했한할하해있]$/;
const HANGUL_WORD = /^[가-힣]{3,}$/;

/**
 * A question's terms that say what it is about: Hangul bigrams without those that end in a particle or an ending, English
 * words without function words.
 */
export const contentTermsOf = (question: string): string[] =>
  [...termsOf(question)].filter(
    (term) => !ENGLISH_FUNCTION_WORDS.has(term) && !HANGUL_WORD.test(term) && !KOREAN_FUNCTION_TERM.test(term),
  );

/** Which share of these terms a text holds, 0..1. */
export function share(terms: readonly string[], text: ReadonlySet<string>): number {
  return terms.length === 0 ? 0 : terms.filter((term) => text.has(term)).length / terms.length;
}
