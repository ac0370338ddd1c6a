/** A text's language as far as the product treats languages differently. */
export type Language = "ko" | "en" | "other";

const SAMPLE_CHARACTERS = 4_000;
const HANGUL = /[\u1100-\u11FF\u3131-\u318E\uA960-\uA97F\uAC00-\uD7A3\uD7B0-\uD7FF]/g;
const LATIN = /\p{Script=Latin}/gu;
const LETTER = /\p{L}/gu;

const ENGLISH_WORDS = new Set(
  (
    "the of and to in is are was were be been for on with as at by from that this these those it its or an a not you your we our they their he " +
    "his she her i my me what which who whom whose when where why how do does did can could will would should may must have has had if than then there " +
    "about into all any no each more most please must within per"
  ).split(" "),
);

/**
 * The language of a text, by script and, for Latin script, by function words.
 *
 * Korean as soon as a fifth of the letters is Hangul: Korean business text is full of Latin product names, English
 * text holds next to no Hangul. Latin text without diacritics and too short to hold function words counts as English.
 */
export function detectLanguage(text: string): Language {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const letters = sample.match(LETTER)?.length ?? 0;
  if (letters === 0) return "other";
  const hangul = sample.match(HANGUL)?.length ?? 0;
  if (hangul / letters >= 0.2) return "ko";
  const latin = sample.match(LATIN)?.length ?? 0;
  if (latin / letters < 0.6) return "other";
  const words = sample.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  const known = words.filter((word) => ENGLISH_WORDS.has(word)).length;
  if (words.length < 8) return known > 0 || /^[\p{ASCII}\p{P}]*$/u.test(sample) ? "en" : "other";
  return known / words.length >= 0.12 ? "en" : "other";
}
