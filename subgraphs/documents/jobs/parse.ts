import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline as pipe } from "node:stream/promises";
import type { z } from "zod";
import { defineJob, type JobDefinition } from "../../../platform/queue/worker.js";
import { findEffectiveDate } from "../domain/effective-date.js";
import type { Parser } from "../domain/parser.js";
import { objectKeys } from "../domain/upload.js";
import type { ObjectStore, Pipeline } from "../ports.js";
import { DOCUMENT_JOBS, stageJob } from "./payloads.js";
import { runStage, type StageDeps } from "./stage.js";

export interface ParseDeps extends StageDeps {
  readonly objects: ObjectStore;
  readonly parser: Parser;
  readonly pipeline: Pipeline;
  readonly maxFileBytes: number;
  /** Where files lie while they are parsed. */
  readonly workDir: string;
}

/** Original file → elements artefact; then `mask`. */
export function parseJob(deps: ParseDeps): JobDefinition<z.ZodType> {
  return defineJob({
    name: DOCUMENT_JOBS.parse,
    schema: stageJob,
    timeoutMs: 10 * 60_000,
    handle: (payload, run) =>
      runStage(deps, "PARSE", payload, run, async ({ document, target, signal }) => {
        const dir = await mkdtemp(join(deps.workDir, "llmflow-parse-"));
        try {
          const path = join(dir, "original");
          const body = await deps.objects.read(document.storageKey, { maxBytes: deps.maxFileBytes, signal });
          await pipe(body, createWriteStream(path, { mode: 0o600 }), { signal });
          const parsed = await deps.parser.parse(
            { path, name: document.name, declaredMimeType: document.mimeType },
            { signal },
          );
          const key = objectKeys.elements(document.tenantId, document.datasetId, document.id, target.generation);
          await deps.objects.write(key, JSON.stringify(parsed), "application/json", signal);
          const pages = parsed.pageCount ?? null;
          await deps.documents.draft(run.scope, target, {
            pageCount: pages,
            language: parsed.language ?? null,
            effectiveDate: findEffectiveDate(parsed.elements),
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
