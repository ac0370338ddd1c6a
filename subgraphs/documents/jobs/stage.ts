import type { JobRun } from "../../../platform/queue/worker.js";
import { PermanentFailure } from "../../../platform/queue/worker.js";
import { type Document, targetOf, type WorkTarget } from "../domain/document.js";
import { ParseFailure } from "../domain/elements.js";
import { type DocumentFailure, stageFailed, unreadableFile } from "../domain/failure.js";
import { fail } from "../domain/lifecycle.js";
import type { Stage } from "../domain/stage.js";
import type { DocumentStore, Publisher } from "../ports.js";
import type { StageJob } from "./payloads.js";

/** Ends the attempt at once: the same input can only fail again. */
export class HopelessDocument extends Error {
  constructor(readonly failure: DocumentFailure) {
    super(failure.message);
    this.name = "HopelessDocument";
  }
}

export interface StageDeps {
  readonly documents: DocumentStore;
  readonly publisher: Publisher;
  /** Milliseconds between two looks whether the attempt still counts. */
  readonly heartbeatMs: number;
}

/** What a stage works with: the document as it was on entry, and a signal that also ends an overtaken attempt. */
export interface StageWork {
  readonly document: Document;
  readonly target: WorkTarget;
  readonly signal: AbortSignal;
}

/**
 * Runs one stage of one attempt. An overtaken attempt (cancelled, retried, moved, deleted) ends quietly, at the start or within a
 * heartbeat; each heartbeat also shows the sweep that the work is alive. The last try's failure becomes the document's.
 */
export async function runStage(
  deps: StageDeps,
  stage: Stage,
  payload: StageJob,
  run: JobRun,
  work: (stageWork: StageWork) => Promise<void>,
): Promise<void> {
  const asked = { ...payload, department: null };
  const document = await deps.documents.enter(run.scope, asked, stage);
  if (!document) return run.logger.info({ documentId: payload.documentId }, "attempt was overtaken");
  const target = targetOf(document);
  const overtaken = new AbortController();
  let looking = false;
  const heartbeat = setInterval(() => {
    if (looking) return;
    looking = true;
    deps.documents
      .enter(run.scope, target, stage)
      .then((still) => {
        if (!still) overtaken.abort(new Error("the attempt was overtaken"));
      })
      .catch(() => {}) // the database is away: the work itself will notice
      .finally(() => {
        looking = false;
      });
  }, deps.heartbeatMs);
  try {
    await deps.publisher.report(run.scope.tenantId, target, { stage, state: "RUNNING" });
    await work({ document, target, signal: AbortSignal.any([run.signal, overtaken.signal]) });
  } catch (error) {
    if (overtaken.signal.aborted) return run.logger.info({ documentId: target.documentId }, "attempt was overtaken");
    const hopeless = hopelessFailure(error);
    const lastTry = run.job.attemptsMade + 1 >= (run.job.opts.attempts ?? 1);
    // A worker that shuts down is nobody's failure; the sweep finds the document again.
    const shuttingDown = run.signal.aborted && (run.signal.reason as Error | undefined)?.name !== "TimeoutError";
    if (hopeless || (lastTry && !shuttingDown)) {
      const failure = hopeless ?? stageFailed(stage);
      await deps.documents.change(run.scope, target.documentId, (current) => fail(current, target.attempt, failure), {
        traceId: run.traceId,
      });
    }
    throw hopeless ? new PermanentFailure(hopeless.code, hopeless.message) : error;
  } finally {
    clearInterval(heartbeat);
  }
}

function hopelessFailure(error: unknown): DocumentFailure | undefined {
  if (error instanceof HopelessDocument) return error.failure;
  if (error instanceof ParseFailure) return unreadableFile(error);
  return undefined;
}
