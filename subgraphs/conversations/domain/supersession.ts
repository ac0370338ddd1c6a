import { searchTokens } from "../../../platform/language/search-tokens.js";
import { sentences } from "../../../platform/language/sentences.js";
import type { Passage } from "./answer.js";

/** A passage after older versions of the same statements were taken out. */
export interface CurrentPassage {
  readonly passage: Passage;
  /** The text that still holds; equal to the passage's own unless single statements were superseded. */
  readonly text: string;
  /** The chunk that replaces the whole passage; null when (the rest of) it holds. */
  readonly supersededBy: string | null;
}

/** How much of an older passage a later one must say again to replace it, and how much when both stand under the same heading. */
const SAME_PASSAGE = 0.6;
const SAME_PASSAGE_SAME_HEADING = 0.4;
/** How alike two statements must be, figures aside, to be about the same thing. */
const SAME_STATEMENT = 0.6;
/** A passage that lost more than this share of its statements is dropped whole. */
const HOLLOW = 0.5;
const MIN_STATEMENT_TOKENS = 4;
const MAX_TOKENS = 1000;

interface Statement {
  readonly text: string;
  readonly words: ReadonlySet<string>;
  readonly figures: string;
}

interface Prepared {
  readonly passage: Passage;
  readonly words: ReadonlySet<string>;
  readonly heading: string;
  statements?: Statement[];
}

/** Tokens that say what a text is about; figures are what versions differ in. */
const wordsOf = (text: string): Set<string> =>
  new Set(
    searchTokens(text, { max: MAX_TOKENS })
      .split(" ")
      .filter((token) => token !== "" && !/\d/.test(token)),
  );

const figuresOf = (text: string): string => (text.normalize("NFKC").match(/\d+(?:[.,]\d+)*/g) ?? []).join(" ");

/** The share of the smaller set that the other one holds too. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let common = 0;
  for (const token of small) if (large.has(token)) common++;
  return small.size === 0 ? 0 : common / small.size;
}

const heldBy = (older: ReadonlySet<string>, newer: ReadonlySet<string>): number => {
  let common = 0;
  for (const token of older) if (newer.has(token)) common++;
  return older.size === 0 ? 0 : common / older.size;
};

const prepare = (passage: Passage): Prepared => ({
  passage,
  words: wordsOf(passage.text),
  heading: [...wordsOf(passage.headingPath.at(-1) ?? "")].sort().join(" "),
});

const statementsOf = (prepared: Prepared): Statement[] => {
  prepared.statements ??= sentences(prepared.passage.text).map((text) => ({
    text,
    words: wordsOf(text),
    figures: figuresOf(text),
  }));
  return prepared.statements;
};

/** True when the later passage says the older one's statement with other figures. */
const contradicted = (statement: Statement, later: Prepared): boolean =>
  statement.figures !== "" &&
  statement.words.size >= MIN_STATEMENT_TOKENS &&
  statementsOf(later).some(
    (other) =>
      other.figures !== "" &&
      other.figures !== statement.figures &&
      other.words.size >= MIN_STATEMENT_TOKENS &&
      Math.min(overlap(statement.words, other.words), heldBy(statement.words, other.words) + 0.2) >= SAME_STATEMENT,
  );

/**
 * Among passages of different documents that say the same thing, only those of the document with the later effective date hold.
 * A passage that a later one repeats is superseded whole; of any other only the statements that a later one makes with other
 * figures go. Documents without an effective date neither supersede nor are superseded. Order is kept.
 */
export function currentPassages(passages: readonly Passage[]): CurrentPassage[] {
  const dated = passages.some((p) => p.effectiveDate !== passages[0]?.effectiveDate);
  if (!dated) return passages.map((passage) => ({ passage, text: passage.text, supersededBy: null }));
  const all = passages.map(prepare);
  return all.map((older) => {
    const { passage } = older;
    const date = passage.effectiveDate;
    const later =
      date === null
        ? []
        : all
            .filter(
              (other) => other.passage.documentId !== passage.documentId && (other.passage.effectiveDate ?? "") > date,
            )
            .sort((a, b) => (b.passage.effectiveDate ?? "").localeCompare(a.passage.effectiveDate ?? ""));
    for (const newer of later) {
      const needed = older.heading !== "" && older.heading === newer.heading ? SAME_PASSAGE_SAME_HEADING : SAME_PASSAGE;
      if (heldBy(older.words, newer.words) >= needed)
        return { passage, text: passage.text, supersededBy: newer.passage.chunkId };
    }
    return withoutContradicted(older, later);
  });
}

function withoutContradicted(older: Prepared, later: readonly Prepared[]): CurrentPassage {
  const { passage } = older;
  const whole: CurrentPassage = { passage, text: passage.text, supersededBy: null };
  if (later.length === 0) return whole;
  const statements = statementsOf(older);
  const gone = new Map<Statement, string>();
  for (const statement of statements) {
    const by = later.find((other) => contradicted(statement, other));
    if (by) gone.set(statement, by.passage.chunkId);
  }
  if (gone.size === 0) return whole;
  const [by] = gone.values();
  if (gone.size / statements.length > HOLLOW) return { ...whole, supersededBy: by ?? null };
  const kept = statements.filter((statement) => !gone.has(statement)).map((statement) => statement.text);
  return { passage, text: kept.join("\n"), supersededBy: null };
}
