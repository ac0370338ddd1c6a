import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline as pipe } from "node:stream/promises";
import type { z } from "zod";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import { defineJob, type JobDefinition } from "../../../platform/queue/worker.js";
import { findEffectiveDate } from "../domain/effective-date.js";
import type { Element } from "../domain/elements.js";
import type { ParseResult, Parser } from "../domain/parser.js";
import { personalDataRefused, type TreatedDocument, treatPersonalData } from "../domain/personal-data.js";
import { objectKeys } from "../domain/upload.js";
import type { DatasetStore, Pipeline } from "../ports.js";
import { type AttachmentDeps, storeAttachments } from "./attachments.js";
import { inputHash } from "./input-hash.js";
import { DOCUMENT_JOBS, stageJob } from "./payloads.js";
import { HopelessDocument, runStage, type StageDeps } from "./stage.js";

export interface ParseDeps extends StageDeps, AttachmentDeps {
  readonly datasets: DatasetStore;
  readonly detector: PiiDetector;
  readonly parser: Parser;
  readonly pipeline: Pipeline;
  readonly maxFileBytes: number;
  /** Where files lie while they are parsed. */
  readonly workDir: string;
}

/** Files of a message are named in it, so that a message without words can be found too. */
function withNames(parsed: ParseResult, names: readonly string[]): ParseResult {
  if (names.length === 0) return parsed;
  const list: Element = { id: `e${parsed.elements.length + 1}`, type: "ListItem", text: names.join("\n") };
  return { ...parsed, elements: [...parsed.elements, list] };
}

/** Raised when the same file would be read otherwise. */
const PARSE_REVISION = 1;

/**
 * Original file → elements artefact, and its attachments as documents of their own; then `mask`. Personal data is treated by the
 * data set's policy before anything is stored, so that what the policy takes away is in no artefact, whatever becomes of the attempt.
 */
export function parseJob(deps: ParseDeps): JobDefinition<z.ZodType> {
  return defineJob({
    name: DOCUMENT_JOBS.parse,
    schema: stageJob,
    timeoutMs: 10 * 60_000,
    handle: (payload, run) =>
      runStage(deps, "PARSE", payload, run, async ({ document, target, signal }) => {
        const key = objectKeys.elements(document.tenantId, document.datasetId, document.id, target.generation);
        const dataset = (await deps.datasets.byIds(run.scope, [document.datasetId])).get(document.datasetId);
        if (!dataset) throw new Error("the data set is gone");
        const { piiPolicy } = dataset;
        const parsedFrom = inputHash(PARSE_REVISION, document.sha256, document.name, document.mimeType, piiPolicy);
        if (document.draft.parsedFrom === parsedFrom && (await deps.objects.size(key, signal)) !== undefined)
          return deps.pipeline.run(run, "mask", target);
        const dir = await mkdtemp(join(deps.workDir, "llmflow-parse-"));
        try {
          const path = join(dir, "original");
          const body = await deps.objects.read(document.storageKey, { maxBytes: deps.maxFileBytes, signal });
          await pipe(body, createWriteStream(path, { mode: 0o600 }), { signal });
          const parsed = await deps.parser.parse(
            { path, name: document.name, declaredMimeType: document.mimeType },
            { signal },
          );
          const { attachments = [], ...readable } = parsed;
          await deps.publisher.report(run.scope.tenantId, target, { stage: "MASK", state: "RUNNING" });
          const treat = async (content: ParseResult): Promise<TreatedDocument> => {
            const treated = await treatPersonalData(content, document.name, piiPolicy, deps.detector, signal);
            const { pii } = treated;
            if (piiPolicy !== "REFUSE" || Object.keys(pii).length === 0) return treated;
            await deps.documents.draft(run.scope, target, { pii, piiPolicy });
            throw new HopelessDocument(personalDataRefused());
          };
          // A refused message brings no attachments in.
          let treated = await treat(readable);
          const attached = await storeAttachments(deps, run, document, target, attachments, signal);
          if (attached.length > 0) treated = await treat(withNames(readable, attached));
          await deps.objects.write(key, JSON.stringify(treated), "application/json", signal);
          const pages = readable.pageCount ?? null;
          await deps.documents.draft(run.scope, target, {
            pageCount: pages,
            language: readable.language ?? null,
            effectiveDate: findEffectiveDate(treated.elements),
            title: treated.title ?? null,
            pii: treated.pii,
            piiPolicy,
            parsedFrom,
          });
          await deps.publisher.report(run.scope.tenantId, target, {
            stage: "PARSE",
            state: "RUNNING",
            done: pages ?? 1,
            total: pages ?? 1,
          });
          await deps.pipeline.run(run, "mask", target);
        } finally {
          await rm(dir, { recursive: true, force: true });
        }
      }),
  });
}
