/** A text prepared for matching, and where each of its code units came from. */
export interface FoldedText {
  text: string;
  /** Range in the original of the folded range [start, end). */
  original(start: number, end: number): { start: number; end: number };
}

const INVISIBLE =
  /\u034F|[\uFE00-\uFE0F]|[\u00AD\u061C\u115F\u1160\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF]/;
const DASH = /[\u2010-\u2015\u2212\u2E3A\u2E3B\u30FC\uFE58\uFE63\uFF0D\u00B7\u318D]/;
const BLANK = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/;
const PLAIN = /^[\t\n\r -~가-힣]*$/;

/**
 * Folds what people and converters put between or instead of digits: full-width forms, the many dashes, odd blanks,
 * and invisible characters, which vanish. Offsets into the original stay known, so that masking hits the real text.
 */
export function foldForMatching(text: string): FoldedText {
  if (PLAIN.test(text)) return { text, original: (start, end) => ({ start, end }) };
  const from = new Int32Array(text.length + 1);
  const characters: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const folded = foldCharacter(text[at] as string);
    if (folded === "") continue;
    from[characters.length] = at;
    characters.push(folded);
  }
  return {
    text: characters.join(""),
    // The end follows the last matched character: invisible ones after it are not part of the value.
    original: (start, end) => ({
      start: from[start] as number,
      end: (from[end - 1] as number) + 1,
    }),
  };
}

function foldCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x80) return character;
  if (INVISIBLE.test(character)) return "";
  if (DASH.test(character)) return "-";
  if (BLANK.test(character)) return " ";
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return character;
}
