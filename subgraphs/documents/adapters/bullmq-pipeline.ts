import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { FlowProducer, type Job, type JobsOptions, Queue } from "bullmq";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { describeError, UnavailableError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import { inventoryResult, JOBS, QUEUES } from "../../../platform/queue/catalogue.js";
import type { OvertakenAttempts } from "../../../platform/queue/overtaken.js";
import { ERASED_JOB } from "../domain/deletion.js";
import type { Obstacle } from "../domain/document.js";
import type { ChildResult, JobOrigin, Pipeline } from "../ports.js";

export interface BullmqOptions {
  readonly redisUrl: string;
  readonly signActor: (scope: TenantScope) => Promise<string>;
  readonly overtaken: OvertakenAttempts;
  readonly logger: Logger;
}

/** Long enough for an engine to be restarted meanwhile: the last try is about two minutes after the first. */
const INDEXING_RETRY: JobsOptions = { attempts: 8, backoff: { type: "exponential", delay: 1000, jitter: 0.5 } };
/** A deletion is given up late: what it leaves behind may be read by nobody, but it is still there. */
const PURGE_RETRY: JobsOptions = { attempts: 12, backoff: { type: "exponential", delay: 500, jitter: 0.5 } };
const LIVE = new Set(["active", "waiting", "delayed", "prioritized"]);
const INVENTORY_POLL_MS = 200;
/** Milliseconds one call to the queue may take. */
const CALL_MS = 10_000;

type Attempt = { documentId: string; generation: number; attempt: number };
const jobId = (target: Attempt, name: string): string =>
  `${target.documentId}-${target.generation}-${name}-${target.attempt}`;
const purgeId = (documentId: string, attempt: number, name: string): string => `${documentId}-${name}-${attempt}`;

/** The queues of all rooms that index, over BullMQ. Job ids name document, generation, stage and attempt: adding twice adds once. */
export function createBullmqPipeline(options: BullmqOptions): Pipeline & { close(): Promise<void> } {
  // A producer must not wait for ever: the outbox tries again.
  const connection = { url: options.redisUrl, maxRetriesPerRequest: 1, connectTimeout: 5000, commandTimeout: CALL_MS };
  const queue = (name: string): Queue => {
    const made = new Queue(name, { connection });
    made.on("error", (error) => options.logger.warn({ queue: name, error: describeError(error) }, "queue"));
    return made;
  };
  const documents = queue(QUEUES.documents);
  const retrieval = queue(QUEUES.retrieval);
  const graph = queue(QUEUES.knowledgeGraph);
  const conversations = queue(QUEUES.conversations);
  const flows = new FlowProducer({ connection });
  flows.on("error", (error) => options.logger.warn({ error: describeError(error) }, "flow producer"));

  const within = async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new UnavailableError("QUEUE", "The queue does not answer just now.")), CALL_MS);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  };
  const base = async (origin: JobOrigin): Promise<{ v: 1; actor: string; traceId: string }> => ({
    v: 1,
    actor: await options.signActor(origin.scope),
    traceId: origin.traceId,
  });
  const stageJobs = (target: Attempt): { queue: Queue; id: string }[] => [
    { queue: documents, id: jobId(target, JOBS.parse) },
    { queue: documents, id: jobId(target, JOBS.mask) },
    { queue: retrieval, id: jobId(target, JOBS.index) },
    { queue: graph, id: jobId(target, JOBS.extract) },
  ];
  const stateOf = async (from: Queue, id: string): Promise<string> => within(from.getJobState(id));
  /** Redis lists the connections of all its databases; those of another one work on another queue of this name. */
  const database = new URL(options.redisUrl).pathname.slice(1) || "0";
  const workersOf = async (queue: Queue): Promise<number> =>
    (await within(queue.getWorkers())).filter((worker) => (worker["db"] ?? "0") === database).length;
  /** False while the job runs. What has ended stays, so that its id cannot be used again. */
  async function takeBack(from: Queue, id: string): Promise<boolean> {
    const state = await stateOf(from, id);
    if (state === "active") return false;
    if (!LIVE.has(state) && state !== "waiting-children") return true;
    // 0: it was taken up in between.
    return (await within(from.remove(id, { removeChildren: false }))) !== 0;
  }

  return {
    async run(origin, stage, target) {
      const { documentId, datasetId, generation, attempt } = target;
      const data = { ...(await base(origin)), documentId, datasetId, generation, attempt };
      await within(documents.add(stage, data, { jobId: jobId(target, stage), ...INDEXING_RETRY }));
    },

    async openIndexing(origin, target, artefactUrl) {
      const finishId = jobId(target, JOBS.finish);
      // Adding a flow again would give an ended parent new children.
      if (await within(documents.getJob(finishId))) return;
      const { documentId, datasetId, department, generation, attempt } = target;
      const data = { ...(await base(origin)), documentId, datasetId, generation, attempt };
      const child = (queueName: string, name: string) => ({
        name,
        queueName,
        data: { ...data, department, artefactUrl },
        opts: { jobId: jobId(target, name), ...INDEXING_RETRY, ignoreDependencyOnFailure: true },
      });
      await within(
        flows.add({
          name: JOBS.finish,
          queueName: QUEUES.documents,
          data,
          opts: { jobId: finishId, ...INDEXING_RETRY },
          children: [child(QUEUES.retrieval, JOBS.index), child(QUEUES.knowledgeGraph, JOBS.extract)],
        }),
      );
    },

    async withdraw(origin, target) {
      await options.overtaken.callOff(origin.scope.tenantId, target.documentId, target.attempt);
      const gone = await Promise.all(stageJobs(target).map((job) => takeBack(job.queue, job.id)));
      // A parent is taken last: a child that still runs must find it.
      return gone.every(Boolean) && takeBack(documents, jobId(target, JOBS.finish));
    },

    async discard(origin, target) {
      const { documentId, datasetId, generation, attempt } = target;
      const data = { ...(await base(origin)), documentId, datasetId, generation, attempt };
      const opts = { jobId: jobId(target, JOBS.discard), ...INDEXING_RETRY };
      await within(Promise.all([retrieval.add(JOBS.discard, data, opts), graph.add(JOBS.discard, data, opts)]));
    },

    async obstacle(target) {
      for (const { queue: from, id } of [...stageJobs(target), { queue: documents, id: jobId(target, JOBS.finish) }]) {
        const state = await stateOf(from, id);
        if (!LIVE.has(state)) continue;
        const job = await within(from.getJob(id));
        const found = obstacleOf(from.name, state, job, state === "active" ? 1 : await workersOf(from));
        if (found) return found;
      }
      return null;
    },

    async inventory(origin, room, signal) {
      const to = room === QUEUES.retrieval ? retrieval : graph;
      const sweepId = randomUUID();
      const data = { ...(await base(origin)), sweepId };
      const job = await within(to.add(JOBS.inventory, data, { jobId: `inventory-${sweepId}`, attempts: 1 }));
      for (;;) {
        const state = await stateOf(to, job.id as string);
        if (state === "completed" || state === "failed" || state === "unknown") break;
        await delay(INVENTORY_POLL_MS, undefined, { signal });
      }
      const ended = await within(to.getJob(job.id as string));
      const told = inventoryResult.safeParse(ended?.returnvalue);
      await ended?.remove().catch(() => {});
      if (!told.success) throw new UnavailableError("QUEUE", `${room} did not tell what it holds.`);
      return told.data;
    },

    async sweep(origin, target, revision) {
      const { documentId, datasetId, department, generation, attempt } = target;
      const data = { ...(await base(origin)), documentId, datasetId, generation, attempt, department };
      const opts = { jobId: purgeId(documentId, revision, JOBS.switch), ...INDEXING_RETRY };
      await within(Promise.all([retrieval.add(JOBS.switch, data, opts), graph.add(JOBS.switch, data, opts)]));
    },

    async purge(origin, { documentId, datasetId, deletionId, attempt }) {
      const erasedId = purgeId(documentId, attempt, ERASED_JOB);
      if (await within(documents.getJob(erasedId))) return;
      const data = { ...(await base(origin)), documentId, datasetId, deletionId };
      const child = (queueName: string, name: string) => ({
        name,
        queueName,
        data,
        opts: { jobId: purgeId(documentId, attempt, name), ...PURGE_RETRY, ignoreDependencyOnFailure: true },
      });
      await within(
        flows.add({
          name: ERASED_JOB,
          queueName: QUEUES.documents,
          data,
          opts: { jobId: erasedId, ...PURGE_RETRY },
          children: [
            child(QUEUES.retrieval, JOBS.purge),
            child(QUEUES.knowledgeGraph, JOBS.purge),
            child(QUEUES.conversations, JOBS.redact),
          ],
        }),
      );
    },

    async alive(target) {
      const { documentId, attempt } = target;
      const children = [
        ...stageJobs(target),
        { queue: retrieval, id: purgeId(documentId, attempt, JOBS.purge) },
        { queue: graph, id: purgeId(documentId, attempt, JOBS.purge) },
        { queue: conversations, id: purgeId(documentId, attempt, JOBS.redact) },
      ];
      const states = await Promise.all(children.map((job) => stateOf(job.queue, job.id)));
      if (states.some((state) => LIVE.has(state))) return true;
      // Parents are asked after their children: one that waits for children that are no longer there waits for ever.
      const parents = [jobId(target, JOBS.finish), purgeId(documentId, attempt, ERASED_JOB)];
      return (await Promise.all(parents.map((id) => stateOf(documents, id)))).some((state) => LIVE.has(state));
    },

    async close() {
      await Promise.all([documents, retrieval, graph, conversations, flows].map((one) => one.close()));
    },
  };
}

const ERROR_CODE = /^([A-Z][A-Z_]{2,40}): /;

/** What keeps one job from moving. Of its error only the stable code is told: the words may hold addresses. */
function obstacleOf(room: string, state: string, job: Job | undefined, workers: number): Obstacle | null {
  if (workers === 0) return { code: "NO_WORKER", message: `No worker of ${room} is running.` };
  if (state === "active")
    return { code: "NO_HEARTBEAT", message: `A worker of ${room} took the job and shows no progress.` };
  if (state !== "delayed" || !job) return null; // it waits behind the work of others
  const code = ERROR_CODE.exec(job.failedReason ?? "")?.[1];
  const tries = `${job.attemptsMade} of ${job.opts.attempts ?? 1} tries have failed`;
  return { code: "FAILING", message: `${tries} in ${room}${code ? ` (${code})` : ""}; the next follows by itself.` };
}

/** How the children of a flow ended, by the room that ran them. */
export interface ChildResults {
  readonly retrieval?: ChildResult;
  readonly knowledgeGraph?: ChildResult;
  /** Only a deletion has one. */
  readonly conversations?: ChildResult;
}

/** How the children of a flow ended, told apart by the queue they ran on. Undefined: there is no trace of it. */
export async function childResults(job: Job): Promise<ChildResults> {
  const [values, failures] = await Promise.all([job.getChildrenValues<unknown>(), job.getIgnoredChildrenFailures()]);
  const of = (queueName: string): ChildResult | undefined => {
    const mine = (key: string): boolean => key.split(":")[1] === queueName;
    const value = Object.entries(values).find(([key]) => mine(key));
    if (value) return { value: value[1] };
    const failure = Object.entries(failures).find(([key]) => mine(key));
    return failure && { failedReason: failure[1] };
  };
  const rooms = ["retrieval", "knowledgeGraph", "conversations"] as const;
  return Object.fromEntries(
    rooms.flatMap((room) => {
      const result = of(QUEUES[room]);
      return result ? [[room, result]] : [];
    }),
  );
}
