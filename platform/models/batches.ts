/** A run of neighbouring texts, by index: `start` included, `end` not. */
export interface Batch {
  start: number;
  end: number;
}

/** Tokens per character, from above, over Korean and English text in multilingual vocabularies. */
const TOKENS_PER_CHARACTER = 0.8;

/** Cuts texts into neighbouring batches of at most `maxTexts`, and of about `maxTokens` in all (a longer text goes alone). */
export function planBatches(texts: readonly string[], maxTexts: number, maxTokens: number, textLimit: number): Batch[] {
  const batches: Batch[] = [];
  let start = 0;
  let tokens = 0;
  texts.forEach((text, index) => {
    const cost = Math.min(textLimit, Math.ceil(text.length * TOKENS_PER_CHARACTER) + 2);
    if (index > start && (index - start >= maxTexts || tokens + cost > maxTokens)) {
      batches.push({ start, end: index });
      start = index;
      tokens = 0;
    }
    tokens += cost;
  });
  if (start < texts.length) batches.push({ start, end: texts.length });
  return batches;
}
