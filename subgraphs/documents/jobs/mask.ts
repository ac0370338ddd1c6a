import type { z } from "zod";
import type { Embedder } from "../../../platform/models/ports.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import { addCounts } from "../../../platform/pii/mask.js";
import { maskElements, maskMetadata } from "../../../platform/pii/mask-elements.js";
import type { ChunkArtefact } from "../../../platform/queue/catalogue.js";
import { defineJob, type JobDefinition } from "../../../platform/queue/worker.js";
import { chunkDocument } from "../domain/chunking/chunk-document.js";
import { chunkId } from "../domain/chunking/chunk-id.js";
import type { Dataset } from "../domain/dataset.js";
import { NOTHING_TO_INDEX } from "../domain/failure.js";
import type { ParseResult } from "../domain/parser.js";
import { objectKeys } from "../domain/upload.js";
import type { DatasetStore, ObjectStore, Pipeline } from "../ports.js";
import { inputHash } from "./input-hash.js";
import { DOCUMENT_JOBS, stageJob } from "./payloads.js";
import { ARTEFACT_URL_SECONDS } from "./relay.js";
import { HopelessDocument, runStage, type StageDeps, type StageWork } from "./stage.js";

export interface MaskDeps extends StageDeps {
  readonly datasets: DatasetStore;
  readonly objects: ObjectStore;
  readonly pipeline: Pipeline;
  readonly detector: PiiDetector;
  readonly embedder: Embedder;
}

/** The parser's own bound on its answer, with room for JSON's escapes. */
const MAX_ELEMENTS_BYTES = 256 * 1024 * 1024;
/** Tokens the model keeps for its own marks and its prompt ("passage: "). */
const MODEL_RESERVE = 16;

async function readJson(objects: ObjectStore, key: string, signal: AbortSignal): Promise<unknown> {
  const parts: Buffer[] = [];
  const body = await objects.read(key, { maxBytes: MAX_ELEMENTS_BYTES, signal });
  for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

/** Raised when the same elements would be masked or cut otherwise. */
const CHUNK_REVISION = 1;

const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

const languageOf = (language: string | undefined): "ko" | "en" | "other" =>
  language?.startsWith("ko") ? "ko" : language?.startsWith("en") ? "en" : "other";

/** Elements artefact → masked chunks artefact; then the rooms that index it. */
export function maskJob(deps: MaskDeps): JobDefinition<z.ZodType> {
  async function build(
    parsed: ParseResult,
    dataset: Dataset,
    maxTokens: number,
    { document, target, signal }: StageWork,
  ) {
    const language = languageOf(parsed.language);
    const title = parsed.title ?? parsed.elements.find((element) => element.type === "Title")?.text ?? null;
    const body = await maskElements(parsed.elements, deps.detector, { language, signal });
    const card = await maskMetadata({ name: document.name, title }, deps.detector, { language, signal });
    const { chunkTokens, overlapTokens } = dataset.indexing;
    const max = Math.min(Math.ceil(chunkTokens * 1.2), maxTokens - MODEL_RESERVE);
    const chunks = await chunkDocument(
      body.elements,
      {
        countTokens: (texts, options) => deps.embedder.countTokens(texts, options),
        similarity: async (texts, options) => {
          const vectors = await deps.embedder.embedPassages(texts, options);
          return vectors.slice(1).map((vector, i) => cosine(vectors[i] ?? [], vector));
        },
      },
      { sizes: { target: Math.min(chunkTokens, max), overlap: overlapTokens, max }, signal },
    );
    const artefact: ChunkArtefact = {
      v: 1,
      documentId: document.id,
      generation: target.generation,
      document: {
        name: card.metadata.name ?? document.id,
        mimeType: parsed.mimeType,
        version: target.generation,
        datasetId: document.datasetId,
        department: document.department,
        createdAt: document.createdAt.toISOString(),
        effectiveDate: document.draft.effectiveDate ?? null,
        title: card.metadata.title,
      },
      chunks: chunks.map((chunk) => ({ id: chunkId(document.id, target.generation, chunk.position), ...chunk })),
    };
    return { artefact, pii: addCounts(body.counts, card.counts) };
  }

  return defineJob({
    name: DOCUMENT_JOBS.mask,
    schema: stageJob,
    timeoutMs: 10 * 60_000,
    handle: (payload, run) =>
      runStage(deps, "MASK", payload, run, async (work) => {
        const { document, target, signal } = work;
        const { tenantId, datasetId, id } = document;
        const dataset = (await deps.datasets.byIds(run.scope, [datasetId])).get(datasetId);
        if (!dataset) throw new Error("the data set is gone");
        const key = objectKeys.chunks(tenantId, datasetId, id, target.generation);
        const model = await deps.embedder.info({ signal });
        const { parsedFrom, effectiveDate } = document.draft;
        const { department, name, draft } = document;
        const from = [dataset.indexing, model, parsedFrom, effectiveDate, department, name];
        const chunkedFrom = inputHash(CHUNK_REVISION, ...from);
        const open = async (chunks: number): Promise<void> => {
          const url = await deps.objects.signedGet(key, { expiresInSeconds: ARTEFACT_URL_SECONDS });
          await deps.pipeline.openIndexing(run, target, url);
          await deps.publisher.report(tenantId, target, { stage: "INDEX", state: "WAITING", total: chunks });
        };
        if (draft.chunkedFrom === chunkedFrom && draft.chunks && (await deps.objects.size(key, signal)) !== undefined)
          return open(draft.chunks);
        const elementsKey = objectKeys.elements(tenantId, datasetId, id, target.generation);
        const parsed = (await readJson(deps.objects, elementsKey, signal)) as ParseResult;
        const { artefact, pii } = await build(parsed, dataset, model.maxTokens, work);
        if (artefact.chunks.length === 0) throw new HopelessDocument(NOTHING_TO_INDEX);
        await deps.objects.write(key, JSON.stringify(artefact), "application/json", signal);
        const chunks = artefact.chunks.length;
        await deps.documents.draft(run.scope, target, { chunks, pii, title: artefact.document.title, chunkedFrom });
        await deps.publisher.report(tenantId, target, {
          stage: "CHUNK",
          state: "RUNNING",
          done: chunks,
          total: chunks,
        });
        await open(chunks);
      }),
  });
}
