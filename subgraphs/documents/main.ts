import "reflect-metadata";
import { tmpdir } from "node:os";
import { z } from "zod";
import { embedderConfig, outboundConfig, s3Config } from "../../platform/config/config.js";
import { serveSubgraph } from "../../platform/graphql/server.js";
import { createAddressGuard, parseAllowed } from "../../platform/http/address-guard.js";
import { createGuardedFetch } from "../../platform/http/guarded-fetch.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { createKoreanDetector } from "../../platform/pii/korean-detector.js";
import { createCombinedDetector, createPresidioDetector } from "../../platform/pii/presidio-detector.js";
import { runRoom, serveWorkerHealth } from "../../platform/process/process.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import { createOvertakenAttempts } from "../../platform/queue/overtaken.js";
import { startWorker } from "../../platform/queue/worker.js";
import { createProgressLog } from "../../platform/streams/progress.js";
import { traceIdFrom } from "../../platform/telemetry/trace.js";
import { createVisibilityFeed } from "../../platform/visibility/visibility.js";
import { childResults, createBullmqPipeline } from "./adapters/bullmq-pipeline.js";
import { createChunkSource } from "./adapters/chunk-source.js";
import { detectType, SNIFF_BYTES } from "./adapters/embedded-parser/detect.js";
import { EmbeddedParser } from "./adapters/embedded-parser/embedded-parser.js";
import { findTesseract } from "./adapters/embedded-parser/ocr/find-tesseract.js";
import { createAttachmentStore } from "./adapters/postgres-attachments.js";
import { createChunkEditStore } from "./adapters/postgres-chunk-edits.js";
import { createDatasetStore } from "./adapters/postgres-datasets.js";
import { createDocumentStore } from "./adapters/postgres-documents.js";
import { createLedger } from "./adapters/postgres-ledger.js";
import { createOutbox, DEFAULT_PER_TENANT } from "./adapters/postgres-outbox.js";
import { createDeletionStore, createUploadStore } from "./adapters/postgres-uploads.js";
import { createWebhookStore } from "./adapters/postgres-webhooks.js";
import { createPublisher, publishNow } from "./adapters/redis-publisher.js";
import { createS3 } from "./adapters/s3.js";
import { STRATEGIES, UnstructuredClient } from "./adapters/unstructured/client.js";
import { UnstructuredParser } from "./adapters/unstructured/unstructured-parser.js";
import { createUrlSource } from "./adapters/url-source.js";
import { buildDocumentsSchema } from "./api/schema.js";
import { createAdmission } from "./domain/admission.js";
import { createCorrections } from "./domain/corrections.js";
import { createHoldings } from "./domain/holdings.js";
import { createHooks } from "./domain/hooks.js";
import { DEFAULT_MAX_UPLOAD_BYTES } from "./domain/upload.js";
import { erasedDocumentJob } from "./jobs/erased.js";
import { finishJob } from "./jobs/finish.js";
import { maskJob } from "./jobs/mask.js";
import { parseJob } from "./jobs/parse.js";
import { startReconciler, sweepOnce } from "./jobs/reconciler.js";
import { startRelay } from "./jobs/relay.js";
import { startSweep } from "./jobs/sweep.js";
import { startWebhookSender } from "./jobs/webhooks.js";

const HEARTBEAT_MS = 2000;

const config = z.object({
  ...s3Config.shape,
  ...embedderConfig.shape,
  /** A Tesseract with kor and eng; the usual places are looked at when unset. */
  TESSERACT_PATH: z.string().optional(),
  UNSTRUCTURED_URL: z.url({ protocol: /^https?$/ }).optional(),
  UNSTRUCTURED_API_KEY: z.string().optional(),
  UNSTRUCTURED_STRATEGY: z.enum(STRATEGIES).default("auto"),
  UNSTRUCTURED_WHEN_AWAY: z.enum(["embedded", "fail"]).default("embedded"),
  PRESIDIO_URL: z.url({ protocol: /^https?$/ }).optional(),
  ...outboundConfig.shape,
  MAX_UPLOAD_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .default(DEFAULT_MAX_UPLOAD_BYTES),
  JOBS_PER_TENANT: z.coerce.number().int().min(1).max(1000).default(DEFAULT_PER_TENANT),
});

await runRoom("documents", "documents", config, async (p) => {
  const { logger, postgres, redis, metrics, audit } = p;
  const objects = createS3({
    endpoint: p.config.S3_ENDPOINT,
    region: p.config.S3_REGION,
    accessKeyId: p.config.S3_ACCESS_KEY_ID,
    secretAccessKey: p.config.S3_SECRET_ACCESS_KEY,
    bucket: p.config.S3_BUCKET,
  });
  p.onStop(async () => objects.close());
  const progress = createProgressLog(redis, p.streams);
  const overtaken = createOvertakenAttempts(redis);
  const publisher = createPublisher(createVisibilityFeed(redis), progress, overtaken);
  const publish = publishNow(publisher, logger);
  const datasets = createDatasetStore(postgres, audit, publish);
  const documents = createDocumentStore(postgres, audit, publish);
  const uploads = createUploadStore(postgres, audit);
  const deletions = createDeletionStore(postgres);
  const builtIn = createKoreanDetector();
  // A remote detector adds to the built-in one, which alone knows account numbers and needs no network.
  const detector = p.config.PRESIDIO_URL
    ? createCombinedDetector([builtIn, createPresidioDetector({ url: p.config.PRESIDIO_URL })])
    : builtIn;
  const edits = createChunkEditStore(postgres, audit);
  const source = createChunkSource(objects);
  const embedder = new TeiEmbedder({ url: p.config.TEI_EMBED_URL });
  const webhooks = createWebhookStore(postgres, audit);
  const guard = createAddressGuard(parseAllowed(p.config.OUTBOUND_ALLOW));
  const fetchGuarded = createGuardedFetch(guard);
  p.onStop(() => fetchGuarded.close());
  const master = new TextEncoder().encode(p.config.ACTOR_SECRET);
  const ready = async (): Promise<void> => {
    await Promise.all([postgres.ping(), redis.ping(), objects.ping()]);
  };

  if (p.role === "api") {
    const admission = createAdmission({
      datasets,
      documents,
      uploads,
      objects,
      detect: detectType,
      sniffBytes: SNIFF_BYTES,
      maxUploadBytes: p.config.MAX_UPLOAD_BYTES,
      urls: createUrlSource(fetchGuarded),
    });
    const holdings = createHoldings(datasets, documents);
    const corrections = createCorrections({
      documents,
      datasets,
      edits,
      source,
      detector,
      countTokens: async (text, signal) => (await embedder.countTokens([text], { signal }))[0] ?? 0,
    });
    const hooks = createHooks({ webhooks, datasets, checkAddress: guard.check, master });
    const { schema } = await buildDocumentsSchema({
      holdings,
      corrections,
      admission,
      datasets,
      documents,
      attachments: createAttachmentStore(postgres),
      deletions,
      hooks,
      webhooks,
      objects,
      progress,
      audit,
    });
    const server = await serveSubgraph({
      name: p.room,
      schema,
      port: p.config.PORT,
      logger,
      metrics,
      authenticate: p.authenticate,
      onRefused: (error, traceId) =>
        void audit.note(undefined, { action: "request.refuse", outcome: "REFUSED", reason: error.code, traceId }),
      contextOf: (base) => base,
      ready,
    });
    p.onStop(() => server.stop());
    return;
  }

  const pipeline = createBullmqPipeline({ redisUrl: p.config.REDIS_URL, signActor: p.signActor, overtaken, logger });
  p.onStop(() => pipeline.close());
  const ledger = createLedger(postgres);
  const reconciling = { ledger, documents, objects, pipeline, publisher };
  if (p.role === "sweep") {
    const found = await sweepOnce(reconciling, {
      repair: p.args.includes("--repair"),
      tell: (report) => process.stdout.write(`${JSON.stringify(report)}\n`),
    });
    return p.end(found === 0 ? 0 : 3);
  }
  const tesseractPath = await findTesseract(p.config.TESSERACT_PATH);
  const embedded = new EmbeddedParser(tesseractPath === undefined ? {} : { tesseractPath });
  const parser = p.config.UNSTRUCTURED_URL ? unstructuredParser(p.config.UNSTRUCTURED_URL) : embedded;
  logger.info({ parser: parser === embedded ? "embedded" : "unstructured", tesseractPath }, "documents are read");
  function unstructuredParser(url: string): UnstructuredParser {
    const client = new UnstructuredClient({ url, apiKey: p.config.UNSTRUCTURED_API_KEY });
    const stopping = new AbortController();
    p.onStop(async () => stopping.abort(new Error("the worker stops")));
    void client
      .warmUp(stopping.signal)
      .catch((error: unknown) => logger.warn({ err: error }, "Unstructured is not warmed up"));
    const { UNSTRUCTURED_STRATEGY: strategy, UNSTRUCTURED_WHEN_AWAY: whenAway } = p.config;
    return new UnstructuredParser({ client, embedded, strategy, whenAway, logger });
  }

  const stage = { documents, publisher, heartbeatMs: HEARTBEAT_MS };
  const worker = startWorker({
    queue: QUEUES.documents,
    redisUrl: p.config.REDIS_URL,
    openActor: p.openActor,
    overtaken,
    logger,
    metrics,
    jobs: [
      parseJob({
        ...stage,
        datasets,
        objects,
        pipeline,
        detector,
        attachments: createAttachmentStore(postgres),
        detect: detectType,
        parser,
        maxFileBytes: p.config.MAX_UPLOAD_BYTES,
        workDir: tmpdir(),
      }),
      maskJob({
        ...stage,
        datasets,
        objects,
        pipeline,
        edits,
        source,
        detector,
        embedder,
      }),
      finishJob({ ...stage, objects, childResults }),
      erasedDocumentJob({ documents, objects, publisher, childResults }),
    ],
  });
  p.onStop(() => worker.stop());
  const outbox = createOutbox(postgres, logger, { perTenant: p.config.JOBS_PER_TENANT });
  const relay = await startRelay({ outbox, pipeline, publisher, objects, logger });
  p.onStop(() => relay.stop());
  const sweep = startSweep({ documents, deletions, uploads, webhooks, pipeline, publisher, objects, logger }, () =>
    traceIdFrom(undefined),
  );
  p.onStop(() => sweep.stop());
  const sender = await startWebhookSender({ webhooks, fetch: fetchGuarded, master, logger });
  p.onStop(() => sender.stop());
  const reconciler = startReconciler(reconciling, logger, metrics);
  p.onStop(() => reconciler.stop());
  p.onStop(await serveWorkerHealth(p.config.PORT, metrics, () => Promise.all([ready(), worker.ready()])));
});
