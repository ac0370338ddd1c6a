import { z } from "zod";
import { embedderConfig } from "../../platform/config/config.js";
import { describeError } from "../../platform/errors/errors.js";
import { createRoomClient } from "../../platform/graphql/room-client.js";
import { serveSubgraph } from "../../platform/graphql/server.js";
import { loadMorphology } from "../../platform/language/morphology.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { TeiReranker } from "../../platform/models/tei-reranker.js";
import { runRoom, serveWorkerHealth } from "../../platform/process/process.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import { createOvertakenAttempts } from "../../platform/queue/overtaken.js";
import { startWorker } from "../../platform/queue/worker.js";
import { createProgressLog } from "../../platform/streams/progress.js";
import { createVisibilityFeed } from "../../platform/visibility/visibility.js";
import { fetchArtefact } from "./adapters/artefact.js";
import { createKnowledgeGraphRanker } from "./adapters/knowledge-graph-ranker.js";
import { createPassageCollections } from "./adapters/milvus-collection.js";
import { createMilvusConnection } from "./adapters/milvus-connection.js";
import { createMilvusPassageIndex } from "./adapters/milvus-passage-index.js";
import { createMilvusPassageStore } from "./adapters/milvus-passage-store.js";
import { embedderOf, passageEmbedderOf, rerankerOf } from "./adapters/models.js";
import { createPurgeMarks } from "./adapters/redis-purge-marks.js";
import { createRoomTexts } from "./adapters/room-texts.js";
import { buildRetrievalSchema } from "./api/schema.js";
import { createSearch } from "./domain/search.js";
import { retrievalJobs } from "./jobs/jobs.js";

const config = embedderConfig.extend({
  MILVUS_ADDRESS: z.string().min(1),
  TEI_RERANK_URL: z.string().min(1).optional(),
  KNOWLEDGE_GRAPH_URL: z.string().min(1),
  DOCUMENTS_URL: z.string().min(1),
});

const READY_LIMIT_MS = 2000;

await runRoom("retrieval", "retrieval", config, async (room) => {
  const { logger, metrics, redis } = room;
  const connection = createMilvusConnection(room.config.MILVUS_ADDRESS);
  room.onStop(() => connection.close());
  const collections = createPassageCollections(connection);
  const tei = new TeiEmbedder({ url: room.config.TEI_EMBED_URL });
  const embedder = embedderOf(tei);
  const ready = async (): Promise<void> => {
    await Promise.all([redis.ping(), collections.names(AbortSignal.timeout(READY_LIMIT_MS))]);
  };

  if (room.role === "worker") {
    const progress = createProgressLog(redis, room.streams);
    const worker = startWorker({
      queue: QUEUES.retrieval,
      jobs: retrievalJobs({
        embedder: passageEmbedderOf(tei),
        fetchArtefact,
        store: createMilvusPassageStore(connection, collections),
        visibility: createVisibilityFeed(redis),
        purged: createPurgeMarks(redis),
        report: (tenantId, event) => progress.report(tenantId, event),
      }),
      redisUrl: room.config.REDIS_URL,
      openActor: room.openActor,
      overtaken: createOvertakenAttempts(redis),
      logger,
      metrics,
    });
    room.onStop(() => worker.stop());
    room.onStop(
      await serveWorkerHealth(room.config.PORT, metrics, async () => {
        await Promise.all([worker.ready(), ready()]);
      }),
    );
    logger.info({ port: room.config.PORT }, "retrieval worker is ready");
    return;
  }

  // Before the first question, not during it: reading the dictionary holds the process up.
  await loadMorphology();
  // Asks the model's name and dimension early; a server that is not there yet is asked again by the first question.
  embedder.model(AbortSignal.timeout(READY_LIMIT_MS)).catch(() => {});
  const failures = metrics.counter("llmflow_search_stage_failures_total", "Stages of a search that were left out", [
    "stage",
  ]);
  const seconds = metrics.histogram("llmflow_search_stage_seconds", "Time of each stage of a search", [
    "stage",
    "status",
  ]);
  const roomOf = (name: string, url: string) => createRoomClient({ room: name, url, key: room.key });
  const graphRoom = roomOf("knowledge-graph", room.config.KNOWLEDGE_GRAPH_URL);
  const search = createSearch({
    embedder,
    index: createMilvusPassageIndex(connection, collections),
    graph: createKnowledgeGraphRanker(graphRoom),
    texts: createRoomTexts(graphRoom, roomOf("documents", room.config.DOCUMENTS_URL)),
    visibility: createVisibilityFeed(redis),
    ...(room.config.TEI_RERANK_URL
      ? { reranker: rerankerOf(new TeiReranker({ url: room.config.TEI_RERANK_URL })) }
      : {}),
    onFailure: (stage, error) => {
      failures.inc({ stage });
      logger.warn({ stage, error: describeError(error) }, "a search went on without one of its stages");
    },
  });
  const { schema } = await buildRetrievalSchema({
    async search(request) {
      const outcome = await search(request);
      for (const stage of outcome.stages)
        seconds.observe({ stage: stage.name, status: stage.status }, stage.milliseconds / 1000);
      return outcome;
    },
  });
  const server = await serveSubgraph({
    name: "retrieval",
    schema,
    port: room.config.PORT,
    logger,
    metrics,
    tracing: room.tracing,
    authenticate: room.authenticate,
    onRefused: (error, traceId) =>
      void room.audit.note(undefined, { action: "request.refuse", outcome: "REFUSED", reason: error.code, traceId }),
    contextOf: (base) => base,
    ready,
  });
  room.onStop(() => server.stop());
});
