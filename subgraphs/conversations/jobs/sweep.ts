import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import { NO_USAGE } from "../domain/answer.js";
import { GAVE_UP } from "../domain/failures.js";
import type { AnswerQueue, AnswerStore, AnswerStream, UnfinishedAnswer, Writers } from "../ports.js";

/** An answer that nothing has happened to for this long is looked after. */
const UNTOUCHED_MS = 5000;
const EVERY_MS = 3000;
/** How often leases of writers are looked at: a dead writer's answer goes on this much after its lease ended, at the latest. */
const LEASES_EVERY_MS = 1000;
const BATCH = 100;
/** Live answers are passed over by their leases, so many more are read than looked after. */
const MAX_UNFINISHED = 2000;
/** Jobs for one answer, each with its own attempts, before it fails for good. */
const MAX_JOBS = 5;

export interface SweepDependencies {
  readonly answers: AnswerStore;
  readonly stream: AnswerStream;
  readonly queue: AnswerQueue;
  readonly writers: Writers;
  readonly logger: Logger;
}

async function each(
  { logger }: SweepDependencies,
  answers: readonly UnfinishedAnswer[],
  look: (answer: UnfinishedAnswer) => Promise<void>,
): Promise<void> {
  for (const answer of answers) {
    try {
      await look(answer);
    } catch (error) {
      logger.warn(
        { answerId: answer.id, error: describeError(error) },
        "an unfinished answer could not be looked after",
      );
    }
  }
}

/** Queues answers again whose job was never queued, or ended without finishing them. Any number of workers may do so at once. */
export async function sweepAnswers(
  dependencies: SweepDependencies,
  untouchedMilliseconds: number = UNTOUCHED_MS,
): Promise<void> {
  const { answers, queue, logger, writers } = dependencies;
  const unfinished = await answers.unfinished(untouchedMilliseconds, MAX_UNFINISHED);
  const alive = await writers.alive(unfinished.map((answer) => answer.id));
  await each(dependencies, unfinished.filter((answer) => !alive.has(answer.id)).slice(0, BATCH), async (answer) => {
    const state = await queue.state(answer.id, answer.enqueued);
    if (state === "pending") return;
    if (state === "ended") return again(dependencies, answer);
    await queue.add({ ...jobOf(answer), number: answer.enqueued });
    logger.info({ answerId: answer.id }, "an answer's lost job was queued");
  });
}

/**
 * Queues answers anew whose writer died, without waiting for the queue to notice. The dead writer's own job, should the queue bring
 * it back, finds that a later one has the answer.
 */
export async function sweepLostWriters(dependencies: SweepDependencies): Promise<void> {
  const { answers, logger, writers } = dependencies;
  const lost = await writers.lost(BATCH);
  if (lost.length === 0) return;
  const unfinished = await answers.unfinishedAmong(lost);
  await each(dependencies, unfinished, async (answer) => {
    logger.info({ answerId: answer.id }, "an answer's writer died; it is written anew");
    await again(dependencies, answer);
    await writers.release(answer.id);
  });
  const left = new Set(unfinished.map((answer) => answer.id));
  for (const id of lost) if (!left.has(id)) await writers.release(id);
}

const jobOf = ({ id, conversationId, scope, traceId }: UnfinishedAnswer) => ({
  answerId: id,
  conversationId,
  scope,
  traceId,
});

/** One more job for it, or its end when it has had enough of them. */
async function again({ answers, stream, queue }: SweepDependencies, answer: UnfinishedAnswer): Promise<void> {
  if (!(await answers.requeue(answer))) return;
  if (answer.enqueued < MAX_JOBS) {
    await queue.add({ ...jobOf(answer), number: answer.enqueued + 1 });
    return;
  }
  const claimed = await answers.claim(answer.scope, answer.id, answer.enqueued + 1);
  if (!claimed) return;
  const last = await stream.last(answer.scope.tenantId, answer.id);
  const finished = await answers.finish(answer.scope, answer.id, claimed.attempt, {
    ...claimed,
    status: "FAILED",
    failure: GAVE_UP,
    usage: NO_USAGE,
    questionTokens: null,
    finalSequence: last + 1,
  });
  if (finished)
    await stream.append(answer.scope.tenantId, answer.id, [{ type: "failed", at: Date.now(), failure: GAVE_UP }], last);
}

/** Sweeps now and then, until stopped. */
export function startSweep(dependencies: SweepDependencies): () => Promise<void> {
  const regularly = (sweep: (of: SweepDependencies) => Promise<void>, milliseconds: number) => {
    let running: Promise<void> | undefined;
    const timer = setInterval(() => {
      running ??= sweep(dependencies)
        .catch((error: unknown) =>
          dependencies.logger.warn({ error: describeError(error) }, "the sweep over unfinished answers failed"),
        )
        .finally(() => {
          running = undefined;
        });
    }, milliseconds);
    return async (): Promise<void> => {
      clearInterval(timer);
      await running;
    };
  };
  const stops = [regularly((all) => sweepAnswers(all), EVERY_MS), regularly(sweepLostWriters, LEASES_EVERY_MS)];
  return async () => void (await Promise.all(stops.map((stop) => stop())));
}
