import { discardJob, JOBS } from "../../../platform/queue/catalogue.js";
import { defineJob } from "../../../platform/queue/worker.js";
import type { GraphCounts, GraphWriter } from "../ports.js";

/** Removes what a called-off attempt wrote; a visible generation stays. A repetition removes what is left. */
export const discardGenerationJob = (writer: GraphWriter) =>
  defineJob({
    name: JOBS.discard,
    schema: discardJob,
    timeoutMs: 10 * 60_000,
    handle: ({ documentId, generation }, run): Promise<GraphCounts> =>
      writer.discard({ tenantId: run.scope.tenantId, documentId, generation }, run.signal),
  });
