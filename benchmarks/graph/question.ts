import { createLogger } from "../../platform/logging/logger.js";
import { type GraphDatabase, openNeo4j } from "../../subgraphs/knowledge-graph/adapters/neo4j-database.js";
import { withReplan } from "../../subgraphs/knowledge-graph/adapters/neo4j-plans.js";
import { ensureGraphSchema } from "../../subgraphs/knowledge-graph/adapters/neo4j-schema.js";
import { neo4jWalkReader } from "../../subgraphs/knowledge-graph/adapters/neo4j-walk.js";
import { rankByGraph } from "../../subgraphs/knowledge-graph/domain/rank.js";
import { rehearseWalk } from "../../subgraphs/knowledge-graph/domain/rehearsal.js";
import type { Figure, Findings, Question, Settings } from "../report.js";
import { median, quantile } from "../samples.js";
import { removeSynthetic, type SyntheticGraph, writeSynthetic } from "./synthetic.js";

const CANDIDATES = 100;
const GROWTH_TARGET = 1.5;

/** The store with each statement's milliseconds noted under its first words. */
function timed(database: GraphDatabase, times: Map<string, number[]>): GraphDatabase {
  let step = 0;
  return {
    ...database,
    async read(cypher, params, signal, replan) {
      const name = ["survey", "links", "neighbourhood", "facts"][step++ % 4] as string;
      const started = performance.now();
      const rows = await database.read<never>(cypher, params, signal, replan);
      times.set(name, [...(times.get(name) ?? []), performance.now() - started]);
      return rows;
    },
  };
}

async function walks(database: GraphDatabase, graph: SyntheticGraph, rounds: number, signal: AbortSignal) {
  const times = new Map<string, number[]>();
  const whole: number[] = [];
  const reader = neo4jWalkReader(timed(database, times));
  for (let round = 0; round < rounds; round++) {
    const candidates = graph
      .chunkIds(CANDIDATES, round + 1)
      .map((chunkId, i) => ({ chunkId, score: 1 - i / CANDIDATES }));
    const started = performance.now();
    const { order } = await rankByGraph({ candidates, terms: [], query: graph.question, limit: 50, hops: 2 }, reader, {
      tenantId: graph.tenantId,
      scopes: [graph.scope],
      overlay: null,
      signal,
    });
    whole.push(performance.now() - started);
    if (order.length < CANDIDATES / 2) throw new Error("the walk reached too little");
  }
  return { whole, times };
}

async function answer(settings: Settings): Promise<Findings> {
  const { NEO4J_URI: uri = "", NEO4J_USER: user = "", NEO4J_PASSWORD: password = "" } = process.env;
  if (uri === "") throw new Error("NEO4J_URI is not set: start the product and read its run/env");
  const database = openNeo4j({ uri, user, password, logger: createLogger("bench", "silent"), readTimeoutMs: 60_000 });
  const figures: Figure[] = [];
  const sizes = settings.quick ? [1000, 10_000] : [1000, 10_000, 100_000];
  let before: number | undefined;
  try {
    await ensureGraphSchema(database, settings.signal);
    for (const size of sizes) {
      settings.progress(`${size} chunks are written`);
      const graph = await writeSynthetic(database, size, settings.signal);
      try {
        const planning = performance.now();
        await rehearseWalk({ walk: neo4jWalkReader(withReplan(database, "force")) }, settings.signal);
        figures.push({ name: `${size} chunks: planning`, value: performance.now() - planning, unit: "ms" });
        await walks(database, graph, 10, settings.signal);
        const { whole, times } = await walks(database, graph, settings.quick ? 30 : 60, settings.signal);
        const p50 = median(whole);
        figures.push({ name: `${size} chunks: walk p50`, value: p50, unit: "ms" });
        figures.push({ name: `${size} chunks: walk p95`, value: quantile(whole, 0.95), unit: "ms" });
        for (const [name, samples] of times)
          figures.push({ name: `${size} chunks: ${name} p50`, value: median(samples), unit: "ms" });
        if (before !== undefined)
          figures.push({ name: `growth to ${size} chunks`, value: p50 / before, unit: "×", target: GROWTH_TARGET });
        before = p50;
        settings.progress(`walk p50 ${p50.toFixed(1)} ms`);
      } finally {
        await removeSynthetic(database, graph, AbortSignal.timeout(120_000));
      }
    }
  } finally {
    await database.close();
  }
  return { figures, notes: ["one walk at a time; a hub that half of all chunks mention is in the question"] };
}

export const graphWalk: Question = {
  name: "graph",
  asks: "What does the graph walk cost as the graph grows, hubs included?",
  answer,
};
