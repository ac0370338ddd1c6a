import type { TenantScope } from "../../../platform/auth/viewer.js";
import { describeError } from "../../../platform/errors/errors.js";
import { answerJob, JOBS } from "../../../platform/queue/catalogue.js";
import { defineJob, type JobRun } from "../../../platform/queue/worker.js";
import { type Answer, type AnswerOutcome, type Failure, NO_SUMMARY } from "../domain/answer.js";
import { type AnswerEvent, isFinal } from "../domain/events.js";
import { GAVE_UP, OUT_OF_TIME } from "../domain/failures.js";
import { type AnswerStream, StreamTakenOver } from "../ports.js";
import type { AnswerJobDependencies } from "./answer-dependencies.js";
import { AnswerTrace } from "./answer-trace.js";
import { Draft } from "./draft.js";
import { EventWriter } from "./event-writer.js";
import { keepSummary } from "./keep-summary.js";
import { redactIfDeleted } from "./redact.js";
import { type Writing, writeAnswer } from "./write-answer.js";

const TIME_LIMIT_MS = 10 * 60_000;
/** How often a worker says that it lives and looks for what publish/subscribe may have missed: a cancellation, or listeners that died. */
const WATCH_MS = 1000;
/** Attempts to enter a stream that a dying predecessor still writes to. */
const ENTRY_ATTEMPTS = 5;

const FINAL_EVENT = { COMPLETED: "completed", CANCELLED: "cancelled" } as const;

const finalEvent = (outcome: Pick<AnswerOutcome, "status" | "failure">): AnswerEvent => {
  const at = Date.now();
  return outcome.status === "FAILED"
    ? { type: "failed", at, failure: outcome.failure ?? GAVE_UP }
    : { type: FINAL_EVENT[outcome.status], at };
};

/** Computes one answer. Run again, or by two workers, it ends once: the attempt of the answer's row decides who writes. */
export const createAnswerJob = (dependencies: AnswerJobDependencies) =>
  defineJob({
    name: JOBS.answer,
    schema: answerJob,
    timeoutMs: TIME_LIMIT_MS,
    handle: async ({ answerId, conversationId, attempt: number, spanId }, run) => {
      const { answers, cancellations, conversations, history, stream, writers } = dependencies;
      const { scope } = run;
      const startedAt = performance.now();
      // Watched before the row is read: a cancellation is in the row or on its way here.
      const watch = cancellations.watch(answerId);
      try {
        // Read side by side: a person waits for the first word.
        const messages = history.read(scope, conversationId);
        const tenantSettings = dependencies.settings.read(scope);
        for (const reading of [messages, tenantSettings]) reading.catch(() => {}); // told where they are awaited
        const summary = conversations.find(scope, [conversationId]).then(
          ([conversation]) => conversation?.summary ?? NO_SUMMARY,
          () => NO_SUMMARY, // without it the chat is only shorter
        );
        const [answer, last] = await Promise.all([
          answers.claim(scope, answerId, number),
          stream.last(scope.tenantId, answerId),
          writers.renew(answerId),
        ]);
        if (!answer) return await endStream(dependencies, scope, answerId, run.signal);
        if (answer.conversationId !== conversationId) throw new Error("the job names another conversation");
        const under = { traceId: answer.traceId, spanId };
        const trace = new AnswerTrace(dependencies.tracing, scope, answer, under);
        const sequence = answer.attempt === 1 ? last : await restart(stream, scope, answer);
        await attempt(
          { ...dependencies, messages, summary, tenantSettings, trace },
          run,
          answer,
          sequence,
          startedAt,
          watch.signal,
        );
      } catch (error) {
        if (!(error instanceof StreamTakenOver)) throw error;
        run.logger.info({ answerId }, "another worker has taken this answer over");
      } finally {
        watch.close();
      }
    },
  });

/** Tells readers at once that the text before is void; resolves to the sequence behind which this attempt writes. */
async function restart(stream: AnswerStream, scope: TenantScope, answer: Answer): Promise<number> {
  for (let tries = 1; ; tries++) {
    const last = await stream.last(scope.tenantId, answer.id);
    try {
      return await stream.append(
        scope.tenantId,
        answer.id,
        [{ type: "stage", at: Date.now(), stage: "RESTARTED" }],
        last,
      );
    } catch (error) {
      if (!(error instanceof StreamTakenOver) || tries === ENTRY_ATTEMPTS) throw error;
    }
  }
}

async function attempt(
  dependencies: AnswerJobDependencies & Pick<Writing, "messages" | "summary" | "tenantSettings" | "trace">,
  run: JobRun,
  answer: Answer,
  sequence: number,
  startedAt: number,
  announced: AbortSignal,
): Promise<void> {
  const { answers, listeners, stream, writers } = dependencies;
  const { scope } = run;
  const cancelled = new AbortController();
  if (answer.cancelRequested) cancelled.abort();
  const watchdog = setInterval(() => {
    void (async () => {
      const [[row]] = await Promise.all([answers.find(scope, [answer.id]), writers.renew(answer.id)]);
      if (!row || row.cancelRequested || row.attempt !== answer.attempt) return cancelled.abort();
      if (await listeners.abandoned(scope.tenantId, answer.id)) cancelled.abort();
    })().catch((error: unknown) =>
      run.logger.warn({ answerId: answer.id, error: describeError(error) }, "cannot look for cancellations"),
    );
  }, WATCH_MS);
  const cancel = AbortSignal.any([announced, cancelled.signal]);
  const signal = AbortSignal.any([cancel, run.signal]);
  const writer = new EventWriter(
    (events, expected) => stream.append(scope.tenantId, answer.id, events, expected),
    sequence,
  );
  const draft = new Draft(writer, { ...dependencies, logger: run.logger }, startedAt);
  let ended: AnswerOutcome | undefined;
  try {
    let failure: Failure | null;
    try {
      failure = await writeAnswer({ ...dependencies, scope, answer, writer, draft, signal });
    } catch (error) {
      if (error instanceof StreamTakenOver) throw error;
      if (cancel.aborted) failure = null;
      else if (run.signal.aborted && (run.signal.reason as Error | undefined)?.name === "TimeoutError")
        failure = OUT_OF_TIME;
      else if (!run.signal.aborted && run.job.attemptsMade + 1 >= (run.job.opts.attempts ?? 1)) {
        run.logger.error({ answerId: answer.id, error: describeError(error) }, "the last attempt failed");
        failure = GAVE_UP;
      } else throw error; // the queue tries again, here or elsewhere
    }
    await draft.end();
    await writer.settled();
    const status = failure ? "FAILED" : cancel.aborted ? "CANCELLED" : "COMPLETED";
    const outcome = draft.outcome(status, failure);
    ended = outcome;
    // The row first: whoever sees the last event finds the whole answer.
    if (!(await answers.finish(scope, answer.id, answer.attempt, outcome))) return;
    if (draft.lookup) await dependencies.cached.settle(scope, answer.question, draft.lookup, outcome);
    await redactIfDeleted(dependencies, scope, outcome.passages, run.signal);
    await stream.append(scope.tenantId, answer.id, [finalEvent(outcome)], writer.written);
    dependencies.trace.end(outcome);
    await dependencies.history
      .refresh(scope, answer.conversationId)
      .catch((error: unknown) => run.logger.warn({ error: describeError(error) }, "the session was not refreshed"));
    await writers.release(answer.id).catch(() => {}); // it runs out by itself, and the row says that this is over
    clearInterval(watchdog);
    await keepSummary(
      dependencies,
      { scope, answerId: answer.id, model: answer.model, signal: run.signal },
      answer.conversationId,
    ).catch((error: unknown) => run.logger.warn({ error: describeError(error) }, "the chat was not summarised"));
  } catch (error) {
    // Nobody writes it until the queue tries again; who was overtaken leaves the other's lease alone.
    if (!(error instanceof StreamTakenOver)) await writers.release(answer.id).catch(() => {});
    throw error;
  } finally {
    dependencies.trace.end(ended);
    clearInterval(watchdog);
    writer.stop();
  }
}

/** Gives a finished answer's stream its last event, where a worker died between the row and the stream. */
async function endStream(
  dependencies: AnswerJobDependencies,
  scope: TenantScope,
  answerId: string,
  signal: AbortSignal,
): Promise<void> {
  const { answers, stream } = dependencies;
  const [answer] = await answers.find(scope, [answerId]);
  if (!answer || answer.status === "QUEUED" || answer.status === "STREAMING") return;
  await redactIfDeleted(dependencies, scope, answer.passages, signal);
  const last = await stream.last(scope.tenantId, answerId);
  if (last === 0) return; // forgotten: readers get the stored answer
  const [newest] = await stream.read(scope.tenantId, answerId, last - 1);
  if (newest && isFinal(newest.event)) return;
  await stream.append(scope.tenantId, answerId, [finalEvent({ status: answer.status, failure: answer.failure })], last);
}
