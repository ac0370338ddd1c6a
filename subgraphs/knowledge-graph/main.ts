import { z } from "zod";
import { serveSubgraph } from "../../platform/graphql/server.js";
import { loadMorphology } from "../../platform/language/morphology.js";
import { OpenAiChat } from "../../platform/models/openai-chat.js";
import { runRoom, serveWorkerHealth } from "../../platform/process/process.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import { createOvertakenAttempts } from "../../platform/queue/overtaken.js";
import { startWorker } from "../../platform/queue/worker.js";
import { createProgressLog } from "../../platform/streams/progress.js";
import { createVisibilityFollower } from "../../platform/visibility/follower.js";
import { fetchArtefact } from "./adapters/artefact.js";
import { modelExtractor } from "./adapters/model-extractor.js";
import { openNeo4j, READ_TIMEOUT_MS } from "./adapters/neo4j-database.js";
import { buildNodeSchema, neo4jNodes } from "./adapters/neo4j-nodes.js";
import { neo4jOverlay } from "./adapters/neo4j-overlay.js";
import { keepPlans, withReplan } from "./adapters/neo4j-plans.js";
import { neo4jReader } from "./adapters/neo4j-reader.js";
import { ensureGraphSchema } from "./adapters/neo4j-schema.js";
import { neo4jWalkReader } from "./adapters/neo4j-walk.js";
import { neo4jWriter } from "./adapters/neo4j-writer.js";
import { buildKnowledgeGraphSchema } from "./api/schema.js";
import { formExtractor } from "./domain/extraction/extractor.js";
import { rehearseFields, rehearseWalk } from "./domain/rehearsal.js";
import { discardGenerationJob } from "./jobs/discard.js";
import { extractJob } from "./jobs/extract.js";
import { startFollowing } from "./jobs/follow.js";
import { inventoryOfTenantJob } from "./jobs/inventory.js";
import { purgeDocumentJob } from "./jobs/purge.js";
import { switchGenerationJob } from "./jobs/switch.js";

const ROOM = "knowledge-graph";
const config = z.object({
  NEO4J_URI: z.string().min(1),
  NEO4J_USER: z.string().min(1),
  NEO4J_PASSWORD: z.string().min(1),
  /** With an address and a model's name a language model reads the chunks, too; without, their form alone is read. */
  GRAPH_LLM_URL: z.string().min(1).optional(),
  GRAPH_LLM_MODEL: z.string().min(1).optional(),
  GRAPH_LLM_API_KEY: z.string().min(1).optional(),
  /** Model tokens that one document may take. */
  GRAPH_LLM_DOCUMENT_TOKENS: z.coerce.number().int().positive().default(200_000),
});
const READY_MS = 2500;
const SCHEMA_MS = 90_000;

await runRoom(ROOM, "knowledge_graph", config, async (p) => {
  const { logger, metrics } = p;
  const database = openNeo4j({
    uri: p.config.NEO4J_URI,
    user: p.config.NEO4J_USER,
    password: p.config.NEO4J_PASSWORD,
    logger,
  });
  p.onStop(() => database.close());
  const feed = createVisibilityFollower(p.redis, "knowledge-graph");
  let planned: Promise<void> = Promise.resolve();
  const ready = async (): Promise<void> => {
    await Promise.all([database.ping(AbortSignal.timeout(READY_MS)), p.redis.ping(), planned]);
  };

  if (p.role === "worker") {
    await ensureGraphSchema(database, AbortSignal.timeout(SCHEMA_MS));
    const { analyze } = await loadMorphology();
    const progress = createProgressLog(p.redis, p.streams);
    const writer = neo4jWriter(database);
    const follow = { writer, feed };
    const { GRAPH_LLM_URL: url, GRAPH_LLM_MODEL: model, GRAPH_LLM_API_KEY: apiKey } = p.config;
    const extractor =
      url && model
        ? modelExtractor({
            chat: new OpenAiChat({ url, model, apiKey }),
            analyze,
            tokensPerDocument: p.config.GRAPH_LLM_DOCUMENT_TOKENS,
          })
        : formExtractor(analyze);
    const reads = metrics.counter("llmflow_graph_chunks_read_total", "Chunks by how their entities were read", [
      "read_by",
    ]);
    const worker = startWorker({
      queue: QUEUES.knowledgeGraph,
      jobs: [
        extractJob({
          ...follow,
          fetchArtefact,
          extractor,
          onRead: (readBy) => reads.inc({ read_by: readBy }),
          report: progress.report,
        }),
        switchGenerationJob(follow),
        purgeDocumentJob(follow),
        discardGenerationJob(writer),
        inventoryOfTenantJob(writer),
      ],
      redisUrl: p.config.REDIS_URL,
      openActor: p.openActor,
      overtaken: createOvertakenAttempts(p.redis),
      logger,
      metrics,
      concurrency: 2,
    });
    p.onStop(() => worker.stop());
    await worker.ready();
    const following = startFollowing(follow, logger);
    p.onStop(() => following.stop());
    p.onStop(await serveWorkerHealth(p.config.PORT, metrics, ready));
    logger.info({ port: p.config.PORT }, `${ROOM} worker is ready`);
    return;
  }

  const nodeSchema = await buildNodeSchema(database.driver);
  const { schema } = await buildKnowledgeGraphSchema({
    nodes: neo4jNodes(nodeSchema, logger),
    graph: neo4jReader(database),
    walk: neo4jWalkReader(database),
    readings: { pending: feed.pending, store: neo4jOverlay(database) },
  });
  // Readiness waits for the first plans, serving does not: they take the store seconds, and one that is away must not keep the
  // process from its health and its typed refusals.
  const plans = keepPlans(
    database,
    {
      first: (replan, signal) => rehearseWalk({ walk: neo4jWalkReader(withReplan(database, replan)) }, signal),
      rest: (replan, signal) =>
        rehearseFields(
          {
            graph: neo4jReader(withReplan(database, replan)),
            nodes: neo4jNodes(nodeSchema, logger, READ_TIMEOUT_MS, replan),
          },
          signal,
        ),
    },
    logger,
  );
  planned = plans.ready;
  p.onStop(() => plans.stop());
  const server = await serveSubgraph({
    name: ROOM,
    schema,
    port: p.config.PORT,
    logger,
    metrics,
    authenticate: p.authenticate,
    onRefused: (error, traceId) =>
      void p.audit.note(undefined, { action: "request.authenticate", outcome: "REFUSED", reason: error.code, traceId }),
    contextOf: (base) => base,
    ready,
  });
  p.onStop(() => server.stop());
});
