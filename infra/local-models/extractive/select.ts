import { detectLanguage } from "../../../platform/language/language.js";
import { type Candidate, candidatesOf } from "./candidates.js";
import { contentTermsOf, coverage, minMax, share, similarity, termsOf } from "./overlap.js";
import type { GroundedPrompt, PromptPassage } from "./prompt.js";
import { currentVersions } from "./versions.js";

/** Cosines of the question with each text. */
export type Cosines = (question: string, texts: readonly string[]) => Promise<number[]>;

/** Sentences compared by embedding: each costs the embedder 10 to 40 ms while a person waits. */
const SHORTLIST = 8;
const MAX_SENTENCES = 3;
/** A further sentence must come this close to the best. */
const SECOND_SHARE = 0.82;
/** How far the order of the passages counts beside the sentence's own score. */
const RANK_WEIGHT = 0.15;
const NUMBER_BONUS = 0.15;
/**
 * Least share of the question's content terms that a sentence with its heading must hold. Measured on public question
 * sets against random passages: keeps 95 % of the answerable Korean questions and refuses 70 % of the others.
 */
const EVIDENCE_FLOOR = { ko: 0.26, other: 0.15 };
/**
 * English says with few, sharp words what a question is about: where the passage as a whole lacks most of them, a sentence that
 * shares the rest is about something else ("the London office" is not "the office"). `npm run eval:answers` measures it.
 */
const ENGLISH_PASSAGE_FLOOR = 0.6;
/** Above this, two sentences of different dates say the same thing with another value. */
const SAME_STATEMENT = 0.45;

const ASKS_NUMBER =
  /며칠|몇\s?|얼마|언제|기한|기간|한도|금액|일수|how (many|much|long|often|far)|when|what (day|date|amount|limit|percentage)|deadline/i;
const NUMBER = /\d/;

interface Scored {
  candidate: Candidate;
  terms: Set<string>;
  evidence: number;
  score: number;
}

const digitsOf = (text: string): string => (text.match(/\d+/g) ?? []).join(",");

/** Without statements that a later document makes with another value. */
function withoutSuperseded(scored: readonly Scored[]): Scored[] {
  return scored.filter(({ candidate, terms }) => {
    const { effective, file } = candidate.passage;
    return !scored.some(
      (other) =>
        effective !== undefined &&
        other.candidate.passage.effective !== undefined &&
        other.candidate.passage.effective > effective &&
        other.candidate.passage.file !== file &&
        digitsOf(other.candidate.text) !== digitsOf(candidate.text) &&
        similarity(terms, other.terms) >= SAME_STATEMENT,
    );
  });
}

function lexicalScores(question: string, candidates: readonly Candidate[]): Scored[] {
  const own = candidates.map(({ text }) => termsOf(text));
  const inContext = candidates.map(({ context }, i) => new Set([...(own[i] as Set<string>), ...termsOf(context)]));
  const alone = coverage(question, own);
  const together = coverage(question, inContext);
  const content = contentTermsOf(question);
  const isAbout = aboutness(question, content);
  return candidates.map((candidate, i) => {
    const score = ((alone[i] as number) + (together[i] as number)) / 2;
    const evidence = isAbout(candidate.passage) ? share(content, inContext[i] as Set<string>) : 0;
    return { candidate, terms: own[i] as Set<string>, evidence, score };
  });
}

/** Whether a passage is about the question at all; each passage is looked at once. */
function aboutness(question: string, content: readonly string[]): (passage: PromptPassage) => boolean {
  if (detectLanguage(question) === "ko") return () => true;
  const known = new Map<number, boolean>();
  return ({ id, file, text }) => {
    const is = known.get(id) ?? share(content, termsOf(`${file} ${text}`)) >= ENGLISH_PASSAGE_FLOOR;
    known.set(id, is);
    return is;
  };
}

/**
 * The one to three candidates that answer the question, in reading order; none when nothing covers enough of it.
 * Score: half embedding cosine, half idf-weighted term overlap, both scaled over the shortlist; then the passages'
 * order and, where a number is asked, whether there is one.
 */
export async function selectSentences(
  { passages, question }: GroundedPrompt,
  cosines: Cosines,
  today: string,
): Promise<Candidate[]> {
  const current = currentVersions(passages, question, today);
  const lexical = lexicalScores(question, candidatesOf(current));
  const shortlist = withoutSuperseded(
    lexical.sort((a, b) => b.score - a.score || a.candidate.order - b.candidate.order).slice(0, SHORTLIST),
  );
  const floor = detectLanguage(question) === "ko" ? EVIDENCE_FLOOR.ko : EVIDENCE_FLOOR.other;
  if (!shortlist.some(({ evidence }) => evidence >= floor)) return [];
  const texts = shortlist.map(({ candidate }) => `${candidate.context} ${candidate.text}`.trim());
  const meaning = minMax(await cosines(question, texts));
  const words = minMax(shortlist.map(({ score }) => score));
  const asksNumber = ASKS_NUMBER.test(question);
  const ranked = shortlist
    .map((scored, i) => {
      const { rank, text } = scored.candidate;
      const order = RANK_WEIGHT * (1 - rank / Math.max(1, current.length));
      const number = asksNumber && NUMBER.test(text) ? NUMBER_BONUS : 0;
      return { ...scored, score: ((meaning[i] as number) + (words[i] as number)) / 2 + order + number };
    })
    .sort((a, b) => b.score - a.score);
  const best = ranked[0] as Scored;
  const chosen: Scored[] = [];
  for (const scored of ranked) {
    if (chosen.length >= MAX_SENTENCES || scored.score < best.score * SECOND_SHARE) break;
    if (scored.evidence < floor) continue;
    if (!chosen.some((other) => similarity(other.terms, scored.terms) > 0.8)) chosen.push(scored);
  }
  return chosen.map(({ candidate }) => candidate).sort((a, b) => a.order - b.order);
}
