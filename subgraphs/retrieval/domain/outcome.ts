import type { GraphFact, GraphRanking } from "../ports.js";
import type { NamedEntity } from "./entity-names.js";
import { reciprocalRanks, type Scored, walkThenRest } from "./fusion.js";
import type { FusionName, SearchListName } from "./options.js";
import type { Candidate, IndexedPassage } from "./passage.js";
import type { PreparedQuery } from "./preparation.js";
import type { StageName, StageReport } from "./stages.js";

/** Parts of the platform that a search can do without for a while. */
export type SearchComponent = "VECTOR_INDEX" | "FULL_TEXT" | "GRAPH" | "EMBEDDER" | "RERANKER";
const COMPONENTS: Partial<Record<StageName, SearchComponent>> = {
  EMBED: "EMBEDDER",
  VECTOR: "VECTOR_INDEX",
  FULL_TEXT: "FULL_TEXT",
  GRAPH: "GRAPH",
  FETCH: "VECTOR_INDEX",
  RERANK: "RERANKER",
};

/** A passage that was found, with why: its place in each list and the entities that led to it. */
export interface FoundPassage extends IndexedPassage {
  readonly score: number;
  /** From 1: its place by the fusion alone, before a reranker and the cut for variety. */
  readonly fusedRank: number;
  readonly rerankScore: number | undefined;
  readonly listRanks: readonly { readonly list: SearchListName; readonly rank: number; readonly score: number }[];
  readonly graphEntities: readonly string[];
}

export interface SearchOutcome {
  readonly passages: readonly FoundPassage[];
  readonly facts: readonly GraphFact[];
  readonly preparation: PreparedQuery & { readonly entities: readonly NamedEntity[] };
  readonly stages: readonly StageReport[];
  /** From the question to this. */
  readonly milliseconds: number;
  readonly degraded: readonly SearchComponent[];
}

/** The lists of one search, each best first and already cut to what the viewer may see. */
export interface RankedLists {
  readonly dense: readonly Candidate[];
  readonly fullText: readonly Candidate[];
  readonly base: readonly Scored[];
  readonly graph: GraphRanking;
}

/** The order of all candidates under a fusion. Without a graph, the walk's order is that of the base score. */
export function orderOf(fusion: FusionName, lists: RankedLists): readonly Scored[] {
  if (fusion === "RRF") return reciprocalRanks([lists.dense, lists.fullText, lists.graph.order]);
  if (fusion === "WEIGHTED" || lists.graph.order.length === 0) return lists.base;
  return walkThenRest(lists.graph.order, lists.base);
}

/** Adds to a passage why it won. */
export function explain(passage: IndexedPassage, order: readonly Scored[], lists: RankedLists): FoundPassage {
  const isIt = ({ chunkId }: { readonly chunkId: string }): boolean => chunkId === passage.chunkId;
  const place = (list: SearchListName, hits: readonly Scored[]): FoundPassage["listRanks"] => {
    const index = hits.findIndex(isIt);
    const hit = hits[index];
    return hit ? [{ list, rank: index + 1, score: hit.score }] : [];
  };
  const at = order.findIndex(isIt);
  return {
    ...passage,
    score: order[at]?.score ?? 0,
    fusedRank: at + 1,
    rerankScore: undefined,
    listRanks: [
      ...place("VECTOR", lists.dense),
      ...place("FULL_TEXT", lists.fullText),
      ...place("GRAPH", lists.graph.order),
    ],
    graphEntities: lists.graph.order.find(isIt)?.entities ?? [],
  };
}

/** Which components failed or were too slow. */
export const degradedBy = (stages: readonly StageReport[]): SearchComponent[] => [
  ...new Set(
    stages.flatMap(({ name, status }) =>
      status === "FAILED" || status === "TIMED_OUT" ? (COMPONENTS[name] ?? []) : [],
    ),
  ),
];
