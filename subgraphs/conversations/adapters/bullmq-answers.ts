import { Queue } from "bullmq";
import type { z } from "zod";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { UnavailableError } from "../../../platform/errors/errors.js";
import { type answerJob, JOBS, QUEUES } from "../../../platform/queue/catalogue.js";
import { JOB_RETRY } from "../../../platform/queue/worker.js";
import type { AnswerQueue } from "../ports.js";

const TIME_LIMIT_MS = 2000;
const idOf = (answerId: string, number: number): string => `${answerId}-${number}`;

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new UnavailableError("QUEUE", "The queue does not answer just now.")),
      TIME_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface BullmqAnswersOptions {
  readonly redisUrl: string;
  readonly signActor: (scope: TenantScope) => Promise<string>;
  readonly onError: (error: Error) => void;
  /** The queue's name, for a worker of one's own in tests. */
  readonly queue?: string;
}

/** The queue of answers. The asker's scope travels signed in the job. */
export function createAnswerQueue(options: BullmqAnswersOptions): AnswerQueue & { close(): Promise<void> } {
  const queue = new Queue(options.queue ?? QUEUES.conversations, {
    connection: { url: options.redisUrl, maxRetriesPerRequest: 3 },
  });
  queue.on("error", options.onError);
  return {
    async add(job) {
      const payload: z.input<typeof answerJob> = {
        v: 1,
        actor: await options.signActor(job.scope),
        traceId: job.traceId,
        ...(job.spanId === undefined ? {} : { spanId: job.spanId }),
        answerId: job.answerId,
        conversationId: job.conversationId,
        attempt: job.number,
      };
      await within(queue.add(JOBS.answer, payload, { ...JOB_RETRY, jobId: idOf(job.answerId, job.number) }));
    },
    async state(answerId, number) {
      const state = await within(queue.getJobState(idOf(answerId, number)));
      if (state === "unknown") return "unknown";
      return state === "completed" || state === "failed" ? "ended" : "pending";
    },
    close: () => queue.close(),
  };
}
