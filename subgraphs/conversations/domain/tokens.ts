/** Characters of these scripts are about one token each in the vocabularies in use; of others, about a quarter. */
const DENSE = /[\u1100-\u11FF\u3040-\u30FF\u3130-\u318F\u3400-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF]/g;
const LATIN_CHARACTERS_PER_TOKEN = 3.5;

/**
 * Tokens of a text without asking a tokenizer: high rather than low, so that what is packed by it fits. Exact counts come from
 * the model with the answer's usage.
 */
export function estimateTokens(text: string): number {
  const dense = text.match(DENSE)?.length ?? 0;
  return Math.ceil(dense * 0.9 + (text.length - dense) / LATIN_CHARACTERS_PER_TOKEN);
}
