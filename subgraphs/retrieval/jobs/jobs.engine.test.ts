import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { MisbehavingServer } from "../../../platform/models/misbehaving-server.js";
import { TeiEmbedder } from "../../../platform/models/tei-embedder.js";
import type { ChunkArtefact, IndexingJob } from "../../../platform/queue/catalogue.js";
import { createRedis } from "../../../platform/redis/redis.js";
import type { ProgressEvent } from "../../../platform/streams/progress.js";
import { fetchArtefact } from "../adapters/artefact.js";
import { createPassageCollections } from "../adapters/milvus-collection.js";
import { createMilvusConnection } from "../adapters/milvus-connection.js";
import { createMilvusPassageIndex } from "../adapters/milvus-passage-index.js";
import { createMilvusPassageStore } from "../adapters/milvus-passage-store.js";
import { passageEmbedderOf } from "../adapters/models.js";
import { createPurgeMarks } from "../adapters/redis-purge-marks.js";
import type { PassageEmbedder } from "../ports.js";
import { type IndexingDependencies, indexPassages } from "./index-passages.js";
import { purgeDocument, switchGeneration } from "./jobs.js";

const suite = randomBytes(4).toString("hex");
const scope: TenantScope = { tenantId: `t-jobs-${suite}`, userId: "u1", departments: ["hr"] };
const model = { model: "engine-suite-jobs", dimension: 8 };
const signal = AbortSignal.timeout(120_000);

const connection = createMilvusConnection(process.env["MILVUS_ADDRESS"] as string);
const collections = createPassageCollections(connection);
const store = createMilvusPassageStore(connection, collections);
const index = createMilvusPassageIndex(connection, collections);
const redis = createRedis(process.env["REDIS_URL"] as string, "retrieval-jobs-suite", pino({ level: "silent" }));
const purged = createPurgeMarks(redis);

/** Vectors made from the text alone; counts what it was asked for. */
const embeddedTexts: string[] = [];
const embedder: PassageEmbedder = {
  model: async () => model,
  async embedPassages(texts, _signal, onEmbedded) {
    embeddedTexts.push(...texts);
    onEmbedded(texts.length);
    return texts.map((text) =>
      [...createHash("sha256").update(text).digest().subarray(0, 8)].map((byte) => byte - 128),
    );
  },
};

const artefacts = new Map<string, string>();
const server = createServer((req, res) => {
  const body = artefacts.get(req.url ?? "");
  res.writeHead(body === undefined ? 404 : 200).end(body);
});
const progress: Omit<ProgressEvent, "at">[] = [];
const dependencies: IndexingDependencies = {
  embedder,
  store,
  purged,
  fetchArtefact,
  report: async (_tenantId, event) => void progress.push(event),
};

function artefact(documentId: string, generation: number, chunks: number): ChunkArtefact {
  return {
    v: 1,
    documentId,
    generation,
    document: {
      name: "규정.md",
      mimeType: "text/markdown",
      version: generation,
      datasetId: "ds_1",
      department: "hr",
      createdAt: "2025-01-01T00:00:00.000Z",
      effectiveDate: null,
      title: "규정",
    },
    chunks: Array.from({ length: chunks }, (_, i) => ({
      id: `chk_${suite}${createHash("sha256").update(`${documentId}/${generation}/${i}`).digest("hex").slice(0, 20)}`,
      position: i,
      text: `제${i + 1}조 연차 휴가 (${generation}판)`,
      elementType: "NarrativeText",
      headingPath: ["휴가"],
      pages: [1],
      boxes: [],
      tokens: 8,
    })),
  };
}
function job(content: ChunkArtefact, attempt = 1): IndexingJob {
  const path = `/${content.documentId}/${content.generation}/${attempt}`;
  artefacts.set(path, JSON.stringify(content));
  return {
    v: 1,
    actor: "",
    traceId: "0",
    documentId: content.documentId,
    datasetId: "ds_1",
    generation: content.generation,
    attempt,
    department: content.document.department,
    artefactUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  };
}
const rows = async (documentId: string): Promise<number> => store.countDocument(scope, documentId, signal);

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(async () => {
  for (const name of ["twice", "half", "switch", "purge", "late"])
    await store.removeDocument(scope, `doc_${name}${suite}`, signal);
  await connection.close();
  redis.disconnect();
  server.close();
});

test("a document that is indexed twice is there once, and nothing is embedded again", async () => {
  const content = artefact(`doc_twice${suite}`, 1, 300);
  const first = await indexPassages(dependencies, job(content), scope, signal);
  expect(first).toEqual({ rows: 300, model: model.model, dimension: 8 });
  const asked = embeddedTexts.length;
  expect(await indexPassages(dependencies, job(content), scope, signal)).toEqual(first);
  expect(embeddedTexts.length).toBe(asked);
  expect(await rows(content.documentId)).toBe(300);
  const mine = progress.filter(({ documentId }) => documentId === content.documentId);
  expect(mine.filter(({ stage }) => stage === "INDEX").at(-1)).toMatchObject({
    state: "RUNNING",
    done: 300,
    total: 300,
  });
});

test("a worker that died half-way is continued, and rows that no longer belong go", async () => {
  const content = artefact(`doc_half${suite}`, 1, 200);
  const dying: PassageEmbedder = {
    ...embedder,
    embedPassages: async (texts, ...rest) => {
      if (texts.length < 128) throw new Error("killed");
      return embedder.embedPassages(texts, ...rest);
    },
  };
  await expect(indexPassages({ ...dependencies, embedder: dying }, job(content), scope, signal)).rejects.toThrow(
    "killed",
  );
  const shorter = { ...content, chunks: content.chunks.slice(10) };
  expect((await indexPassages(dependencies, job(shorter, 2), scope, signal)).rows).toBe(190);
  expect(await rows(content.documentId)).toBe(190);
});

/** A TEI server that runs whichever model it is told to; each model's vectors point their own way. */
async function teiServer(first: { name: string; dimension: number }) {
  let running = first;
  let onEmbed = (): void => {};
  const tei = await MisbehavingServer.start(({ path, body, response }) => {
    const answer = (content: unknown): void => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(content));
    };
    const { name, dimension } = running;
    if (path === "/info")
      return answer({ model_id: name, max_input_length: 512, max_client_batch_size: 32, max_batch_tokens: 16_384 });
    answer((body.inputs as string[]).map(() => Array.from({ length: dimension }, (_, i) => (i === 0 ? 1 : 0))));
    if (body.inputs.length > 1) onEmbed();
  });
  return {
    tei,
    run: (next: typeof first) => {
      running = next;
    },
    onEmbed: (act: () => void) => {
      onEmbed = act;
    },
  };
}

test.each([
  ["of another dimension", 16],
  ["of the same dimension", 8],
])(
  "a model %s that takes over gets an index of its own, and no vector of two models is in one",
  async (_name, dimension) => {
    const [old, next] = [
      { name: `suite-old-${dimension}`, dimension: 8 },
      { name: `suite-new-${dimension}`, dimension },
    ];
    const { tei, run, onEmbed } = await teiServer(old);
    await using _server = tei;
    const switching = { ...dependencies, embedder: passageEmbedderOf(new TeiEmbedder({ url: tei.url })) };
    const content = artefact(`doc_model${dimension}${suite}`, 1, 300);
    const count = ({ name: served, dimension: length }: typeof old): Promise<number> =>
      store.count(
        scope,
        { model: served, dimension: length },
        { documentId: content.documentId, generation: 1 },
        signal,
      );
    onEmbed(() => run(next));
    await expect(indexPassages(switching, job(content), scope, signal)).rejects.toThrow(/model has changed/);
    expect(await count(old)).toBe(0);
    expect(await indexPassages(switching, job(content, 2), scope, signal)).toMatchObject({
      rows: 300,
      model: next.name,
      dimension,
    });
    expect([await count(old), await count(next)]).toEqual([0, 300]);
    await store.removeDocument(scope, content.documentId, signal);
  },
);

test("the switch removes older generations and nothing newer, and takes the department along", async () => {
  const documentId = `doc_switch${suite}`;
  for (const generation of [1, 2, 3])
    await indexPassages(dependencies, job(artefact(documentId, generation, 5)), scope, signal);
  const switching = { v: 1, actor: "", traceId: "0", documentId, datasetId: "ds_1", attempt: 1 } as const;
  const second = { ...switching, generation: 2, department: "sales" };
  const unknown = { store, visibility: { visible: async () => new Map() } };
  expect(await switchGeneration(unknown, second, scope, signal)).toEqual({ removed: 5, moved: 10 });
  expect(await switchGeneration(unknown, second, scope, signal)).toEqual({ removed: 0, moved: 0 });
  const query = { vector: [1, 1, 1, 1, 1, 1, 1, 1], limit: 50, filter: { documentIds: [documentId] } };
  expect(await index.dense(scope, model, query, signal)).toEqual([]);
  const sales = await index.dense({ ...scope, departments: ["sales"] }, model, query, signal);
  expect(new Set(sales.map(({ generation }) => generation))).toEqual(new Set([2, 3]));
});

test("a switch that was overtaken by another move ends in the department that was published last", async () => {
  const documentId = `doc_switch${suite}`;
  const asked = ["sales", "legal", "legal"];
  const visible = async () =>
    new Map([[documentId, { generation: 2, department: asked.shift() ?? null, datasetId: "ds_1", revision: 1 }]]);
  const late = { v: 1, actor: "", traceId: "0", documentId, datasetId: "ds_1", attempt: 1, generation: 2 } as const;
  await switchGeneration({ store, visibility: { visible } }, { ...late, department: "it" }, scope, signal);
  const query = { vector: [1, 1, 1, 1, 1, 1, 1, 1], limit: 50, filter: { documentIds: [documentId] } };
  const found = (department: string) => index.dense({ ...scope, departments: [department] }, model, query, signal);
  expect([await found("it"), await found("sales"), (await found("legal")).length]).toEqual([[], [], 10]);
});

test("the inventory counts every generation, and a called-off one is removed alone", async () => {
  const documentId = `doc_half${suite}`;
  await store.removeDocument(scope, documentId, signal);
  for (const generation of [1, 2])
    await indexPassages(dependencies, job(artefact(documentId, generation, 2 + generation)), scope, signal);
  const held = async () =>
    (await store.inventory(scope, signal))
      .filter((holding) => holding.documentId === documentId)
      .sort((a, b) => a.generation - b.generation);
  expect(await held()).toEqual([
    { documentId, generation: 1, items: 3 },
    { documentId, generation: 2, items: 4 },
  ]);
  expect(await store.inventory({ ...scope, tenantId: `${scope.tenantId}-other` }, signal)).toEqual([]);
  expect(await store.removeGeneration(scope, { documentId, generation: 2 }, signal)).toBe(4);
  expect(await store.removeGeneration(scope, { documentId, generation: 2 }, signal)).toBe(0);
  expect(await held()).toEqual([{ documentId, generation: 1, items: 3 }]);
});

test("a purge leaves nothing, and repeated it gives the same receipt", async () => {
  const documentId = `doc_purge${suite}`;
  await indexPassages(dependencies, job(artefact(documentId, 1, 7)), scope, signal);
  const purge = { v: 1, actor: "", traceId: "0", documentId, datasetId: "ds_1", deletionId: "del_1" } as const;
  expect(await purgeDocument(dependencies, purge, scope, signal)).toEqual({ removed: { vectors: 7 } });
  expect(await purgeDocument(dependencies, purge, scope, signal)).toEqual({ removed: { vectors: 7 } });
  expect(await rows(documentId)).toBe(0);
});

test("an indexing job that is still on its way when its document is purged brings nothing back", async () => {
  const content = artefact(`doc_late${suite}`, 1, 5);
  const purge = {
    v: 1,
    actor: "",
    traceId: "0",
    documentId: content.documentId,
    datasetId: "ds_1",
    deletionId: "d",
  } as const;
  const overtaken: PassageEmbedder = {
    ...embedder,
    async embedPassages(...call) {
      await purgeDocument(dependencies, purge, scope, signal);
      return embedder.embedPassages(...call);
    },
  };
  const indexing = indexPassages({ ...dependencies, embedder: overtaken }, job(content), scope, signal);
  await expect(indexing).rejects.toThrow("DELETED");
  expect(await rows(content.documentId)).toBe(0);
});

test("an artefact of another document, a malformed one and a missing one are refused", async () => {
  const content = artefact(`doc_other${suite}`, 1, 1);
  const foreign = { ...job(content), documentId: "doc_mine" };
  await expect(indexPassages(dependencies, foreign, scope, signal)).rejects.toThrow("BAD_ARTEFACT");
  const broken = job(content, 2);
  artefacts.set(`/${content.documentId}/1/2`, JSON.stringify({ v: 1 }));
  await expect(indexPassages(dependencies, broken, scope, signal)).rejects.toThrow("BAD_ARTEFACT");
  artefacts.clear();
  await expect(indexPassages(dependencies, broken, scope, signal)).rejects.toThrow("HTTP 404");
});
