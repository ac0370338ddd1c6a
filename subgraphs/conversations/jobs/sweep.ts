import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import { GAVE_UP } from "../domain/failures.js";
import type { AnswerQueue, AnswerStore, AnswerStream, UnfinishedAnswer } from "../ports.js";

/** An answer that nothing has happened to for this long is looked after. */
const UNTOUCHED_MS = 5000;
const EVERY_MS = 3000;
const BATCH = 100;
/** Jobs for one answer, each with its own attempts, before it fails for good. */
const MAX_JOBS = 3;

export interface SweepDependencies {
  readonly answers: AnswerStore;
  readonly stream: AnswerStream;
  readonly queue: AnswerQueue;
  readonly logger: Logger;
}

/** Queues answers again whose job was never queued, or ended without finishing them. Any number of workers may do so at once. */
export async function sweepAnswers(
  dependencies: SweepDependencies,
  untouchedMilliseconds: number = UNTOUCHED_MS,
): Promise<void> {
  for (const answer of await dependencies.answers.unfinished(untouchedMilliseconds, BATCH)) {
    try {
      await look(dependencies, answer);
    } catch (error) {
      dependencies.logger.warn(
        { answerId: answer.id, error: describeError(error) },
        "an unfinished answer could not be looked after",
      );
    }
  }
}

async function look({ answers, stream, queue, logger }: SweepDependencies, answer: UnfinishedAnswer): Promise<void> {
  const job = {
    answerId: answer.id,
    conversationId: answer.conversationId,
    scope: answer.scope,
    traceId: answer.traceId,
  };
  const state = await queue.state(answer.id, answer.enqueued);
  if (state === "pending") return;
  if (state === "unknown") {
    await queue.add({ ...job, number: answer.enqueued });
    logger.info({ answerId: answer.id }, "an answer's lost job was queued");
    return;
  }
  if (!(await answers.requeue(answer))) return;
  if (answer.enqueued < MAX_JOBS) {
    await queue.add({ ...job, number: answer.enqueued + 1 });
    return;
  }
  const claimed = await answers.claim(answer.scope, answer.id);
  if (!claimed) return;
  const last = await stream.last(answer.scope.tenantId, answer.id);
  const usage = {
    promptTokens: 0,
    completionTokens: 0,
    retrievalMilliseconds: null,
    firstTokenMilliseconds: null,
    totalMilliseconds: 0,
  };
  const finished = await answers.finish(answer.scope, answer.id, claimed.attempt, {
    ...claimed,
    status: "FAILED",
    failure: GAVE_UP,
    usage,
    finalSequence: last + 1,
  });
  if (finished)
    await stream.append(answer.scope.tenantId, answer.id, [{ type: "failed", at: Date.now(), failure: GAVE_UP }], last);
}

/** Sweeps now and then, until stopped. */
export function startSweep(dependencies: SweepDependencies): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= sweepAnswers(dependencies)
      .catch((error: unknown) =>
        dependencies.logger.warn({ error: describeError(error) }, "the sweep over unfinished answers failed"),
      )
      .finally(() => {
        running = undefined;
      });
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
