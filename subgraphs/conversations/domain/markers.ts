/** Brackets that models put around citation numbers, the usual ones and their wide forms. */
const OPENING = /[[［【〔⟦〚]/;
const CLOSING = /[\]］】〕⟧〛]/;
const INVISIBLE =
  /\u034F|[\u180B-\u180F]|[\uFE00-\uFE0F]|[\u00AD\u061C\u115F\u1160\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF]/;

/** The longest thing in brackets that is taken for a marker, in UTF-16 code units, e.g. "[출처 1, 2, 13]". */
export const MARKER_LENGTH = 32;
/** Numbers of more digits are no passages: years, articles, amounts. */
const MAX_DIGITS = 3;
const MAX_RANGE = 20;

const WORD = "passages?|sources?|documents?|docs?|refs?|출처|근거|자료|문서|참고|\\^|#";
/** Every beginning of one of the words above. */
const WORD_BEGUN =
  "p(?:a(?:s(?:s(?:a(?:g(?:es?)?)?)?)?)?)?|s(?:o(?:u(?:r(?:c(?:es?)?)?)?)?)?|d(?:o(?:c(?:s|u(?:m(?:e(?:n(?:ts?)?)?)?)?)?)?)?|r(?:e(?:fs?)?)?|출처?|근거?|자료?|문서?|참고?|\\^|#";
const LABEL = `(?:(?:${WORD})\\s*[.:#]?\\s*)?`;
const SEPARATOR = "\\s*(?:[,;、·&~–—-]|and|및)\\s*";
const NUMBERS = `\\d{1,9}(?:${SEPARATOR}\\d{1,9})*`;
const MARKER = new RegExp(`^(\\[{1,3})\\s*${LABEL}(${NUMBERS})\\s*(?:†[^[\\]]{0,20})?(\\]{1,3})$`, "i");
const COULD_BE_MARKER = new RegExp(
  `^\\[{1,3}\\s*(?:(?:${WORD_BEGUN})?|${LABEL}|${LABEL}${NUMBERS}\\s*(?:(?:[,;、·&~–—-]|a|an|and|및)\\s*|†[^[\\]]{0,20})?\\]{0,2})$`,
  "i",
);

/**
 * What stands at an opening bracket: a citation marker; "open", as long as the text to come decides; or text. `forges`: what
 * comes inside could be taken out and leave something that looks like a marker, so that the bracket must not stay one.
 */
export type Reading =
  | { readonly kind: "marker"; readonly numbers: readonly number[]; readonly length: number }
  | { readonly kind: "figures"; readonly text: string; readonly length: number }
  | { readonly kind: "open" }
  | { readonly kind: "text"; readonly forges: boolean };

const fold = (character: string): string => {
  if (OPENING.test(character)) return "[";
  if (CLOSING.test(character)) return "]";
  return INVISIBLE.test(character) ? "" : character.normalize("NFKC");
};

/** Where the next opening bracket of any kind stands; -1 when there is none. */
export const nextOpening = (text: string): number => text.search(OPENING);

function numbersOf(list: string): number[] {
  const range = /^(\d+)\s*[~–—-]\s*(\d+)$/.exec(list);
  const [from, to] = [Number(range?.[1]), Number(range?.[2])];
  if (range && to > from && to - from < MAX_RANGE) return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return (list.match(/\d+/g) ?? []).map(Number);
}

/** Reads the marker that begins at `text[0]`, an opening bracket. More text never changes any answer but "open". */
export function readMarker(text: string, budget: number = MARKER_LENGTH): Reading {
  let folded = "";
  let nested = -1;
  for (let at = 0; at < text.length; at++) {
    if (at >= budget) return { kind: "text", forges: true };
    const character = fold(text[at] as string);
    if (character === "[" && at > 0 && nested < 0) nested = at;
    folded += character;
    const marker = MARKER.exec(folded);
    if (marker && marker[1]?.length === marker[3]?.length) {
      const list = marker[2] as string;
      if ((list.match(/\d+/g) ?? []).some((number) => number.length > MAX_DIGITS))
        return { kind: "figures", text: `(${list})`, length: at + 1 };
      return { kind: "marker", numbers: numbersOf(list), length: at + 1 };
    }
    if (COULD_BE_MARKER.test(folded)) continue;
    if (nested < 0) return { kind: "text", forges: false };
    const inner = readMarker(text.slice(nested), budget - nested);
    return inner.kind === "open" ? inner : { kind: "text", forges: inner.kind !== "text" || inner.forges };
  }
  return { kind: "open" };
}
