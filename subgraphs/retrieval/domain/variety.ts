import type { IndexedPassage } from "./passage.js";

/** A passage with its place in an order; higher is better. */
export interface Ordered {
  readonly passage: IndexedPassage;
  readonly score: number;
}

/** Of the passages that are returned, one document may give this share before it has to give way… */
const DOCUMENT_SHARE = 0.6;
/** …to a passage of another document whose score is at least this part of its own. */
const COMPARABLE = 0.5;
/** Shared part of the words (Jaccard) from which two passages say the same. */
const SAME_WORDS = 0.95;

const WORD = /[\p{L}\p{N}]+/gu;
/** A word that turns a statement round, and a name: a difference in one of these is a difference. */
const TELLING = /^(?:not?|none|never|neither|nor|without|except|unless|only|\p{Lu}.*)$|[안않못없]|아니|제외/u;
const NUMBER = /\p{N}+(?:[.,]\p{N}+)*/gu;

interface Fingerprint {
  readonly words: ReadonlySet<string>;
  readonly numbers: string;
  readonly effectiveDate: string | null;
}

function fingerprintOf({ text, effectiveDate }: IndexedPassage): Fingerprint {
  const plain = text.normalize("NFKC");
  return { words: new Set(plain.match(WORD)), numbers: (plain.match(NUMBER) ?? []).join(" "), effectiveDate };
}

/** Two versions of a rule differ in a number, a date, a name or a negation, and are two things to read. */
function saysTheSame(a: Fingerprint, b: Fingerprint): boolean {
  if (a.numbers !== b.numbers || a.effectiveDate !== b.effectiveDate) return false;
  const [small, large] = a.words.size < b.words.size ? [a.words, b.words] : [b.words, a.words];
  if (small.size < large.size * SAME_WORDS) return false;
  const own = (words: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
    [...words].filter((word) => !others.has(word));
  const differing = [...own(small, large), ...own(large, small)];
  if (differing.some((word) => TELLING.test(word))) return false;
  const shared = (small.size + large.size - differing.length) / 2;
  return shared >= SAME_WORDS * (small.size + large.size - shared);
}

/**
 * The best `wanted` of an order, so that they are not copies of one paragraph nor all of one document: a passage that says
 * what one before it says comes after all others; a document that has had its share gives way to another one's passage
 * that scores comparably. Otherwise the order stays.
 */
export function varied<T extends Ordered>(order: readonly T[], wanted: number): T[] {
  const share = Math.max(1, Math.ceil(wanted * DOCUMENT_SHARE));
  const kept: Fingerprint[] = [];
  const copies: T[] = [];
  const distinct = order.filter((each) => {
    const fingerprint = fingerprintOf(each.passage);
    if (kept.some((other) => saysTheSame(fingerprint, other))) {
      copies.push(each);
      return false;
    }
    kept.push(fingerprint);
    return true;
  });
  const taken = new Map<string, number>();
  const chosen: T[] = [];
  const full = ({ passage }: T): boolean => (taken.get(passage.documentId) ?? 0) >= share;
  while (chosen.length < wanted && distinct.length > 0) {
    const next = distinct[0] as T;
    const other = full(next)
      ? distinct.findIndex((each) => !full(each) && each.score > 0 && each.score >= COMPARABLE * next.score)
      : 0;
    const [picked] = distinct.splice(Math.max(other, 0), 1) as [T];
    taken.set(picked.passage.documentId, (taken.get(picked.passage.documentId) ?? 0) + 1);
    chosen.push(picked);
  }
  return [...chosen, ...copies].slice(0, wanted);
}
