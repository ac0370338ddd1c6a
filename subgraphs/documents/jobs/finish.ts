import type { Job } from "bullmq";
import type { z } from "zod";
import { describeError } from "../../../platform/errors/errors.js";
import { extractResult, indexResult } from "../../../platform/queue/catalogue.js";
import { defineJob, type JobDefinition } from "../../../platform/queue/worker.js";
import { targetOf } from "../domain/document.js";
import { GRAPH_INCOMPLETE, roomStageFailed } from "../domain/failure.js";
import { fail, finish } from "../domain/lifecycle.js";
import { objectKeys } from "../domain/upload.js";
import type { ChildResult, ObjectStore } from "../ports.js";
import { DOCUMENT_JOBS, stageJob } from "./payloads.js";
import { runStage, type StageDeps } from "./stage.js";

export interface FinishDeps extends StageDeps {
  readonly objects: ObjectStore;
  readonly childResults: (job: Job) => Promise<{ retrieval?: ChildResult; knowledgeGraph?: ChildResult }>;
}

/** Both rooms have ended: without vectors the document fails, without its entities it is searchable and says so. */
export function finishJob(deps: FinishDeps): JobDefinition<z.ZodType> {
  return defineJob({
    name: DOCUMENT_JOBS.finish,
    schema: stageJob,
    timeoutMs: 60_000,
    handle: (payload, run) =>
      runStage(deps, "FINISH", payload, run, async ({ document: before, target, signal }) => {
        const { retrieval, knowledgeGraph } = await deps.childResults(run.job);
        const index = indexResult.safeParse(retrieval?.value);
        const extract = extractResult.safeParse(knowledgeGraph?.value);
        if (!index.success) run.logger.warn({ reason: retrieval?.failedReason }, "indexing failed");
        if (!extract.success) run.logger.warn({ reason: knowledgeGraph?.failedReason }, "extraction failed");
        await deps.documents.change(
          run.scope,
          target.documentId,
          (now) =>
            index.success
              ? finish(
                  now,
                  target.attempt,
                  { chunks: now.draft.chunks ?? index.data.rows, entities: extract.data?.entities ?? 0 },
                  extract.success ? null : GRAPH_INCOMPLETE,
                )
              : fail(now, target.attempt, roomStageFailed("INDEX", retrieval?.failedReason ?? "")),
          { traceId: run.traceId },
          // Whoever sees COMPLETED can find the document: it is published before the change can be seen.
          async (document, commands) => {
            for (const command of commands)
              if (command.kind === "announce")
                await deps.publisher.show(run.scope.tenantId, targetOf(document), command);
          },
        );
        if (!index.success) return;
        // Nothing needs the parsed text any more, nor what older generations were made of; what stays behind after a crash is found by the sweep.
        const key = objectKeys.elements(run.scope.tenantId, target.datasetId, target.documentId, target.generation);
        const { tenantId, datasetId, id, visibleGeneration } = before;
        const removing = [deps.objects.remove([key], signal)];
        for (let old = visibleGeneration ?? 1; old < target.generation; old++)
          removing.push(
            deps.objects.removeAll(objectKeys.generation(tenantId, datasetId, id, old), signal).then(() => {}),
          );
        for (const removed of await Promise.allSettled(removing))
          if (removed.status === "rejected")
            run.logger.warn({ error: describeError(removed.reason) }, "an artefact stays behind");
      }),
  });
}
