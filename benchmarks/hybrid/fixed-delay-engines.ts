import { setTimeout as after } from "node:timers/promises";
import type { Candidate, IndexedPassage } from "../../subgraphs/retrieval/domain/passage.js";
import type { SearchDependencies } from "../../subgraphs/retrieval/domain/search-run.js";

/** Milliseconds that each engine takes. */
const DELAYS = { embed: 8, list: 15, visibility: 1, graph: 20, fetch: 5 };
const MODEL = { model: "fixed-delay", dimension: 384 };
const GENERATION = 1;

const candidate = (i: number, score: number): Candidate => ({
  chunkId: `chk_${i}`,
  documentId: `doc_${i % 40}`,
  generation: GENERATION,
  score,
});
const passage = (chunkId: string): IndexedPassage => ({
  chunkId,
  documentId: `doc_${Number(chunkId.slice("chk_".length)) % 40}`,
  datasetId: "ds_1",
  department: null,
  generation: GENERATION,
  position: 0,
  text: `What ${chunkId} says. `.repeat(40),
  elementType: "NARRATIVE_TEXT",
  headingPath: ["Rules", "Leave"],
  pages: [1],
  boxes: [],
  fileName: "rules.pdf",
  documentVersion: 1,
  effectiveDate: null,
  createdAt: 0,
});

/** Engines of known speed with full-sized answers: two lists that overlap by half, and a walk over both. */
export function fixedDelayEngines(): SearchDependencies {
  const vector = Array.from({ length: MODEL.dimension }, () => 0.05);
  const list = (from: number, limit: number): Candidate[] =>
    Array.from({ length: limit }, (_, i) => candidate(from + i, 1 / (i + 1)));
  return {
    embedder: {
      model: async () => MODEL,
      embedQuery: () => after(DELAYS.embed, vector),
    },
    index: {
      models: async () => [MODEL],
      dense: (_scope, _model, { limit }) => after(DELAYS.list, list(0, limit)),
      fullText: (_scope, _model, { limit }) => after(DELAYS.list, list(Math.floor(limit / 2), limit)),
      fetch: (_scope, _model, ids) => after(DELAYS.fetch, ids.map(passage)),
    },
    graph: {
      rank: ({ candidates }) =>
        after(DELAYS.graph, {
          order: candidates.map((each) => ({ ...each, entities: [], fromCandidates: true })),
          facts: [],
          questionEntities: [],
        }),
    },
    visibility: {
      visible: (_tenant, ids) =>
        after(
          DELAYS.visibility,
          new Map(
            ids.map(
              (id) => [id, { generation: GENERATION, department: null, datasetId: "ds_1", revision: 1 }] as const,
            ),
          ),
        ),
    },
  };
}
