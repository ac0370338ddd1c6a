import { normalizeForMatching } from "../../../platform/language/normalize.js";

/** An entity of the graph with how the question writes it. */
export interface NamedEntity {
  readonly name: string;
  readonly written: string;
  /** Letters to change, add or drop between the two, case and spacing apart. */
  readonly spellingDistance: number;
}

const WORD = /[\p{L}\p{N}]+(?:[-'’.&/][\p{L}\p{N}]+)*/gu;
const MAX_WORDS = 80;
const MAX_GRAM = 8;
/** Names longer than this are compared by their beginning. */
const MAX_LETTERS = 80;

const letters = (text: string): string =>
  normalizeForMatching(text)
    .replace(/[^\p{L}\p{N}]/gu, "")
    .slice(0, MAX_LETTERS);

/** Levenshtein distance: the fewest letters to change, add or drop (Wagner and Fischer 1974), one row at a time. */
export function spellingDistance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  from.forEach((letter, i) => {
    const next = [i + 1];
    to.forEach((other, j) => {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    });
    row = next;
  });
  return row.at(-1) ?? 0;
}

/** For each entity the stretch of the question that is closest to its name; the shortest such stretch. */
export function namedIn(question: string, entities: readonly { readonly name: string }[]): NamedEntity[] {
  const words = (question.match(WORD) ?? []).slice(0, MAX_WORDS);
  return entities.map(({ name }) => {
    const wanted = letters(name);
    let best: NamedEntity = { name, written: "", spellingDistance: wanted.length };
    for (let size = 1; size <= MAX_GRAM; size++)
      for (let from = 0; from + size <= words.length; from++) {
        const written = words.slice(from, from + size).join(" ");
        // A particle behind a Korean name is no difference of spelling.
        const whole = letters(written);
        if (Math.abs(whole.length - wanted.length) > Math.max(4, best.spellingDistance)) continue;
        const distance =
          whole.startsWith(wanted) && /\p{Script=Hangul}/u.test(wanted) ? 0 : spellingDistance(whole, wanted);
        if (distance < best.spellingDistance) best = { name, written, spellingDistance: distance };
      }
    return best;
  });
}
