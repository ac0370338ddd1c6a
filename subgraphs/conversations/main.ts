import { z } from "zod";
import { jsonOf } from "../../platform/config/config.js";
import { newId } from "../../platform/graphql/ids.js";
import { createRoomClient } from "../../platform/graphql/room-client.js";
import { serveSubgraph } from "../../platform/graphql/server.js";
import { FallbackChat } from "../../platform/models/fallback-chat.js";
import { OpenAiChat } from "../../platform/models/openai-chat.js";
import type { ChatModel } from "../../platform/models/ports.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { createKoreanDetector } from "../../platform/pii/korean-detector.js";
import { type RoomProcess, runRoom, serveWorkerHealth } from "../../platform/process/process.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import { startWorker } from "../../platform/queue/worker.js";
import { createBlockingRedis, createRedis } from "../../platform/redis/redis.js";
import { createVisibilityFeed } from "../../platform/visibility/visibility.js";
import { createAnswerQueue } from "./adapters/bullmq-answers.js";
import { createMeaningComparison } from "./adapters/embedded-meaning.js";
import { createAnswerStore } from "./adapters/postgres-answers.js";
import { createConversationStore } from "./adapters/postgres-conversations.js";
import { createFeedbackStore } from "./adapters/postgres-feedback.js";
import { createRedactions } from "./adapters/postgres-redactions.js";
import { createSettingsStore } from "./adapters/postgres-settings.js";
import { createUsageStore } from "./adapters/postgres-usage.js";
import { createAnswerCache } from "./adapters/redis-answer-cache.js";
import { createAnswerStream } from "./adapters/redis-answer-stream.js";
import { createCancellations } from "./adapters/redis-cancellations.js";
import { createListeners } from "./adapters/redis-listeners.js";
import { createSessionCache } from "./adapters/redis-session.js";
import { createStreamPlaces } from "./adapters/redis-stream-places.js";
import { createWriters } from "./adapters/redis-writers.js";
import { createPassageSearch } from "./adapters/retrieval-client.js";
import { createDocumentAccess } from "./adapters/visible-documents.js";
import { buildConversationsSchema } from "./api/schema.js";
import { createAsking } from "./domain/asking.js";
import { createCachedAnswers } from "./domain/cached-answers.js";
import { createChatHistory } from "./domain/history.js";
import { createModelCatalogue } from "./domain/models.js";
import { pricesSchema } from "./domain/prices.js";
import { createAnswerJob } from "./jobs/answer.js";
import { createAssistant } from "./jobs/assistant.js";
import { redactDocumentJob } from "./jobs/redact.js";
import { startSweep } from "./jobs/sweep.js";

const milliseconds = z.coerce.number().int().positive().default(60_000);
const config = z.object({
  RETRIEVAL_URL: z.string().min(1),
  LLM_URL: z.string().min(1),
  LLM_MODEL: z.string().min(1),
  LLM_API_KEY: z.string().min(1).optional(),
  /** Asked while the model does not answer; on the same server unless it has one of its own. */
  LLM_FALLBACK_MODEL: z.string().min(1).optional(),
  LLM_FALLBACK_URL: z.string().min(1).optional(),
  LLM_FALLBACK_API_KEY: z.string().min(1).optional(),
  /** Milliseconds until the model begins to answer, and of its longest silence after that. */
  LLM_START_TIMEOUT_MS: milliseconds,
  LLM_IDLE_TIMEOUT_MS: milliseconds,
  /** Whether the model is up to small works around a chat: follow-ups made to stand alone, summaries. Without, rules do them. */
  LLM_ASSISTS: z.enum(["true", "false"]).default("false"),
  LLM_PRICES: jsonOf(pricesSchema).optional(),
  /** Answer streams open at once. */
  STREAMS_PER_USER: z.coerce.number().int().positive().default(500),
  STREAMS_PER_TENANT: z.coerce.number().int().positive().default(2000),
  // An evicting Redis of its own for answers; without it, none are kept.
  CACHE_REDIS_URL: z.string().min(1).optional(),
  // Without it, citations are judged by their words alone, and no question is similar to another.
  TEI_EMBED_URL: z.string().min(1).optional(),
});
/** Answers wait for other machines nearly all the time. */
const ANSWERS_AT_ONCE = 64;

/** The configured model, with the one that stands in for it. */
function openModel({ config: c, logger }: RoomProcess<z.output<typeof config>>): ChatModel {
  const chat = (url: string, model: string, apiKey: string | undefined) =>
    new OpenAiChat({
      url,
      model,
      apiKey,
      startTimeoutMs: c.LLM_START_TIMEOUT_MS,
      idleTimeoutMs: c.LLM_IDLE_TIMEOUT_MS,
    });
  const primary = chat(c.LLM_URL, c.LLM_MODEL, c.LLM_API_KEY);
  const model = c.LLM_FALLBACK_MODEL;
  if (model === undefined) return primary;
  const key = c.LLM_FALLBACK_URL === undefined ? c.LLM_API_KEY : c.LLM_FALLBACK_API_KEY;
  return new FallbackChat(primary, {
    chat: chat(c.LLM_FALLBACK_URL ?? c.LLM_URL, model, key),
    model,
    onFallback: (error) => logger.warn({ component: "llm", reason: error.message }, "the fallback model answers"),
  });
}

function open(p: RoomProcess<z.output<typeof config>>) {
  const { LLM_MODEL, LLM_PRICES, REDIS_URL } = p.config;
  const model = openModel(p);
  const queue = createAnswerQueue({
    redisUrl: REDIS_URL,
    signActor: p.signActor,
    onError: (error) => p.logger.warn({ component: "queue", reason: error.message }, "queue connection"),
  });
  p.onStop(() => queue.close());
  return {
    model,
    queue,
    prices: LLM_PRICES,
    currency: LLM_PRICES?.currency ?? null,
    usage: createUsageStore(p.postgres),
    models: createModelCatalogue(model, LLM_MODEL),
    detector: createKoreanDetector(),
    conversations: createConversationStore(p.postgres, p.audit),
    answers: createAnswerStore(p.postgres, p.audit),
    settings: createSettingsStore(p.postgres, p.audit),
    stream: createAnswerStream(p.redis, p.streams),
    session: createSessionCache(p.redis),
    listeners: createListeners(p.redis),
    writers: createWriters(p.redis),
  };
}

async function serve(p: RoomProcess<z.output<typeof config>>): Promise<void> {
  const room = open(p);
  const cancellations = await createCancellations(p.redis, undefined, p.logger);
  const asking = createAsking({ ...room, cancellations, defaultModel: p.config.LLM_MODEL, logger: p.logger });
  const { schema } = await buildConversationsSchema({
    ...room,
    asking,
    audit: p.audit,
    feedback: createFeedbackStore(p.postgres),
    documents: createDocumentAccess(createVisibilityFeed(p.redis)),
    follow: {
      ...room,
      places: createStreamPlaces(p.redis, {
        perUser: p.config.STREAMS_PER_USER,
        perTenant: p.config.STREAMS_PER_TENANT,
      }),
      newListenerId: () => newId("Message"),
      cancel: (scope, answerId, traceId) => asking.cancel(scope, answerId, traceId),
    },
  });
  const server = await serveSubgraph({
    name: p.room,
    schema,
    port: p.config.PORT,
    logger: p.logger,
    metrics: p.metrics,
    tracing: p.tracing,
    authenticate: p.authenticate,
    contextOf: (base) => base,
    onRefused: (error, traceId) =>
      void p.audit.note(undefined, { action: "request", outcome: "REFUSED", reason: error.code, traceId }),
    ready: async () => {
      await p.postgres.ping();
      await p.redis.ping();
    },
  });
  p.onStop(() => server.stop());
}

async function work(p: RoomProcess<z.output<typeof config>>): Promise<void> {
  const room = open(p);
  const subscriber = createBlockingRedis(p.config.REDIS_URL, "conversations:cancellations", p.logger);
  p.onStop(async () => subscriber.disconnect());
  const { CACHE_REDIS_URL, TEI_EMBED_URL } = p.config;
  const embedder = TEI_EMBED_URL ? new TeiEmbedder({ url: TEI_EMBED_URL }) : undefined;
  const cacheRedis = CACHE_REDIS_URL ? createRedis(CACHE_REDIS_URL, "conversations:answers", p.logger) : undefined;
  p.onStop(async () => cacheRedis?.disconnect());
  const cache = cacheRedis && createAnswerCache(cacheRedis, embedder);
  const dependencies = {
    ...room,
    tracing: p.tracing,
    redactions: createRedactions(p.postgres),
    cache,
    cached: createCachedAnswers(cache, createDocumentAccess(createVisibilityFeed(p.redis))),
    meaning: embedder && createMeaningComparison(embedder),
    history: createChatHistory(room.conversations, room.session),
    search: createPassageSearch(createRoomClient({ room: "retrieval", url: p.config.RETRIEVAL_URL, key: p.key })),
    cancellations: await createCancellations(p.redis, subscriber, p.logger),
    windowOf: room.models.windowOf,
    assistant: p.config.LLM_ASSISTS === "true" ? createAssistant(room) : undefined,
  };
  const worker = startWorker({
    queue: QUEUES.conversations,
    jobs: [createAnswerJob(dependencies), redactDocumentJob(dependencies)],
    redisUrl: p.config.REDIS_URL,
    openActor: p.openActor,
    logger: p.logger,
    metrics: p.metrics,
    concurrency: ANSWERS_AT_ONCE,
  });
  p.onStop(startSweep({ ...room, logger: p.logger }));
  p.onStop(() => worker.stop());
  p.onStop(await serveWorkerHealth(p.config.PORT, p.metrics, () => worker.ready()));
  p.logger.info({ port: p.config.PORT }, "answering");
}

await runRoom("conversations", "conversations", config, (p) => (p.role === "worker" ? work(p) : serve(p)));
