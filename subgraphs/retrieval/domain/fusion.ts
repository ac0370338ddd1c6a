import type { Language } from "../../../platform/language/language.js";
import type { Candidate } from "./passage.js";

/**
 * Share of the dense list in the base score. Korean is best at half and falls below BM25 at .8; elsewhere a little more
 * gave the walk better seeds on `musique-100` (recall@5 .782 against .758, in both halves of the questions) and cost nothing
 * without titles (.741 against .743).
 */
export const denseShare = (language: Language): number => (language === "ko" ? 0.5 : 0.65);
/** Smoothing of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009). */
export const RRF_K = 60;
/** The most candidates that are handed to the graph walk. */
export const MAX_CANDIDATES = 200;

/** A chunk with its score under one fusion. */
export interface Scored {
  readonly chunkId: string;
  readonly score: number;
}

const byScore = (a: Scored, b: Scored): number => b.score - a.score || (a.chunkId < b.chunkId ? -1 : 1);
const ranked = (scores: ReadonlyMap<string, number>): Scored[] =>
  [...scores].map(([chunkId, score]) => ({ chunkId, score })).sort(byScore);

/**
 * The base score b(c) = α·(cos − cosₗₐₛₜ)/(cos₁ − cosₗₐₛₜ) + (1−α)·bm25/bm25₁ over two lists, best first; a chunk that is
 * absent from a list gets 0 from it. Cosines of small embedders are compressed into a narrow band, hence the scaling
 * by the list's own ends.
 */
export function baseScores(dense: readonly Candidate[], fullText: readonly Candidate[], share = 0.5): Scored[] {
  const scores = new Map<string, number>();
  const first = dense[0]?.score ?? 0;
  const last = dense.at(-1)?.score ?? 0;
  const span = first - last;
  for (const { chunkId, score } of dense) scores.set(chunkId, share * (span > 0 ? (score - last) / span : 1));
  const best = fullText[0]?.score ?? 0;
  for (const { chunkId, score } of fullText)
    scores.set(chunkId, (scores.get(chunkId) ?? 0) + (1 - share) * (best > 0 ? score / best : 1));
  return ranked(scores);
}

/** Reciprocal rank fusion: Σ 1/(k + rank) over the lists, ranks from 1. */
export function reciprocalRanks(lists: readonly (readonly { readonly chunkId: string }[])[], k = RRF_K): Scored[] {
  const scores = new Map<string, number>();
  for (const list of lists)
    list.forEach(({ chunkId }, i) => {
      scores.set(chunkId, (scores.get(chunkId) ?? 0) + 1 / (k + i + 1));
    });
  return ranked(scores);
}

/** The walk's order is the ranking; hybrid hits that it did not reach follow in the order of their base score, scored 0. */
export function walkThenRest(walk: readonly Scored[], base: readonly Scored[]): Scored[] {
  const reached = new Set(walk.map(({ chunkId }) => chunkId));
  return [
    ...walk.map(({ chunkId, score }) => ({ chunkId, score })),
    ...base.filter(({ chunkId }) => !reached.has(chunkId)).map(({ chunkId }) => ({ chunkId, score: 0 })),
  ];
}
