import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { TeiReranker } from "../../platform/models/tei-reranker.js";
import { type FaultProxy, openFaultProxy } from "../../tests/fault-proxy.js";
import { createPassageCollections } from "./adapters/milvus-collection.js";
import { createMilvusConnection } from "./adapters/milvus-connection.js";
import { createMilvusPassageIndex } from "./adapters/milvus-passage-index.js";
import { createMilvusPassageStore } from "./adapters/milvus-passage-store.js";
import { embedderOf, rerankerOf } from "./adapters/models.js";
import { readOptions, type SearchOptionsInput } from "./domain/options.js";
import type { SearchOutcome } from "./domain/outcome.js";
import { createSearch } from "./domain/search.js";
import { SEARCH_LIMITS, type SearchLimits } from "./domain/search-run.js";
import type { StageName } from "./domain/stages.js";
import type { EmbeddedPassage, GraphRanking } from "./ports.js";

/** Engines behind proxies that misbehave: each search yields an answer that says what is missing, within its limits. */

const env = (name: string): string => process.env[name] as string;
const tenantId = `t-degradation-${randomUUID().slice(0, 8)}`;
const viewer: Viewer = { tenantId, userId: "u1", departments: [], roles: ["member"], expiresAt: 0 };
const signal = AbortSignal.timeout(600_000);
/** What a stage may take here; a healthy engine on a busy machine needs far less than the patient limit. */
const SHORT_MS = 700;
const PATIENT = Object.fromEntries(Object.keys(SEARCH_LIMITS).map((stage) => [stage, 45_000])) as SearchLimits;

let milvus: FaultProxy;
let embedding: FaultProxy;
let reranking: FaultProxy;
let stormy: Server;
let chunkIds: string[];
const closing: (() => Promise<void>)[] = [];

const passageOf = (text: string, position: number): Omit<EmbeddedPassage, "vector"> => ({
  chunkId: `chk_${randomUUID().replaceAll("-", "")}`,
  documentId: `doc_${tenantId}_${position}`,
  datasetId: "ds_1",
  department: null,
  generation: 1,
  position,
  text,
  elementType: "NARRATIVE_TEXT",
  headingPath: [],
  pages: [],
  boxes: [],
  fileName: "a.md",
  documentVersion: 1,
  effectiveDate: null,
  createdAt: 0,
  searchText: text.toLowerCase(),
  fingerprint: String(position),
});
const TEXTS = ["osmium desk is managed by the osmium team", "gallium desk opens at nine", "travel is booked ahead"];
let passages: Omit<EmbeddedPassage, "vector">[];

beforeAll(async () => {
  embedding = await openFaultProxy(env("TEI_EMBED_URL"));
  reranking = await openFaultProxy(env("TEI_RERANK_URL"));
  stormy = createServer((request, response) => {
    request.resume();
    response
      .writeHead(429, { "content-type": "application/json" })
      .end(`{"error":"overloaded","error_type":"Overloaded"}`);
  });
  await new Promise<void>((resolve) => stormy.listen(0, "127.0.0.1", resolve));
  const direct = createMilvusConnection(env("MILVUS_ADDRESS"));
  const store = createMilvusPassageStore(direct, createPassageCollections(direct));
  const embedder = embedderOf(new TeiEmbedder({ url: env("TEI_EMBED_URL") }));
  const model = await embedder.model(signal);
  passages = TEXTS.map(passageOf);
  chunkIds = passages.map(({ chunkId }) => chunkId);
  const vectors = await embedder.embedPassages(TEXTS, signal, () => {});
  await store.write(
    viewer,
    model,
    passages.map((passage, i) => ({ ...passage, vector: vectors[i] as number[] })),
    signal,
  );
  await store.count(viewer, model, { documentId: passages[0]?.documentId as string, generation: 1 }, signal);
  closing.push(async () => {
    for (const { documentId } of passages) await store.removeDocument(viewer, documentId, signal);
    await direct.close();
  });
}, 120_000);
// Connections of one process to one address share their back-off after a reset: each test has an address of its own.
beforeEach(async () => {
  milvus = await openFaultProxy(env("MILVUS_ADDRESS"));
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await Promise.all([embedding, reranking].map((proxy) => proxy.close()));
  stormy.close();
});
afterEach(async () => {
  for (const proxy of [embedding, reranking]) proxy.set({ kind: "none" });
  await milvus.close();
});

interface Scene {
  /** Stages that get a short limit; the others may take as long as the machine needs. */
  readonly hasty?: readonly StageName[];
  readonly embedUrl?: string;
  readonly embedder?: ReturnType<typeof embedderOf>;
  readonly graph?: () => Promise<GraphRanking>;
  readonly options?: SearchOptionsInput;
  readonly signal?: AbortSignal;
}

const walked = (...at: number[]): GraphRanking => ({
  order: at.map((i) => ({
    chunkId: chunkIds[i] as string,
    score: 1 / (i + 1),
    entities: ["osmium"],
    fromCandidates: true,
  })),
  facts: [],
  questionEntities: [],
});

/** One search over the engines behind their proxies, with clients of its own that know nothing of earlier failures. */
async function search(scene: Scene = {}): Promise<SearchOutcome> {
  const connection = createMilvusConnection(milvus.address);
  try {
    const limits = { ...PATIENT, ...Object.fromEntries((scene.hasty ?? []).map((stage) => [stage, SHORT_MS])) };
    const find = createSearch({
      embedder:
        scene.embedder ?? embedderOf(new TeiEmbedder({ url: scene.embedUrl ?? embedding.url(env("TEI_EMBED_URL")) })),
      index: createMilvusPassageIndex(connection, createPassageCollections(connection)),
      graph: { rank: scene.graph ?? (async () => walked(0, 1, 2)) },
      texts: { fetch: async (ids) => passages.filter(({ chunkId }) => ids.includes(chunkId)) },
      visibility: {
        visible: async (_tenant, ids) =>
          new Map(ids.map((id) => [id, { generation: 1, department: null, datasetId: "ds_1", revision: 1 }])),
      },
      reranker: rerankerOf(new TeiReranker({ url: reranking.url(env("TEI_RERANK_URL")) })),
      limits,
    });
    const { settings } = readOptions("?", { topK: 3, ...scene.options });
    return await find({
      viewer,
      traceId: "t",
      signal: scene.signal ?? signal,
      query: "Who manages the osmium desk?",
      settings,
    });
  } finally {
    await connection.close();
  }
}
const statusOf = (outcome: SearchOutcome, stage: StageName): string | undefined =>
  outcome.stages.find(({ name }) => name === stage)?.status;
const first = (outcome: SearchOutcome): string | undefined => outcome.passages[0]?.chunkId;

test("with every engine well nothing is missing", async () => {
  const outcome = await search();
  expect(outcome.degraded).toEqual([]);
  expect(first(outcome)).toBe(chunkIds[0]);
  expect(outcome.passages[0]?.listRanks.map(({ list }) => list)).toEqual(["VECTOR", "FULL_TEXT", "GRAPH"]);
});

describe("the index", () => {
  test.each(["blackhole", "reset"] as const)(
    "%s: the graph answers alone, with the texts of other rooms",
    async (kind) => {
      milvus.set({ kind });
      const outcome = await search({ hasty: ["VECTOR", "FULL_TEXT", "FETCH"] });
      expect(outcome.degraded).toEqual(["VECTOR_INDEX", "FULL_TEXT"]);
      expect([first(outcome), outcome.passages.length]).toEqual([chunkIds[0], 3]);
      expect(statusOf(outcome, "TEXTS")).toBe("OK");
    },
  );

  test("slow but within the limits: nothing is missing", async () => {
    milvus.set({ kind: "latency", ms: 30 });
    expect((await search()).degraded).toEqual([]);
  });

  test("and the graph away too: unavailable, by name, and well again after", async () => {
    milvus.set({ kind: "blackhole" });
    const away = search({
      hasty: ["VECTOR", "FULL_TEXT"],
      graph: () => Promise.reject(new Error("down")),
    });
    await expect(away).rejects.toMatchObject({ code: "UNAVAILABLE" });
    milvus.set({ kind: "none" });
    expect((await search()).degraded).toEqual([]);
  });
});

describe("the embedder", () => {
  test.each(["blackhole", "reset"] as const)("%s: words and the graph answer", async (kind) => {
    embedding.set({ kind });
    const outcome = await search({ hasty: ["EMBED"] });
    expect(outcome.degraded).toEqual(["EMBEDDER"]);
    expect(first(outcome)).toBe(chunkIds[0]);
    expect(outcome.passages[0]?.listRanks.map(({ list }) => list)).toEqual(["FULL_TEXT", "GRAPH"]);
  });

  test("a storm of 429 ends within the limit of its stage", async () => {
    const port = (stormy.address() as AddressInfo).port;
    const outcome = await search({ hasty: ["EMBED"], embedUrl: `http://127.0.0.1:${port}` });
    expect(outcome.degraded).toEqual(["EMBEDDER"]);
    expect(first(outcome)).toBe(chunkIds[0]);
  });
});

test("a reranker that says nothing costs its scores, not the answer", async () => {
  reranking.set({ kind: "blackhole" });
  const outcome = await search({ hasty: ["RERANK"], options: { rerank: true } });
  expect(outcome.degraded).toEqual(["RERANKER"]);
  expect(first(outcome)).toBe(chunkIds[0]);
  expect(outcome.passages[0]?.rerankScore).toBeUndefined();
});

test("a graph that hangs costs its order, not the answer", async () => {
  const outcome = await search({ hasty: ["GRAPH"], graph: () => new Promise(() => {}) });
  expect([outcome.degraded, first(outcome)]).toEqual([["GRAPH"], chunkIds[0]]);
});

test("a client who leaves ends the search and closes its call to the embedder", async () => {
  // A server of the test's own that never answers a question, but the model's name.
  const asked = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const silent = createServer((request, response) => {
    request.resume();
    if (request.url === "/info")
      response.end(`{"model_id":"silent","max_input_length":512,"max_client_batch_size":32}`);
    else if (waiting) {
      asked.resolve();
      response.on("close", () => closed.resolve());
    } else response.end("[[1,0]]");
  });
  let waiting = false;
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  try {
    const embedder = embedderOf(new TeiEmbedder({ url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` }));
    await embedder.model(signal);
    waiting = true;
    const left = new AbortController();
    const searching = search({ signal: left.signal, embedder });
    const ended = expect(searching).rejects.toThrow("gone");
    await asked.promise;
    left.abort(new Error("gone"));
    await ended;
    await closed.promise;
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
