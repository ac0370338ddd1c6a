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
      runStage(deps, "FINISH", payload, run, async ({ document, target, signal }) => {
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
        // Nothing needs the parsed text any more, nor what older generations were made of.
        const { tenantId, datasetId, id } = document;
        try {
          await deps.objects.remove([objectKeys.elements(tenantId, datasetId, id, target.generation)], signal);
          for (let older = document.visibleGeneration ?? 1; older < target.generation; older++)
            await deps.objects.removeAll(objectKeys.generation(tenantId, datasetId, id, older), signal);
        } catch (error) {
          run.logger.warn({ error: describeError(error) }, "artefacts stay behind");
        }
      }),
  });
}
