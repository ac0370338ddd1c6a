import { JOBS, switchJob } from "../../../platform/queue/catalogue.js";
import { defineJob } from "../../../platform/queue/worker.js";
import type { GraphWriter } from "../ports.js";

/** Shows one generation, with the department it now belongs to, and removes the older ones. Late or repeated it changes nothing. */
export const switchGenerationJob = (writer: GraphWriter) =>
  defineJob({
    name: JOBS.switch,
    schema: switchJob,
    timeoutMs: 10 * 60_000,
    async handle({ documentId, generation, department }, run): Promise<{ switched: boolean }> {
      const switched = await writer.switchTo(
        { tenantId: run.scope.tenantId, documentId, generation },
        department,
        run.signal,
      );
      return { switched };
    },
  });
