const EXCEPTIONS = new Map([
  ["news", "news"],
  ["series", "series"],
  ["species", "species"],
  ["does", "do"],
  ["goes", "go"],
  ["has", "have"],
  ["was", "be"],
  ["is", "be"],
  ["are", "be"],
  ["were", "be"],
]);

/**
 * Plural and third-person endings taken off an English word (Harman's S-stemmer): "policies" → "policy",
 * "days" → "day". Nothing else: heavier stemmers merge words that name different things.
 */
export function stemEnglish(word: string): string {
  const exception = EXCEPTIONS.get(word);
  if (exception !== undefined) return exception;
  if (word.length < 4 || !word.endsWith("s") || !/^[a-z]+$/.test(word)) return word;
  if (word.endsWith("ies") && !/[ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (word.endsWith("es") && !/[aeo]es$/.test(word)) return word.slice(0, -1);
  return /(?:us|ss|is)$/.test(word) ? word : word.slice(0, -1);
}
