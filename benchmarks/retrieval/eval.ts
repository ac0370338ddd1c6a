/**
 * Does hybrid search find the passage? Indexes public question sets with the product's own stages into its real stores, in
 * tenants of their own, and searches them in every way that the product offers.
 *
 * usage: npm run eval -- [FOLDER] (default ../shared/eval: NAME.corpus.jsonl and NAME.queries.jsonl), with the engines'
 * and the embedder's addresses in the environment.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readableScopes, type Viewer } from "../../platform/auth/viewer.js";
import { embedderConfig, readConfig } from "../../platform/config/config.js";
import { loadMorphology } from "../../platform/language/morphology.js";
import { createLogger } from "../../platform/logging/logger.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { createRedis } from "../../platform/redis/redis.js";
import { createVisibilityFeed } from "../../platform/visibility/visibility.js";
import { openNeo4j } from "../../subgraphs/knowledge-graph/adapters/neo4j-database.js";
import { ensureGraphSchema } from "../../subgraphs/knowledge-graph/adapters/neo4j-schema.js";
import { neo4jWalkReader } from "../../subgraphs/knowledge-graph/adapters/neo4j-walk.js";
import { neo4jWriter } from "../../subgraphs/knowledge-graph/adapters/neo4j-writer.js";
import { extract } from "../../subgraphs/knowledge-graph/domain/extraction/extract.js";
import { rankByGraph } from "../../subgraphs/knowledge-graph/domain/rank.js";
import { createPassageCollections } from "../../subgraphs/retrieval/adapters/milvus-collection.js";
import { createMilvusConnection } from "../../subgraphs/retrieval/adapters/milvus-connection.js";
import { createMilvusPassageIndex } from "../../subgraphs/retrieval/adapters/milvus-passage-index.js";
import { createMilvusPassageStore } from "../../subgraphs/retrieval/adapters/milvus-passage-store.js";
import { embedderOf } from "../../subgraphs/retrieval/adapters/models.js";
import { readOptions, type SearchOptionsInput } from "../../subgraphs/retrieval/domain/options.js";
import { createSearch, SEARCH_LIMITS } from "../../subgraphs/retrieval/domain/search.js";
import type { StageName } from "../../subgraphs/retrieval/domain/stages.js";
import { indexPassages } from "../../subgraphs/retrieval/jobs/index-passages.js";
import { artefactOf, type EvalSet, readEvalSets } from "./eval-set.js";
import { meanQuality, type Quality, qualityOf, quantile } from "./metrics.js";
import { cachedEmbedder } from "./vector-cache.js";

const WAYS: readonly [name: string, options: SearchOptionsInput][] = [
  ["BM25", { lists: ["FULL_TEXT"], fusion: "WEIGHTED" }],
  ["dense", { lists: ["VECTOR"], fusion: "WEIGHTED" }],
  ["RRF", { lists: ["VECTOR", "FULL_TEXT"], fusion: "RRF" }],
  ["weighted", { lists: ["VECTOR", "FULL_TEXT"], fusion: "WEIGHTED" }],
  ["RRF + graph", { fusion: "RRF" }],
  ["graph walk", { fusion: "GRAPH_WALK" }],
];
const TOP = 10;
const GRAPH_BATCH = 50;
const PATIENCE_MS = 20_000;

const config = readConfig(
  embedderConfig.extend({
    MILVUS_ADDRESS: z.string(),
    REDIS_URL: z.string(),
    NEO4J_URI: z.string(),
    NEO4J_USER: z.string(),
    NEO4J_PASSWORD: z.string(),
  }),
  process.env,
);
const folder = process.argv[2] ?? join("..", "shared", "eval");
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const logger = createLogger("eval", "warn");
const signal = new AbortController().signal;

const connection = createMilvusConnection(config.MILVUS_ADDRESS);
const collections = createPassageCollections(connection);
const index = createMilvusPassageIndex(connection, collections);
const store = createMilvusPassageStore(connection, collections);
const redis = createRedis(config.REDIS_URL, "eval", logger);
const visibility = createVisibilityFeed(redis);
const database = openNeo4j({ uri: config.NEO4J_URI, user: config.NEO4J_USER, password: config.NEO4J_PASSWORD, logger });
const writer = neo4jWriter(database);
const walkReader = neo4jWalkReader(database);
const embedder = embedderOf(new TeiEmbedder({ url: config.TEI_EMBED_URL }));

const viewerOf = (set: EvalSet): Viewer => ({
  tenantId: `t-eval-${set.name}`,
  userId: "eval",
  departments: [],
  roles: ["member"],
  expiresAt: Number.MAX_SAFE_INTEGER,
});

/** Puts a set through the product's stages; what is there already is not made again. Returns the chunk ids by position. */
async function putThrough(set: EvalSet, scope: Viewer): Promise<string[]> {
  const slug = set.name.replace(/[^a-z0-9]/g, "");
  const chunkIds = set.passages.map((_, position) => `chk_eval${slug}${position}`);
  const artefact = artefactOf(set, (position) => chunkIds[position] as string);
  const { documentId, generation } = artefact;
  const started = performance.now();
  await indexPassages(
    {
      embedder: cachedEmbedder(embedder, join(homedir(), ".cache", "llmflow", "eval", "vectors.txt")),
      store,
      purged: {
        mark: async () => {},
        isMarked: async () => false,
        recordFound: async (_tenant, _document, rows) => rows,
      },
      fetchArtefact: async () => artefact,
      report: async () => {},
    },
    {
      v: 1,
      actor: "",
      traceId: "eval",
      documentId,
      datasetId: "ds_eval",
      generation,
      attempt: 1,
      department: null,
      artefactUrl: "",
    },
    scope,
    signal,
  );
  const indexed = performance.now();
  const ref = { tenantId: scope.tenantId, documentId, generation };
  if ((await writer.count(ref, signal)).chunks !== artefact.chunks.length) {
    const { analyze } = await loadMorphology();
    for (let at = 0; at < artefact.chunks.length; at += GRAPH_BATCH) {
      const batch = artefact.chunks.slice(at, at + GRAPH_BATCH).map((chunk) => ({
        chunk,
        extraction: extract({ text: chunk.text, headingPath: chunk.headingPath, documentTitle: null }, analyze),
      }));
      await writer.write(ref, null, batch, signal);
    }
  }
  const state = { generation, department: null, datasetId: "ds_eval", revision: Date.now() };
  await visibility.publish(scope.tenantId, documentId, state);
  await writer.show(ref, state, signal);
  const counts = await writer.count(ref, signal);
  print(
    `  ${chunkIds.length} passages embedded and indexed in ${((indexed - started) / 1000).toFixed(1)} s, graph in ${((performance.now() - indexed) / 1000).toFixed(1)} s (${counts.entities} entities, ${counts.mentions} mentions)`,
  );
  return chunkIds;
}

const limits = Object.fromEntries(
  Object.keys(SEARCH_LIMITS).map((stage) => [stage, PATIENCE_MS]),
) as unknown as typeof SEARCH_LIMITS;

async function measure(set: EvalSet): Promise<void> {
  print(`\n${set.name}: ${set.passages.length} passages, ${set.questions.length} questions`);
  const viewer = viewerOf(set);
  const chunkIds = await putThrough(set, viewer);
  const passageIds = new Map(chunkIds.map((chunkId, position) => [chunkId, set.passages[position]?.id ?? ""]));
  const vectors = new Map<string, readonly number[]>();
  const search = createSearch({
    embedder: {
      model: (s) => embedder.model(s),
      async embedQuery(text, s) {
        const vector = vectors.get(text) ?? (await embedder.embedQuery(text, s));
        vectors.set(text, vector);
        return vector;
      },
    },
    index,
    visibility,
    graph: {
      rank: (input, caller, s) =>
        rankByGraph(input, walkReader, {
          tenantId: caller.viewer.tenantId,
          scopes: readableScopes(caller.viewer),
          overlay: null,
          signal: s,
        }),
    },
    limits,
    onFailure: (stage, error) => print(`  ${stage} failed: ${String(error)}`),
  });
  print(`  ${"".padEnd(12)} recall@5  all-gold@5  nDCG@10   p50 ms   engines p50 ms`);
  for (const [name, options] of WAYS) {
    const { settings } = readOptions("?", { ...options, topK: TOP });
    const qualities: Quality[] = [];
    const total: number[] = [];
    const slowest: number[] = [];
    for (const { question, gold } of set.questions) {
      const started = performance.now();
      const outcome = await search({ viewer, traceId: "eval", signal, query: question, settings });
      total.push(performance.now() - started);
      const stage = (wanted: StageName): number => outcome.stages.find((s) => s.name === wanted)?.milliseconds ?? 0;
      slowest.push(Math.max(stage("EMBED") + stage("VECTOR"), stage("FULL_TEXT")) + stage("GRAPH") + stage("FETCH"));
      qualities.push(
        qualityOf(
          outcome.passages.map(({ chunkId }) => passageIds.get(chunkId) ?? ""),
          gold,
        ),
      );
    }
    const { recall5, allGold5, ndcg10 } = meanQuality(qualities);
    print(
      `  ${name.padEnd(12)} ${recall5.toFixed(3).padStart(8)}  ${allGold5.toFixed(3).padStart(10)}  ${ndcg10.toFixed(3).padStart(7)}  ${quantile(total, 0.5).toFixed(1).padStart(7)}  ${quantile(slowest, 0.5).toFixed(1).padStart(7)}`,
    );
  }
}

const sets = await readEvalSets(folder);
if (sets.length === 0)
  print(`There is no question set in ${folder}: give a folder with NAME.corpus.jsonl and NAME.queries.jsonl.`);
else {
  await ensureGraphSchema(database, AbortSignal.timeout(90_000));
  for (const set of sets) await measure(set);
}
await Promise.all([connection.close(), database.close()]);
redis.disconnect();
process.exit(0);
