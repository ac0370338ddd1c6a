import type { z } from "zod";
import { JOBS, purgeJob, purgeResult } from "../../../platform/queue/catalogue.js";
import { defineJob } from "../../../platform/queue/worker.js";
import type { FollowDeps } from "./follow.js";

/** Removes a deleted document with every entity and relation that only it supported. A repetition removes what is left. */
export const purgeDocumentJob = ({ writer, feed }: FollowDeps) =>
  defineJob({
    name: JOBS.purge,
    schema: purgeJob,
    timeoutMs: 10 * 60_000,
    async handle({ documentId }, run): Promise<z.output<typeof purgeResult>> {
      const removed = await writer.purge(run.scope.tenantId, documentId, run.signal);
      // Nothing that is published of it can come after this.
      await feed.caughtUp(run.scope.tenantId, [{ id: documentId, revision: Number.MAX_SAFE_INTEGER }]);
      return {
        removed: {
          graphChunks: removed.chunks,
          entities: removed.entities,
          mentions: removed.mentions,
          relations: removed.relations,
        },
      };
    },
  });
