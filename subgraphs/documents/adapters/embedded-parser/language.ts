const SAMPLE_CHARACTERS = 20_000;
const ENGLISH_WORDS = /\b(?:the|and|of|to|in|is|that|for|with|are|this|not|shall|be)\b/gi;

/**
 * The language of most of the text as far as Korean and English: `ko` from a share of Hangul (Korean business text is full of Latin
 * names and figures), `en` from its commonest words; undefined for anything else rather than a guess.
 */
export function detectLanguage(texts: Iterable<string>): string | undefined {
  let sample = "";
  for (const text of texts) {
    sample += `${text}\n`;
    if (sample.length > SAMPLE_CHARACTERS) break;
  }
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  const hangul = sample.match(/[\u1100-\u11ff\uac00-\ud7a3]/g)?.length ?? 0;
  if (letters === 0) return undefined;
  // one Hangul syllable says about as much as three Latin letters
  if (hangul * 3 > letters - hangul) return "ko";
  const words = sample.match(/\p{L}+/gu)?.length ?? 0;
  return (sample.match(ENGLISH_WORDS)?.length ?? 0) > words * 0.08 ? "en" : undefined;
}
