import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Queue, QueueEvents } from "bullmq";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorSigner, actorVerifier } from "../../../platform/auth/actor.js";
import { loadMorphology } from "../../../platform/language/morphology.js";
import { createLogger } from "../../../platform/logging/logger.js";
import type { ChunkArtefact } from "../../../platform/queue/catalogue.js";
import { startWorker } from "../../../platform/queue/worker.js";
import { createRedis, type Redis } from "../../../platform/redis/redis.js";
import type { ProgressEvent } from "../../../platform/streams/progress.js";
import { createMetrics } from "../../../platform/telemetry/metrics.js";
import { createVisibilityFollower } from "../../../platform/visibility/follower.js";
import { pendingKey, visibilityKey } from "../../../platform/visibility/keys.js";
import { createVisibilityFeed, type VisibilityFeed } from "../../../platform/visibility/visibility.js";
import { fetchArtefact } from "../adapters/artefact.js";
import { type GraphDatabase, openNeo4j } from "../adapters/neo4j-database.js";
import { ensureGraphSchema } from "../adapters/neo4j-schema.js";
import { neo4jWriter } from "../adapters/neo4j-writer.js";
import { formExtractor } from "../domain/extraction/extractor.js";
import { extractJob } from "./extract.js";
import { createFollowing } from "./follow.js";
import { purgeDocumentJob } from "./purge.js";
import { switchGenerationJob } from "./switch.js";

const run = randomUUID().slice(0, 8);
const tenantId = `t-kg-jobs-${run}`;
const queueName = `knowledge-graph-test-${run}`;
const documentId = `doc_${run}`;
const secret = new TextEncoder().encode("a secret of more than thirty-two characters");
const logger = createLogger("test", "silent");
const signal = (): AbortSignal => AbortSignal.timeout(30_000);
const events: Omit<ProgressEvent, "at">[] = [];
let database: GraphDatabase;
let worker: ReturnType<typeof startWorker>;
let queue: Queue;
let queueEvents: QueueEvents;
let server: Server;
let origin: string;
let artefact: unknown;
let actor: string;
let redis: Redis;
let feed: VisibilityFeed;
let following: ReturnType<typeof createFollowing>;
let revision = 0;

const TEXTS = [
  "연차휴가는 인사팀에서 관리한다. 그룹웨어에서 연차휴가를 신청한다.",
  "The Travel Policy is managed by Finance Operations.",
];
const artefactOf = (generation: number): ChunkArtefact => ({
  v: 1,
  documentId,
  generation,
  document: {
    name: "n.md",
    mimeType: "text/markdown",
    version: 1,
    datasetId: "ds_1",
    department: "hr",
    createdAt: "2025-01-01T00:00:00.000Z",
    effectiveDate: null,
    title: "사내 규정집",
  },
  chunks: TEXTS.map((text, position) => ({
    id: `chk_${run}_${generation}_${position}`,
    position,
    text,
    elementType: "NarrativeText",
    headingPath: [],
    pages: [1],
    boxes: [],
    tokens: 10,
  })),
});

beforeAll(async () => {
  const env = process.env;
  const redisUrl = env["REDIS_URL"] ?? "";
  database = openNeo4j({
    uri: env["NEO4J_URI"] ?? "",
    user: env["NEO4J_USER"] ?? "",
    password: env["NEO4J_PASSWORD"] ?? "",
    logger,
  });
  await ensureGraphSchema(database, AbortSignal.timeout(60_000));
  server = createServer((req, res) => {
    if (req.url === "/gone") return void res.writeHead(403).end();
    res.end(JSON.stringify(artefact));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  actor = await actorSigner(secret)({ tenantId, userId: "u", departments: ["hr"] });
  redis = createRedis(redisUrl, "knowledge-graph-jobs-suite", logger);
  feed = createVisibilityFeed(redis);
  const follow = { writer: neo4jWriter(database), feed: createVisibilityFollower(redis, "knowledge-graph") };
  // Other suites share the Redis, and have pending documents of their own.
  following = createFollowing({ ...follow, feed: { ...follow.feed, tenants: async () => [tenantId] } }, logger);
  const { analyze } = await loadMorphology();
  worker = startWorker({
    queue: queueName,
    jobs: [
      extractJob({
        ...follow,
        fetchArtefact,
        extractor: formExtractor(analyze),
        report: async (_, event) => void events.push(event),
      }),
      switchGenerationJob(follow),
      purgeDocumentJob(follow),
    ],
    redisUrl,
    openActor: actorVerifier(secret),
    logger,
    metrics: createMetrics("test"),
  });
  await worker.ready();
  queue = new Queue(queueName, { connection: { url: redisUrl } });
  queueEvents = new QueueEvents(queueName, { connection: { url: redisUrl, maxRetriesPerRequest: null } });
  await queueEvents.waitUntilReady();
});
afterAll(async () => {
  await worker.stop();
  await queueEvents.close();
  await queue.obliterate({ force: true });
  await queue.close();
  await new Promise((resolve) => server.close(resolve));
  await database.write(
    (cypher) => cypher("MATCH (n) WHERE n.tenantId = $tenantId DETACH DELETE n", { tenantId }),
    signal(),
  );
  await database.write(
    (cypher) => cypher("MATCH (s:Scope) WHERE s.id STARTS WITH $tenantId + '/' DELETE s", { tenantId }),
    signal(),
  );
  await database.close();
  await redis.del(visibilityKey(tenantId), pendingKey(tenantId, "knowledge-graph"));
  redis.disconnect();
});

const publish = (generation: number, department = "hr"): Promise<void> =>
  feed.publish(tenantId, documentId, { generation, department, datasetId: "ds_1", revision: ++revision });
const isPending = async (): Promise<boolean> =>
  (await redis.hexists(pendingKey(tenantId, "knowledge-graph"), documentId)) === 1;
async function work(name: string, data: Record<string, unknown>): Promise<unknown> {
  const base = { v: 1, actor, traceId: "0".repeat(32), documentId, datasetId: "ds_1", department: "hr", attempt: 1 };
  const job = await queue.add(name, { ...base, ...data });
  return job.waitUntilFinished(queueEvents, 30_000);
}
const index = (generation: number) => work("extract", { generation, artefactUrl: `${origin}/artefact` });
const graph = async () => {
  const [row] = await database.read<{ chunks: string[]; keys: string[]; relations: string[] }>(
    `OPTIONAL MATCH (c:Chunk {tenantId: $tenantId}) WHERE c.visible WITH collect(c.id) AS chunks
     OPTIONAL MATCH (e:Entity {tenantId: $tenantId}) WITH chunks, collect(e.key) AS keys
     OPTIONAL MATCH (a:Entity {tenantId: $tenantId})-[r:RELATED_TO]->(b) RETURN chunks, keys, collect(a.key + ' ' + r.relationType + ' ' + b.key) AS relations`,
    { tenantId },
    signal(),
  );
  return row ?? { chunks: [], keys: [], relations: [] };
};

describe("the jobs of one document", () => {
  test("extraction run twice leaves one graph, invisible, and tells its progress", async () => {
    artefact = artefactOf(1);
    const first = await index(1);
    const second = await index(1);
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      entities: expect.any(Number),
      mentions: expect.any(Number),
      relations: expect.any(Number),
    });
    expect(events.at(-1)).toMatchObject({ documentId, stage: "EXTRACT", state: "RUNNING", done: 2, total: 2 });
    const { chunks, keys, relations } = await graph();
    expect(chunks).toEqual([]);
    expect(keys).toEqual(expect.arrayContaining(["인사팀", "연차휴가", "그룹웨어", "travel policy"]));
    expect(relations).toEqual(
      expect.arrayContaining([
        "연차휴가 MANAGED_BY 인사팀",
        "연차휴가 REQUESTED_THROUGH 그룹웨어",
        "travel policy MANAGED_BY finance operations",
      ]),
    );
  });

  test("the switch run twice shows one generation", async () => {
    await publish(1);
    expect(await isPending()).toBe(true);
    expect(await work("switch", { generation: 1 })).toEqual({ switched: true });
    expect(await work("switch", { generation: 1 })).toEqual({ switched: true });
    expect((await graph()).chunks.sort()).toEqual([`chk_${run}_1_0`, `chk_${run}_1_1`]);
    expect(await isPending()).toBe(false);
  });

  test("a switch job that is older than what is published applies the newest", async () => {
    await publish(1, "sales");
    await publish(1, "legal");
    await work("switch", { generation: 1, department: "sales" });
    const scopes = async () =>
      new Set(
        (
          await database.read<{ scope: string }>(
            "MATCH (c:Chunk {tenantId: $tenantId}) RETURN c.scope AS scope",
            { tenantId },
            signal(),
          )
        ).map(({ scope }) => scope),
      );
    expect(await scopes()).toEqual(new Set([`${tenantId}/legal`]));
    expect(await isPending()).toBe(false);
  });

  test("what no job was made for is applied when it is still pending at the second look", async () => {
    await publish(1, "hr");
    expect(await following.round(signal())).toBe(0);
    expect(await isPending()).toBe(true);
    expect(await following.round(signal())).toBe(1);
    expect(await isPending()).toBe(false);
  });

  test("extraction that is repeated after its generation became visible shows itself", async () => {
    await publish(2);
    await work("switch", { generation: 2 });
    expect((await graph()).chunks).toEqual([]);
    artefact = artefactOf(2);
    await index(2);
    expect((await graph()).chunks.sort()).toEqual([`chk_${run}_2_0`, `chk_${run}_2_1`]);
  });

  test("deletion run twice leaves nothing, and a late extraction does not bring it back", async () => {
    expect(await work("purge", { deletionId: "del_1" })).toMatchObject({
      removed: { graphChunks: 2, mentions: expect.any(Number) },
    });
    expect(await work("purge", { deletionId: "del_1" })).toMatchObject({ removed: { graphChunks: 0, entities: 0 } });
    artefact = artefactOf(3);
    expect(await index(3)).toEqual({ entities: 0, mentions: 0, relations: 0 });
    expect(await graph()).toEqual({ chunks: [], keys: [], relations: [] });
  });
});

describe("a bad artefact ends the job with a reason and writes nothing", () => {
  test("one that is gone", async () => {
    await expect(work("extract", { generation: 1, artefactUrl: `${origin}/gone` })).rejects.toThrow("ARTEFACT_GONE");
  });
  test("one of another document", async () => {
    artefact = { ...artefactOf(1), documentId: "doc_other" };
    await expect(index(1)).rejects.toThrow("ARTEFACT_MISMATCH");
  });
  test("one of another shape", async () => {
    artefact = { v: 1, chunks: "none" };
    await expect(index(1)).rejects.toThrow("ARTEFACT_MALFORMED");
  });
});

test("a job whose actor was altered is refused", async () => {
  await expect(work("switch", { generation: 1, actor: `${actor}x` })).rejects.toThrow("BAD_ACTOR");
});
