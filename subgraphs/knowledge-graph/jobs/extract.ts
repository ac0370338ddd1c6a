import { setImmediate as yieldToEvents } from "node:timers/promises";
import type { z } from "zod";
import {
  type ArtefactChunk,
  type ChunkArtefact,
  extractResult,
  indexingJob,
  JOBS,
} from "../../../platform/queue/catalogue.js";
import { defineJob, PermanentFailure } from "../../../platform/queue/worker.js";
import type { ProgressEvent } from "../../../platform/streams/progress.js";
import type { Extractor, ExtractorInput, ReadBy } from "../domain/extraction/extractor.js";
import type { GenerationRef } from "../ports.js";
import { type FollowDeps, followDocument } from "./follow.js";

export interface ExtractDeps extends FollowDeps {
  readonly fetchArtefact: (url: string, signal: AbortSignal) => Promise<ChunkArtefact>;
  readonly extractor: Extractor;
  /** Hears how each chunk was read. */
  readonly onRead?: (readBy: ReadBy) => void;
  readonly report: (tenantId: string, event: Omit<ProgressEvent, "at">) => Promise<void>;
}

/** Chunks written in one transaction. */
const BATCH = 50;

/**
 * Reads entities and relations out of one generation's chunks and writes them, invisible until the switch. Run twice it leaves the
 * same graph; run late, for a deleted document or an old generation, it leaves nothing.
 */
export const extractJob = (deps: ExtractDeps) =>
  defineJob({
    name: JOBS.extract,
    schema: indexingJob,
    timeoutMs: 30 * 60_000,
    async handle(payload, run): Promise<z.output<typeof extractResult>> {
      const { tenantId } = run.scope;
      const { documentId, datasetId, generation, attempt, department } = payload;
      const ref: GenerationRef = { tenantId, documentId, generation };
      const report = (state: ProgressEvent["state"], done: number, total: number | null): Promise<void> =>
        deps.report(tenantId, { documentId, datasetId, generation, attempt, stage: "EXTRACT", state, done, total });
      const artefact = await deps.fetchArtefact(payload.artefactUrl, run.signal);
      if (artefact.documentId !== documentId || artefact.generation !== generation)
        throw new PermanentFailure("ARTEFACT_MISMATCH", "The chunks are those of another document or generation.");
      const total = artefact.chunks.length;
      await report("RUNNING", 0, total);
      const inputOf = ({ text, headingPath, tokens }: ArtefactChunk): ExtractorInput => ({
        text,
        headingPath,
        tokens,
        documentTitle: artefact.document.title,
      });
      const document = deps.extractor.open(artefact.chunks.map(inputOf));
      if (document.estimatedTokens > 0)
        run.logger.info(
          { documentId, estimatedTokens: document.estimatedTokens },
          "a model is asked, at most for this",
        );
      for (let at = 0; at < total; at += BATCH) {
        const batch = await inLanes(artefact.chunks.slice(at, at + BATCH), deps.extractor.lanes, async (chunk) => {
          run.signal.throwIfAborted();
          const { extraction, readBy } = await document.extract(inputOf(chunk), run.signal);
          deps.onRead?.(readBy);
          await yieldToEvents(); // extraction is mostly computing: let the queue renew the job's lock
          return { chunk, extraction };
        });
        if (!(await deps.writer.write(ref, department, batch, run.signal))) {
          run.logger.info(
            { documentId, generation },
            "the document is deleted or has a newer generation; nothing is extracted",
          );
          await report("CANCELLED", at, total);
          return { entities: 0, mentions: 0, relations: 0 };
        }
        await report("RUNNING", Math.min(at + BATCH, total), total);
      }
      // Extraction that was repeated after the document was finished without it: nobody else would show it any more.
      const published = await deps.feed.state(tenantId, documentId);
      if (published?.visible?.generation === generation) await followDocument(deps, tenantId, documentId, run.signal);
      const { entities, mentions, relations } = await deps.writer.count(ref, run.signal);
      // Not COMPLETED: that is told of the whole document, by the room that owns it.
      await report("RUNNING", total, total);
      return extractResult.parse({ entities, mentions, relations });
    },
  });

/** Does the work for all items, in their order, so many at once. The first failure is thrown when nothing runs any more. */
async function inLanes<T, R>(items: readonly T[], lanes: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}
