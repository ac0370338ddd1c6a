import "reflect-metadata";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import pg from "pg";
import pino from "pino";
import { createAuditLog } from "../../../platform/audit/audit.js";
import { actorSigner, actorVerifier } from "../../../platform/auth/actor.js";
import type { Role, TenantScope, Viewer } from "../../../platform/auth/viewer.js";
import { createAddressGuard } from "../../../platform/http/address-guard.js";
import { createGuardedFetch } from "../../../platform/http/guarded-fetch.js";
import { TeiEmbedder } from "../../../platform/models/tei-embedder.js";
import { createKoreanDetector } from "../../../platform/pii/korean-detector.js";
import { migrate } from "../../../platform/postgres/migrate.js";
import { createPostgres } from "../../../platform/postgres/postgres.js";
import { createOvertakenAttempts } from "../../../platform/queue/overtaken.js";
import { type JobDefinition, startWorker } from "../../../platform/queue/worker.js";
import { createBlockingRedis, createRedis } from "../../../platform/redis/redis.js";
import { createProgressLog } from "../../../platform/streams/progress.js";
import { createStreamReader } from "../../../platform/streams/stream-reader.js";
import { createMetrics } from "../../../platform/telemetry/metrics.js";
import { createVisibilityFeed } from "../../../platform/visibility/visibility.js";
import { childResults, createBullmqPipeline } from "../adapters/bullmq-pipeline.js";
import { createChunkSource } from "../adapters/chunk-source.js";
import { detectType, SNIFF_BYTES } from "../adapters/embedded-parser/detect.js";
import { EmbeddedParser } from "../adapters/embedded-parser/embedded-parser.js";
import { createAttachmentStore } from "../adapters/postgres-attachments.js";
import { createChunkEditStore } from "../adapters/postgres-chunk-edits.js";
import { createDatasetStore } from "../adapters/postgres-datasets.js";
import { createDocumentStore } from "../adapters/postgres-documents.js";
import { createLedger } from "../adapters/postgres-ledger.js";
import { createOutbox } from "../adapters/postgres-outbox.js";
import { createDeletionStore, createUploadStore } from "../adapters/postgres-uploads.js";
import { createWebhookStore } from "../adapters/postgres-webhooks.js";
import { createPublisher, publishNow } from "../adapters/redis-publisher.js";
import { createS3 } from "../adapters/s3.js";
import { createUrlSource } from "../adapters/url-source.js";
import { createAdmission } from "../domain/admission.js";
import { createCorrections } from "../domain/corrections.js";
import { createHoldings } from "../domain/holdings.js";
import { createHooks } from "../domain/hooks.js";
import { erasedDocumentJob } from "../jobs/erased.js";
import { finishJob } from "../jobs/finish.js";
import { maskJob } from "../jobs/mask.js";
import { parseJob } from "../jobs/parse.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const given = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`the engine suites need ${name}`);
  return value;
};

export const MAX_BYTES = 1024 * 1024;

/** A room that another process opened, for a worker of its own beside it. */
export interface SharedRoom {
  readonly databaseUrl: string;
  /** Base64. */
  readonly secret: string;
  readonly lockMs: number;
  /** Stands between the room's jobs and what they do, by the port's name. */
  wrap<T extends object>(name: string, port: T): T;
}

async function newDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = new pg.Client({ connectionString: given("DATABASE_URL") });
  await admin.connect();
  const database = `documents_${randomBytes(6).toString("hex")}`;
  await admin.query(`CREATE DATABASE ${database}`);
  const url = new URL(given("DATABASE_URL"));
  url.pathname = `/${database}`;
  await migrate(url.href, [
    { schema: "audit", dir: here("../../../platform/audit/migrations") },
    { schema: "documents", dir: here("../migrations") },
  ]);
  return {
    url: url.href,
    async drop() {
      await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/**
 * The room on real engines, with a database of its own and a Redis number of its own, so that nobody else takes its commands
 * and jobs. Nothing runs in the background: suites start what they need.
 */
export async function openRoom(redisNumber: number, shared?: SharedRoom) {
  const logger = pino({ level: process.env["TEST_LOG_LEVEL"] ?? "silent" });
  const database = shared ? { url: shared.databaseUrl, drop: async () => {} } : await newDatabase();
  const wrap = shared?.wrap ?? (<T extends object>(_name: string, port: T): T => port);
  const redisUrl = new URL(given("REDIS_URL"));
  redisUrl.pathname = `/${redisNumber}`;
  const postgres = createPostgres({ url: database.url, schema: "documents", logger });
  const redis = createRedis(redisUrl.href, "documents-suite", logger);
  const streams = createStreamReader(createBlockingRedis(redisUrl.href, "documents-suite", logger), redis, logger);
  const audit = createAuditLog("documents", postgres, logger);
  const metrics = createMetrics("documents-suite");
  const secret = shared ? Buffer.from(shared.secret, "base64") : randomBytes(32);
  const s3 = createS3({
    endpoint: given("S3_ENDPOINT"),
    region: process.env["S3_REGION"] ?? "us-east-1",
    accessKeyId: given("S3_ACCESS_KEY_ID"),
    secretAccessKey: given("S3_SECRET_ACCESS_KEY"),
    bucket: process.env["S3_BUCKET"] ?? "documents",
  });
  const objects = wrap("objects", s3);
  const progress = createProgressLog(redis, streams);
  const visibility = createVisibilityFeed(redis);
  const overtaken = createOvertakenAttempts(redis);
  const publisher = wrap("publisher", createPublisher(visibility, progress, overtaken));
  const publish = publishNow(publisher, logger);
  const datasets = createDatasetStore(postgres, audit, publish);
  const documents = wrap("documents", createDocumentStore(postgres, audit, publish));
  const uploads = createUploadStore(postgres, audit);
  const attachments = createAttachmentStore(postgres);
  const deletions = createDeletionStore(postgres);
  const pipeline = wrap(
    "pipeline",
    createBullmqPipeline({ redisUrl: redisUrl.href, signActor: actorSigner(secret), overtaken, logger }),
  );
  const webhooks = createWebhookStore(postgres, audit);
  // The suites' own servers are the only addresses inside that may be gone to.
  const guard = createAddressGuard(["127.0.0.1/32"]);
  const fetchGuarded = createGuardedFetch(guard);
  const ledger = createLedger(postgres);
  const outbox = createOutbox(postgres, logger);
  const stage = { documents, publisher, heartbeatMs: 50 };
  const detector = createKoreanDetector();
  const edits = createChunkEditStore(postgres, audit);
  const source = createChunkSource(objects);
  const embedder = new TeiEmbedder({ url: given("TEI_EMBED_URL") });
  const closing: (() => Promise<unknown>)[] = [];

  const jobs = {
    parse: parseJob({
      ...stage,
      datasets,
      objects,
      pipeline,
      detector,
      parser: new EmbeddedParser(),
      attachments,
      detect: detectType,
      maxFileBytes: MAX_BYTES,
      workDir: tmpdir(),
    }),
    mask: maskJob({
      ...stage,
      datasets,
      objects,
      pipeline,
      edits,
      source,
      detector,
      embedder,
    }),
    finish: finishJob({ ...stage, objects, childResults }),
    erased: erasedDocumentJob({ documents, objects, publisher, childResults }),
  };

  return {
    /** What another process needs to work on this room. */
    share: { databaseUrl: database.url, secret: secret.toString("base64") },
    logger,
    postgres,
    redis,
    audit,
    objects,
    datasets,
    documents,
    uploads,
    attachments,
    detect: detectType,
    deletions,
    progress,
    visibility,
    publisher,
    pipeline,
    outbox,
    detector,
    corrections: createCorrections({
      documents,
      datasets,
      edits,
      source,
      detector,
      countTokens: async (text, signal) => (await embedder.countTokens([text], { signal }))[0] ?? 0,
    }),
    ledger,
    jobs,
    admission: createAdmission({
      datasets,
      documents,
      uploads,
      objects,
      detect: detectType,
      sniffBytes: SNIFF_BYTES,
      maxUploadBytes: MAX_BYTES,
      urls: createUrlSource(fetchGuarded),
    }),
    webhooks,
    fetchGuarded,
    webhookMaster: secret,
    hooks: createHooks({ webhooks, datasets, checkAddress: guard.check, master: secret }),
    holdings: createHoldings(datasets, documents),
    /** A worker over one queue, stopped with the room. */
    work(queue: string, definitions: readonly JobDefinition<never>[] | readonly unknown[]) {
      const worker = startWorker({
        queue,
        jobs: definitions as Parameters<typeof startWorker>[0]["jobs"],
        redisUrl: redisUrl.href,
        openActor: actorVerifier(secret),
        overtaken,
        ...(shared ? { lockMs: shared.lockMs } : {}),
        logger,
        metrics,
      });
      closing.push(() => worker.stop());
      return worker;
    },
    onClose: (step: () => Promise<unknown>) => closing.push(step),
    async close() {
      for (const step of closing.reverse()) await step();
      await pipeline.close();
      await fetchGuarded.close();
      await streams.close();
      redis.disconnect();
      s3.close();
      await postgres.close();
      await database.drop();
    },
  };
}

export type Room = Awaited<ReturnType<typeof openRoom>>;

/** A tenant that no other suite knows. */
export const newTenant = (): string => `t-documents-${randomUUID().slice(0, 8)}`;

export const viewerOf = (
  tenantId: string,
  userId: string,
  departments: string[] = [],
  roles: Role[] = ["editor"],
): Viewer => ({ tenantId, userId, departments, roles, expiresAt: Math.floor(Date.now() / 1000) + 3600 });

export const requestOf = (viewer: Viewer) => ({
  viewer,
  traceId: randomBytes(16).toString("hex"),
  signal: AbortSignal.timeout(30_000),
});

/** The value of an outcome that must not be a refusal. */
export function granted<T>(outcome: { value?: T | undefined; refusal?: unknown }): T {
  if (outcome.refusal || outcome.value === undefined) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
  return outcome.value;
}

/** Waits, without guessing how long it takes, until `look` finds something; fails after the limit. */
export async function eventually<T>(look: () => Promise<T | undefined | false>, limitMs = 20_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A data set of the viewer. */
export const newDataset = async (room: Room, viewer: Viewer, department: string | null = null) =>
  granted(
    await room.holdings.createDataset(viewer, { name: `set ${randomUUID().slice(0, 8)}`, department }, "0".repeat(32)),
  );

/** A document from a text, admitted but not yet worked on. */
export const newDocument = async (room: Room, viewer: Viewer, datasetId: string, text: string, name = "note.md") =>
  granted(await room.admission.addText(requestOf(viewer), datasetId, { name, text, metadata: {} }));

export const readDocument = async (room: Room, scope: TenantScope, id: string) =>
  (await room.documents.byIds(scope, [id])).get(id);
