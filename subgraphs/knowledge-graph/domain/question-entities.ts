import { entityKey } from "./extraction/entity-key.js";
import { ENGLISH_FUNCTION_WORDS } from "./extraction/stop-words.js";

/** A stretch of the question that would name an entity with this key. Positions count words. */
export interface NameGuess {
  readonly key: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

const MAX_WORDS = 80;
const MAX_GRAM = 8;
const MAX_GUESSES = 800;
const HANGUL = /\p{Script=Hangul}/u;
const WORD = /[\p{L}\p{N}]+(?:[-'’.&/][\p{L}\p{N}]+)*/gu;

/** What may follow a Korean noun inside its eojeol. */
const PARTICLES = new RegExp(
  `^(?:${[
    "은|는|이|가|을|를|의|에|에서|에서는|에는|에게|에게서|께|께서|한테|으로|로|으로는|로는|으로서|로서|으로써|로써|와|과|랑|이랑|하고|도|만|만의|까지|까지는|부터|부터는|이나|나|이란|란",
    "이라는|라는|이라고|라고|이고|이며|이면|인|인데|인지|인가|인가요|인가|이야|야|이에요|예요|이다|다|입니까|입니다|이었|였|보다|처럼|마다|대로|밖에|조차|에도|에만|에서도|에선|엔|들|들은|들이|들을|들의|시|시에|별|당|님|씨",
  ].join("|")})$`,
  "u",
);

/** The nouns that an eojeol may begin with: the eojeol itself and each prefix whose remainder is a particle, longest first. */
function koreanStems(eojeol: string): string[] {
  const stems = [eojeol];
  for (let length = eojeol.length - 1; length >= 2; length--)
    if (PARTICLES.test(eojeol.slice(length))) stems.push(eojeol.slice(0, length));
  return stems;
}

/**
 * Everything in a question that could name an entity: n-grams of its words; a single English word only when it is written
 * with a capital; a Korean eojeol also without its particle. Bounded: at most 800 guesses.
 */
export function guessNames(question: string): NameGuess[] {
  const words = [...question.normalize("NFC").matchAll(WORD)].slice(0, MAX_WORDS).map((match) => match[0]);
  const guesses: NameGuess[] = [];
  const seen = new Set<string>();
  const guess = (name: string, from: number, to: number): void => {
    const key = entityKey(name);
    const id = `${key}\u0000${from}\u0000${to}`;
    if (key.length < 2 || seen.has(id) || guesses.length >= MAX_GUESSES) return;
    seen.add(id);
    guesses.push({ key, from, to });
  };
  for (let size = Math.min(MAX_GRAM, words.length); size >= 1; size--)
    for (let from = 0; from + size <= words.length; from++) {
      const gram = words.slice(from, from + size);
      const last = gram.at(-1) as string;
      if (HANGUL.test(last)) {
        if (size <= 4)
          for (const stem of koreanStems(last)) guess([...gram.slice(0, -1), stem].join(" "), from, from + size);
        continue;
      }
      const first = gram[0] as string;
      if (first.toLowerCase() === "the") continue; // the name without it is guessed too
      if (size === 1 && (!/^\p{Lu}|\p{N}\p{Lu}/u.test(first) || ENGLISH_FUNCTION_WORDS.has(first.toLowerCase())))
        continue;
      guess(gram.join(" "), from, from + size);
    }
  return guesses;
}

/** The longest known names of the question that do not overlap, by the words they cover, then by the length of the name. */
export function chooseNames<E extends { readonly key: string }>(
  guesses: readonly NameGuess[],
  known: readonly E[],
): E[] {
  const byKey = new Map(known.map((entity) => [entity.key, entity]));
  const taken = new Set<number>();
  const chosen = new Map<string, E>();
  const hits = guesses.filter((guess) => byKey.has(guess.key));
  for (const hit of hits.sort(
    (a, b) => b.to - b.from - (a.to - a.from) || b.key.length - a.key.length || a.from - b.from,
  )) {
    const positions = Array.from({ length: hit.to - hit.from }, (_, i) => hit.from + i);
    if (positions.some((position) => taken.has(position))) continue;
    for (const position of positions) taken.add(position);
    chosen.set(hit.key, byKey.get(hit.key) as E);
  }
  return [...chosen.values()];
}
