import { type Job, UnrecoverableError, Worker } from "bullmq";
import type { z } from "zod";
import type { TenantScope } from "../auth/viewer.js";
import { describeError } from "../errors/errors.js";
import type { Logger } from "../logging/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import type { OvertakenAttempts } from "./overtaken.js";

/** What a handler gets beside its payload. */
export interface JobRun {
  /** The verified tenant, user and departments on whose behalf the job runs. */
  readonly scope: TenantScope;
  readonly traceId: string;
  /** Aborts when the job's time is up or the worker shuts down. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly job: Job;
}

/** One kind of job: its payload's schema, its time limit, and a handler that may be run twice. */
export interface JobDefinition<S extends z.ZodType> {
  readonly name: string;
  readonly schema: S;
  readonly timeoutMs: number;
  readonly handle: (payload: z.output<S>, run: JobRun) => Promise<unknown>;
}

/** Ends a job without further attempts: the input can never succeed. */
export class PermanentFailure extends UnrecoverableError {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = "PermanentFailure";
  }
}

/** Keeps the schema's type with its handler. */
export const defineJob = <S extends z.ZodType>(definition: JobDefinition<S>): JobDefinition<z.ZodType> =>
  definition as unknown as JobDefinition<z.ZodType>;

export interface WorkerOptions {
  readonly queue: string;
  readonly jobs: readonly JobDefinition<z.ZodType>[];
  readonly redisUrl: string;
  readonly openActor: (actor: string) => Promise<TenantScope>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly concurrency?: number;
  /** Jobs of an attempt that is called off meanwhile are aborted within about a second. */
  readonly overtaken?: OvertakenAttempts;
  /** Milliseconds until a killed worker's job is taken over; suites that kill workers shorten it. */
  readonly lockMs?: number;
}

/** A killed worker's job is taken over after its lock ends (this long), however often that happens. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 3000;
const MAX_STALLED = 20;
/** How often a running job is asked for whether its attempt still counts. */
const OVERTAKEN_CHECK_MS = 1000;

/** Starts a worker over one queue. `stop` lets running jobs finish for a while, then aborts them; they are taken up again elsewhere. */
export function startWorker(options: WorkerOptions): { stop(): Promise<void>; ready(): Promise<void> } {
  const definitions = new Map(options.jobs.map((job) => [job.name, job]));
  const seconds = options.metrics.histogram(
    "llmflow_job_seconds",
    "Time of jobs by name and outcome",
    ["queue", "job", "outcome"],
    [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
  );
  const shutdown = new AbortController();
  const worker = new Worker(
    options.queue,
    async (job) => {
      const definition = definitions.get(job.name);
      if (!definition) throw new UnrecoverableError(`UNKNOWN_JOB: ${job.name}`);
      const payload = definition.schema.safeParse(job.data);
      if (!payload.success)
        throw new UnrecoverableError(
          `BAD_PAYLOAD: ${payload.error.issues.map((issue) => issue.path.join(".")).join(", ")}`,
        );
      const { actor, traceId } = payload.data as { actor: string; traceId: string };
      const scope = await options.openActor(actor).catch(() => {
        throw new UnrecoverableError("BAD_ACTOR: the job's actor is not signed by us");
      });
      const logger = options.logger.child({
        traceId,
        tenantId: scope.tenantId,
        queue: options.queue,
        job: job.name,
        jobId: job.id,
      });
      const watch = watchAttempt(options.overtaken, scope.tenantId, payload.data);
      const started = performance.now();
      let outcome = "completed";
      try {
        return await definition.handle(payload.data, {
          scope,
          traceId,
          logger,
          job,
          signal: AbortSignal.any([shutdown.signal, watch.signal, AbortSignal.timeout(definition.timeoutMs)]),
        });
      } catch (error) {
        outcome = "failed";
        logger.warn({ error: describeError(error), attempt: job.attemptsMade + 1 }, "job failed");
        throw error;
      } finally {
        watch.stop();
        seconds.observe({ queue: options.queue, job: job.name, outcome }, (performance.now() - started) / 1000);
      }
    },
    {
      connection: { url: options.redisUrl, maxRetriesPerRequest: null },
      concurrency: options.concurrency ?? 4,
      lockDuration: options.lockMs ?? LOCK_MS,
      stalledInterval: Math.min(STALLED_CHECK_MS, options.lockMs ?? LOCK_MS),
      maxStalledCount: MAX_STALLED,
      removeOnComplete: { age: 3600, count: 1000 },
      removeOnFail: { age: 7 * 24 * 3600, count: 5000 },
    },
  );
  worker.on("error", (error) =>
    options.logger.warn({ queue: options.queue, error: describeError(error) }, "queue worker"),
  );
  return {
    ready: async () => void (await worker.waitUntilReady()),
    async stop() {
      const forced = setTimeout(() => shutdown.abort(new Error("the worker is shutting down")), 3000);
      await worker.close();
      clearTimeout(forced);
    },
  };
}

/** Attempts and backoff that every job of the product uses unless it says otherwise. */
export const JOB_RETRY = { attempts: 5, backoff: { type: "exponential", delay: 500, jitter: 0.5 } } as const;

/** A signal that aborts once the job's attempt is called off. Jobs without an attempt are never. */
function watchAttempt(
  overtaken: OvertakenAttempts | undefined,
  tenantId: string,
  payload: unknown,
): { signal: AbortSignal; stop(): void } {
  const { documentId, attempt } = payload as { documentId?: string; attempt?: number };
  const calledOff = new AbortController();
  if (!overtaken || documentId === undefined || attempt === undefined)
    return { signal: calledOff.signal, stop: () => {} };
  const timer = setInterval(() => {
    overtaken
      .isCalledOff(tenantId, documentId, attempt)
      .then((is) => {
        if (is) calledOff.abort(new Error("the attempt was called off"));
      })
      .catch(() => {}); // asked again in a second
  }, OVERTAKEN_CHECK_MS);
  return { signal: calledOff.signal, stop: () => clearInterval(timer) };
}
