import { searchTokens } from "../../../platform/language/search-tokens.js";

/** Openings that lean on what was said before. */
const LEANS_BACK =
  /^(?:그럼|그러면|그렇다면|그건|그것은|그거|그게|그때|이건|이것은|저건|거기|그리고|또한?|근데|그런데|and\b|so\b|then\b|what about|how about|what if|it\b|its\b|that\b|those\b|they\b|this\b|these\b|there\b|why\b\??$|how\b\??$)/i;
const REFERS_BACK = /\b(?:it|its|they|them|that|those|these|there)\b/i;
/** Korean bigrams or English words below which a question names too little to be searched for. */
const FEW_TOKENS = 5;
const MAX_CARRIED = 300;

/**
 * A follow-up that stands alone, for the search: when a question leans on the one before or names too little by itself, that
 * question's words go in front of it. Deterministic; the reader's own question is what the model gets.
 */
export function standaloneQuestion(question: string, previous: string | undefined): string {
  if (previous === undefined) return question;
  const text = question.trim();
  const tokens = new Set(
    searchTokens(text)
      .split(" ")
      .filter((token) => token !== ""),
  );
  const leans = LEANS_BACK.test(text) || (tokens.size <= 2 * FEW_TOKENS && REFERS_BACK.test(text));
  if (!leans && tokens.size >= FEW_TOKENS) return question;
  return `${previous.trim().slice(0, MAX_CARRIED)} ${text}`;
}
