import type { z } from "zod";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import {
  discardJob,
  type Inventory,
  indexingJob,
  inventoryJob,
  JOBS,
  purgeJob,
  type purgeResult,
  switchJob,
} from "../../../platform/queue/catalogue.js";
import { defineJob, type JobDefinition } from "../../../platform/queue/worker.js";
import type { VisibilityFeed } from "../../../platform/visibility/visibility.js";
import type { PassageStore, PurgeMarks } from "../ports.js";
import { type IndexingDependencies, indexPassages } from "./index-passages.js";

export interface RetrievalJobDependencies extends IndexingDependencies {
  readonly visibility: Pick<VisibilityFeed, "visible">;
}

const INDEX_LIMIT_MS = 30 * 60_000;
const SWEEP_LIMIT_MS = 5 * 60_000;

/**
 * The generation is the visible one now: its rows are brought under the document's department, older generations go. A late switch to an
 * older generation removes nothing newer. Of moves that overtake each other the one that is published last counts: whoever has moved the
 * rows looks again, so the last one to write has written the newest.
 */
export async function switchGeneration(
  { store, visibility }: Pick<RetrievalJobDependencies, "store" | "visibility">,
  job: z.output<typeof switchJob>,
  scope: TenantScope,
  signal: AbortSignal,
): Promise<{ removed: number; moved: number }> {
  const department = async (): Promise<string | null> => {
    const state = (await visibility.visible(scope.tenantId, [job.documentId])).get(job.documentId);
    return state ? state.department : job.department;
  };
  const removed = await store.removeGenerationsBefore(scope, job, signal);
  let moved = 0;
  for (let target = await department(); ; ) {
    signal.throwIfAborted();
    moved += await store.moveToDepartment(scope, job.documentId, target, signal);
    const now = await department();
    if (now === target) return { removed, moved };
    target = now;
  }
}

/** Removes a deleted document. The mark comes first, so that an indexing job that is still on its way gives up. */
export async function purgeDocument(
  { store, purged }: { store: PassageStore; purged: PurgeMarks },
  job: z.output<typeof purgeJob>,
  scope: TenantScope,
  signal: AbortSignal,
): Promise<z.output<typeof purgeResult>> {
  await purged.mark(scope.tenantId, job.documentId);
  const found = await purged.recordFound(
    scope.tenantId,
    job.documentId,
    await store.countDocument(scope, job.documentId, signal),
  );
  await store.removeDocument(scope, job.documentId, signal);
  return { removed: { vectors: found } };
}

/** The jobs of the room's queue. */
export const retrievalJobs = (dependencies: RetrievalJobDependencies): JobDefinition<z.ZodType>[] => [
  defineJob({
    name: JOBS.index,
    schema: indexingJob,
    timeoutMs: INDEX_LIMIT_MS,
    handle: (job, { scope, signal }) => indexPassages(dependencies, job, scope, signal),
  }),
  defineJob({
    name: JOBS.switch,
    schema: switchJob,
    timeoutMs: SWEEP_LIMIT_MS,
    handle: (job, { scope, signal }) => switchGeneration(dependencies, job, scope, signal),
  }),
  defineJob({
    name: JOBS.discard,
    schema: discardJob,
    timeoutMs: SWEEP_LIMIT_MS,
    handle: async (job, { scope, signal }) => ({
      removed: await dependencies.store.removeGeneration(scope, job, signal),
    }),
  }),
  defineJob({
    name: JOBS.inventory,
    schema: inventoryJob,
    timeoutMs: INDEX_LIMIT_MS,
    handle: async (_job, { scope, signal }): Promise<Inventory> => ({
      holdings: await dependencies.store.inventory(scope, signal),
      loose: 0,
    }),
  }),
  defineJob({
    name: JOBS.purge,
    schema: purgeJob,
    timeoutMs: SWEEP_LIMIT_MS,
    handle: (job, { scope, signal }) => purgeDocument(dependencies, job, scope, signal),
  }),
];
