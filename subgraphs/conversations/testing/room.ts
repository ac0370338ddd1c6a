import { randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createAuditLog } from "../../../platform/audit/audit.js";
import { actorSigner, actorVerifier } from "../../../platform/auth/actor.js";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { createLogger } from "../../../platform/logging/logger.js";
import { OpenAiChat } from "../../../platform/models/openai-chat.js";
import { createKoreanDetector } from "../../../platform/pii/korean-detector.js";
import { migrate } from "../../../platform/postgres/migrate.js";
import { createPostgres } from "../../../platform/postgres/postgres.js";
import { startWorker } from "../../../platform/queue/worker.js";
import { createBlockingRedis, createRedis } from "../../../platform/redis/redis.js";
import { createStreamReader } from "../../../platform/streams/stream-reader.js";
import { createMetrics } from "../../../platform/telemetry/metrics.js";
import { NO_TRACING, type Tracing } from "../../../platform/telemetry/tracing.js";
import { createVisibilityFeed } from "../../../platform/visibility/visibility.js";
import { createAnswerQueue } from "../adapters/bullmq-answers.js";
import { createAnswerStore } from "../adapters/postgres-answers.js";
import { createConversationStore } from "../adapters/postgres-conversations.js";
import { createFeedbackStore } from "../adapters/postgres-feedback.js";
import { createRedactions } from "../adapters/postgres-redactions.js";
import { createSettingsStore } from "../adapters/postgres-settings.js";
import { createUsageStore } from "../adapters/postgres-usage.js";
import { createAnswerStream } from "../adapters/redis-answer-stream.js";
import { createCancellations } from "../adapters/redis-cancellations.js";
import { createListeners } from "../adapters/redis-listeners.js";
import { createSessionCache } from "../adapters/redis-session.js";
import { createStreamPlaces } from "../adapters/redis-stream-places.js";
import { createWriters } from "../adapters/redis-writers.js";
import { createDocumentAccess } from "../adapters/visible-documents.js";
import type { ConversationServices } from "../api/services.js";
import { createAsking } from "../domain/asking.js";
import { createCachedAnswers } from "../domain/cached-answers.js";
import { createChatHistory } from "../domain/history.js";
import type { MeaningComparison } from "../domain/meaning.js";
import { createModelCatalogue } from "../domain/models.js";
import { createAnswerJob } from "../jobs/answer.js";
import { createAssistant } from "../jobs/assistant.js";
import type { AnswerQueue, DocumentAccess, PassageSearch } from "../ports.js";
import type { AnswerCache, BuiltFrom } from "../trust-ports.js";

const ROOM = fileURLToPath(new URL("../", import.meta.url));
const AUDIT = fileURLToPath(new URL("../../../platform/audit/migrations", import.meta.url));

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests need the real engines`);
  return value;
};

export const databaseUrl = (): string => required("DATABASE_URL");
/** A logical database of Redis of this room's tests, so that no other worker takes their jobs. */
export const redisUrl = (): string => new URL("/9", required("REDIS_URL")).href;

/** The evicting Redis of the environment, or another number of the only one. */
export const cacheUrl = (): string => process.env["CACHE_REDIS_URL"] ?? new URL("/10", required("REDIS_URL")).href;
export const embedderUrl = (): string => required("TEI_EMBED_URL");

/** Makes the room's tables, once per database. */
export const prepareDatabase = (): Promise<string[]> =>
  migrate(databaseUrl(), [
    { schema: "audit", dir: AUDIT },
    { schema: "conversations", dir: `${ROOM}migrations` },
  ]);

export const someViewer = (fields: Partial<Viewer> = {}): Viewer => ({
  tenantId: `t-conversations-${randomBytes(6).toString("hex")}`,
  userId: `u-${randomBytes(4).toString("hex")}`,
  departments: ["hr"],
  roles: ["member"],
  expiresAt: Math.floor(Date.now() / 1000) + 3600,
  ...fields,
});

const ACTOR_SECRET = new TextEncoder().encode("conversations-tests-conversations-tests");

/** What the model of these tests costs. */
export const PRICES = { currency: "USD", models: { double: { input: 10, output: 1000 } } };

export interface ReplicaOptions {
  readonly llmUrl: string;
  readonly queue: string;
  readonly streamTtlSeconds?: number;
  readonly leaseMilliseconds?: number;
  readonly idleTimeoutMs?: number;
  readonly streams?: { readonly perUser: number; readonly perTenant: number };
  readonly assists?: boolean;
  readonly tracing?: Tracing;
  /** Stands before the queue, e.g. to lose a job. */
  readonly wrapQueue?: (queue: AnswerQueue) => AnswerQueue;
  /** How citations are compared by meaning; default: not at all. */
  readonly meaning?: MeaningComparison;
  /** Where answers are kept; default: nowhere. */
  readonly cache?: AnswerCache;
}

/** One process's worth of the room, wired like `main.ts` does it, without its HTTP server. */
export async function openReplica(options: ReplicaOptions) {
  const logger = createLogger("conversations-test", "silent");
  const redis = createRedis(redisUrl(), "test", logger);
  const reader = createStreamReader(createBlockingRedis(redisUrl(), "test", logger), redis, logger);
  const subscriber = createBlockingRedis(redisUrl(), "test:cancellations", logger);
  const postgres = createPostgres({ url: databaseUrl(), schema: "conversations", logger });
  const audit = createAuditLog("conversations", postgres, logger);
  const model = new OpenAiChat({
    url: options.llmUrl,
    model: "double",
    ...(options.idleTimeoutMs === undefined
      ? {}
      : { idleTimeoutMs: options.idleTimeoutMs, startTimeoutMs: options.idleTimeoutMs }),
  });
  const bullmq = createAnswerQueue({
    redisUrl: redisUrl(),
    signActor: actorSigner(ACTOR_SECRET),
    onError: () => {},
    queue: options.queue,
  });
  const queue = options.wrapQueue?.(bullmq) ?? bullmq;
  const conversations = createConversationStore(postgres, audit);
  const answers = createAnswerStore(postgres, audit);
  const stream = createAnswerStream(redis, reader, options.streamTtlSeconds);
  const session = createSessionCache(redis);
  const settings = createSettingsStore(postgres, audit);
  const redactions = createRedactions(postgres);
  const listeners = createListeners(redis, options.leaseMilliseconds);
  const writers = createWriters(redis);
  const models = createModelCatalogue(model, "double");
  const detector = createKoreanDetector();
  const cancellations = await createCancellations(redis, subscriber, logger);
  const asking = createAsking({
    answers,
    stream,
    session,
    queue,
    cancellations,
    settings,
    detector,
    defaultModel: "double",
    logger,
  });
  const documents: DocumentAccess & BuiltFrom = createDocumentAccess(createVisibilityFeed(redis));
  const services: ConversationServices = {
    conversations,
    answers,
    asking,
    stream,
    session,
    settings,
    feedback: createFeedbackStore(postgres),
    detector,
    documents,
    models,
    follow: {
      answers,
      stream,
      listeners,
      writers,
      places: createStreamPlaces(redis, options.streams ?? { perUser: 100, perTenant: 100 }),
      newListenerId: randomUUID,
      cancel: (scope, id, traceId) => asking.cancel(scope, id, traceId),
    },
    audit,
    usage: createUsageStore(postgres),
    currency: PRICES.currency,
  };
  return {
    ...services,
    queue,
    redis,
    postgres,
    logger,
    services,
    listeners,
    writers,
    redactions,
    cache: options.cache,
    visibility: createVisibilityFeed(redis),
    /** A worker of this replica that finds what `search` finds. */
    startWorker(search: PassageSearch) {
      return startWorker({
        queue: options.queue,
        jobs: [
          createAnswerJob({
            answers,
            conversations,
            tracing: options.tracing ?? NO_TRACING,
            assistant: options.assists
              ? createAssistant({ model, detector, usage: services.usage, prices: PRICES })
              : undefined,
            stream,
            session,
            redactions,
            settings,
            cache: options.cache,
            cached: createCachedAnswers(options.cache, documents),
            meaning: options.meaning,
            history: createChatHistory(conversations, session),
            search,
            model,
            detector,
            cancellations,
            listeners,
            writers,
            prices: PRICES,
            windowOf: models.windowOf,
          }),
        ],
        redisUrl: redisUrl(),
        openActor: actorVerifier(ACTOR_SECRET),
        logger,
        metrics: createMetrics("test"),
        concurrency: 16,
      });
    },
    async close() {
      await bullmq.close();
      await reader.close();
      subscriber.disconnect();
      await postgres.close();
      redis.disconnect();
    },
  };
}

export type Replica = Awaited<ReturnType<typeof openReplica>>;
