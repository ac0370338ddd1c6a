import { JOBS, switchJob } from "../../../platform/queue/catalogue.js";
import { defineJob } from "../../../platform/queue/worker.js";
import { type FollowDeps, followDocument } from "./follow.js";

/** Applies what is published of a document by now, which may be newer than what the job was made for. Late or repeated it changes nothing. */
export const switchGenerationJob = (deps: FollowDeps) =>
  defineJob({
    name: JOBS.switch,
    schema: switchJob,
    timeoutMs: 10 * 60_000,
    handle: async ({ documentId }, run): Promise<{ switched: boolean }> => ({
      switched: await followDocument(deps, run.scope.tenantId, documentId, run.signal),
    }),
  });
