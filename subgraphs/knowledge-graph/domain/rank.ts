import type { FactRecord, Reading, WalkReader } from "../ports.js";
import { chooseNames, guessNames } from "./question-entities.js";
import { type Candidate, chooseChunks, seedShares, WALK, walk } from "./walk.js";

export interface RankRequest {
  /** Hybrid hits with b(c); at most 200. */
  readonly candidates: readonly Candidate[];
  readonly query: string;
  /** The question's terms; they name entities only where the question itself names none. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly hops: number;
}

export interface RankedChunk {
  readonly chunkId: string;
  readonly score: number;
  /** Names of the entities through which the walk reached it. */
  readonly entities: readonly string[];
  readonly fromCandidates: boolean;
}
export interface Ranking {
  readonly order: readonly RankedChunk[];
  readonly facts: readonly FactRecord[];
  readonly questionEntities: readonly { readonly id: string; readonly name: string }[];
}

const MAX_FACTS = 20;
/** Facts are taken from the passages that may reach a prompt. */
const FACT_CHUNKS = 10;

/** Orders passages by the graph walk, with the facts around the best of them. All within what the reader may read. */
export async function rankByGraph(request: RankRequest, reader: WalkReader, reading: Reading): Promise<Ranking> {
  const guesses = guessNames(request.query);
  const fallback = guesses.length === 0 ? request.terms.flatMap((term) => guessNames(term)) : [];
  const survey = await reader.survey([...new Set([...guesses, ...fallback].map((guess) => guess.key))], reading);
  const named = chooseNames(guesses.length > 0 ? guesses : fallback, survey.named);
  const asked = named.filter((entity) => entity.chunkCount <= WALK.maxChunksPerEntity);
  const askedIds = asked.map((entity) => entity.id);
  const seeds = [...seedShares(request.candidates).keys()];
  const links = await reader.links(seeds, askedIds, WALK.maxChunksPerEntity, reading);
  const korean = /\p{Script=Hangul}/u.test(request.query);
  const chosen = chooseChunks(request.candidates, links, korean ? WALK.maxChunksKorean : WALK.maxChunks);
  const chunks = await reader.neighbourhood(chosen, seeds.length, askedIds, WALK.maxChunksPerEntity, reading);
  const names = new Map(
    chunks.map((chunk) => [chunk.id, new Map(chunk.mentions.map((mention) => [mention.entityId, mention.name]))]),
  );
  const candidates = new Set(request.candidates.map((candidate) => candidate.chunkId));
  const order = walk({
    candidates: request.candidates,
    chunks,
    questionEntities: asked,
    totalChunks: survey.totalChunks,
    hops: request.hops,
  })
    .slice(0, request.limit)
    .map((ranked) => ({
      chunkId: ranked.chunkId,
      score: ranked.score,
      entities: ranked.entityIds.flatMap((id) => names.get(ranked.chunkId)?.get(id) ?? []),
      fromCandidates: candidates.has(ranked.chunkId),
    }));
  const facts = await reader.facts(
    order.slice(0, FACT_CHUNKS).map((chunk) => chunk.chunkId),
    named.map((entity) => entity.id),
    MAX_FACTS,
    reading,
  );
  return { order, facts, questionEntities: named.map(({ id, name }) => ({ id, name })) };
}
