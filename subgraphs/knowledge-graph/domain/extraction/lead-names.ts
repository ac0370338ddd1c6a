import { entityKey } from "./entity-key.js";
import { GENERIC_HEADINGS } from "./stop-words.js";

const NUMBERING =
  /^(?:제\s?\d+\s?[조항장절관편](?:의\s?\d+)?\s*|(?:chapter|section|article|part|appendix)\s+[\dIVX]+[.:)]?\s*|[\dIVX]+(?:\.\d+)*[.)]\s*|\d+(?:\.\d+)+\s+|[가-하]\.\s+|[①-⑳]\s*|#+\s*)/iu;
const MAX_WORDS = 8;
const MAX_CHARACTERS = 60;

/**
 * The names that a chunk's nearest heading (or, without one, its document's title) gives it: the heading without numbering and
 * "(…)", and for "X, Y" also X. A heading that is only a number and brackets ("제3조(연차휴가)") gives what is inside them.
 */
export function leadNames(headingPath: readonly string[], documentTitle: string | null): string[] {
  const heading = [...headingPath].reverse().find((text) => text.trim() !== "") ?? documentTitle;
  if (!heading) return [];
  const plain = heading.normalize("NFC").replace(/\s+/gu, " ").trim().replace(NUMBERING, "");
  const outside = plain.replace(/\s*[([（［][^)\]）］]*[)\]）］]\s*/gu, " ").trim();
  const name = (outside || /^[(（[]([^)\]）]+)/u.exec(plain)?.[1] || "").replace(/[.:;,\s]+$/u, "");
  if (!isName(name)) return [];
  const comma = name.indexOf(", ");
  const head = comma > 0 ? name.slice(0, comma) : "";
  return isName(head) ? [name, head] : [name];
}

function isName(text: string): boolean {
  const key = entityKey(text);
  return (
    key.length >= 2 &&
    text.length <= MAX_CHARACTERS &&
    text.split(" ").length <= MAX_WORDS &&
    !/[?？!]$/u.test(text) &&
    !/^[\p{N} ]+$/u.test(key) &&
    !GENERIC_HEADINGS.has(key)
  );
}
