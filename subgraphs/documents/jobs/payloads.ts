import { z } from "zod";
import { JOBS, jobBase, purgeJob } from "../../../platform/queue/catalogue.js";
import { ERASED_JOB } from "../domain/deletion.js";

/** Jobs of this room's own queue. `erased` ends a deletion; the other names are the catalogue's. */
export const DOCUMENT_JOBS = {
  parse: JOBS.parse,
  mask: JOBS.mask,
  finish: JOBS.finish,
  erased: ERASED_JOB,
} as const;

/** Payload of parse, mask and finish. */
export const stageJob = jobBase.extend({
  documentId: z.string(),
  datasetId: z.string(),
  generation: z.number().int().positive(),
  attempt: z.number().int().positive(),
});
export type StageJob = z.output<typeof stageJob>;

/** Payload of erased: that of its children. */
export const erasedJob = purgeJob;
