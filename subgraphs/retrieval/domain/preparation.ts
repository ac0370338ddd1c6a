import { detectLanguage, type Language } from "../../../platform/language/language.js";
import { contentMorphemes } from "../../../platform/language/morphology.js";
import { normalizeForMatching, normalizeText } from "../../../platform/language/normalize.js";
import { searchTokens } from "../../../platform/language/search-tokens.js";

/** A question made ready for the engines. */
export interface PreparedQuery {
  readonly language: Language;
  /** What is embedded and looked for in the graph. */
  readonly normalized: string;
  /** Words that carry meaning, without repetition: morphemes in Korean, words without function words elsewhere. */
  readonly terms: readonly string[];
  /** Words (in Korean, morphemes) of the question that are no terms, because they are in every question. */
  readonly stopWords: readonly string[];
  /** What full-text search is asked for: the same tokens as the documents'. */
  readonly searchText: string;
}

const MAX_TERMS = 64;
const STOP_WORDS = new Set(
  (
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its may me my of on or our shall she " +
    "should so than that the their them there these they this those to was we were what when where which who whom whose why will with would you your"
  ).split(" "),
);
/** Morphemes of every Korean question, about nothing in it. */
const EMPTY_MORPHEMES = new Set(
  "하 되 있 없 주 알 것 수 무엇 어떻 어떻게 언제 어디 누구 얼마 몇 왜 어떤 이것 그것 좀".split(" "),
);

const distinct = (terms: readonly string[]): string[] =>
  [...new Set(terms.map((term) => term.toLowerCase()))].slice(0, MAX_TERMS);

const words = (text: string): string[] => normalizeForMatching(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Parts words into terms and stop words. */
const sorted = (all: readonly string[], stop: ReadonlySet<string>): Pick<PreparedQuery, "terms" | "stopWords"> => ({
  terms: distinct(all.filter((word) => !stop.has(word))),
  stopWords: distinct(all.filter((word) => stop.has(word))),
});

/** What can be made of a question without a dictionary: its terms are its words. */
export function prepareByWords(query: string): PreparedQuery {
  const normalized = normalizeText(query).replace(/\s+/g, " ");
  return {
    language: detectLanguage(normalized),
    normalized,
    ...sorted(words(normalized), STOP_WORDS),
    searchText: searchTokens(normalized),
  };
}

/** Normalises the question, tells its language and takes its terms. The Korean dictionary is loaded once per process. */
export async function prepareQuery(query: string): Promise<PreparedQuery> {
  const prepared = prepareByWords(query);
  if (prepared.language !== "ko") return prepared;
  const morphemes = await contentMorphemes(prepared.normalized);
  return { ...prepared, ...sorted(morphemes, EMPTY_MORPHEMES) };
}
