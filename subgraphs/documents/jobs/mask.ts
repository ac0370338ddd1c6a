import type { z } from "zod";
import type { Embedder } from "../../../platform/models/ports.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import type { ChunkArtefact } from "../../../platform/queue/catalogue.js";
import { defineJob, type JobDefinition, type JobRun } from "../../../platform/queue/worker.js";
import { indexedChunk, matchEdits } from "../domain/chunk-edits.js";
import type { ChunkSource, SourceChunks } from "../domain/chunk-source.js";
import type { Chunk } from "../domain/chunking/chunk.js";
import { chunkDocument } from "../domain/chunking/chunk-document.js";
import { chunkId } from "../domain/chunking/chunk-id.js";
import type { Dataset } from "../domain/dataset.js";
import { NOTHING_LEFT, NOTHING_TO_INDEX, SOURCE_GONE } from "../domain/failure.js";
import { personalDataRefused, type TreatedDocument, treatPersonalData } from "../domain/personal-data.js";
import { objectKeys } from "../domain/upload.js";
import type { ChunkEditStore, DatasetStore, ObjectStore, Pipeline } from "../ports.js";
import { inputHash } from "./input-hash.js";
import { DOCUMENT_JOBS, stageJob } from "./payloads.js";
import { ARTEFACT_URL_SECONDS } from "./relay.js";
import { HopelessDocument, runStage, type StageDeps, type StageWork } from "./stage.js";

export interface MaskDeps extends StageDeps {
  readonly datasets: DatasetStore;
  readonly edits: ChunkEditStore;
  readonly source: ChunkSource;
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

/** Whether the policy has become stricter since the artefact was written. */
const isTooOpen = (stored: TreatedDocument, dataset: Dataset): boolean =>
  stored.piiPolicy === "KEEP" && dataset.piiPolicy !== "KEEP";

/** Elements artefact, personal data treated → chunks artefact, with the edits of chunks; then the rooms that index it. */
export function maskJob(deps: MaskDeps): JobDefinition<z.ZodType> {
  /** The file's chunks, cut now. */
  async function cut(
    dataset: Dataset,
    maxTokens: number,
    { document, target, signal }: StageWork,
    run: JobRun,
  ): Promise<SourceChunks> {
    const { tenantId, datasetId, id } = document;
    const elementsKey = objectKeys.elements(tenantId, datasetId, id, target.generation);
    let parsed = (await readJson(deps.objects, elementsKey, signal)) as TreatedDocument;
    if (isTooOpen(parsed, dataset))
      parsed = await treatPersonalData(parsed, document.name, dataset.piiPolicy, deps.detector, signal);
    const { pii, piiPolicy, name, mimeType, title = null } = parsed;
    await deps.documents.draft(run.scope, target, { pii, piiPolicy, title });
    const holdsPersonalData = Object.keys(pii).length > 0;
    if (piiPolicy === "REFUSE" && holdsPersonalData) throw new HopelessDocument(personalDataRefused());
    const { chunkTokens, overlapTokens } = dataset.indexing;
    const max = Math.min(Math.ceil(chunkTokens * 1.2), maxTokens - MODEL_RESERVE);
    const chunks = await chunkDocument(
      parsed.elements,
      {
        countTokens: (texts, options) => deps.embedder.countTokens(texts, options),
        similarity: async (texts, options) => {
          const vectors = await deps.embedder.embedPassages(texts, options);
          return vectors.slice(1).map((vector, i) => cosine(vectors[i] ?? [], vector));
        },
      },
      { sizes: { target: Math.min(chunkTokens, max), overlap: overlapTokens, max }, signal },
    );
    if (chunks.length === 0)
      throw new HopelessDocument(piiPolicy === "DROP" && holdsPersonalData ? NOTHING_LEFT : NOTHING_TO_INDEX);
    return { document: { name, mimeType, title }, chunks };
  }

  /** What is indexed: corrected chunks with their new text, disabled ones left out; positions and ids stay. */
  async function edited(
    source: SourceChunks,
    edits: Awaited<ReturnType<ChunkEditStore["ofDocument"]>>,
    signal: AbortSignal,
  ): Promise<Chunk[]> {
    const { chunks } = matchEdits(source.chunks, edits);
    const corrections = chunks.flatMap(({ edit }) => edit?.correctedText ?? []);
    const counts = await deps.embedder.countTokens(corrections, { signal });
    let next = 0;
    return chunks.flatMap((one) => {
      const tokens = one.edit?.correctedText == null ? one.chunk.tokens : (counts[next++] ?? 0);
      return indexedChunk(one, tokens) ?? [];
    });
  }

  return defineJob({
    name: DOCUMENT_JOBS.mask,
    schema: stageJob,
    timeoutMs: 10 * 60_000,
    handle: (payload, run) =>
      runStage(deps, "MASK", payload, run, async (work) => {
        const { document, target, signal } = work;
        const { tenantId, datasetId, id, draft } = document;
        const dataset = (await deps.datasets.byIds(run.scope, [datasetId])).get(datasetId);
        if (!dataset) throw new Error("the data set is gone");
        const edits = await deps.edits.ofDocument(run.scope, id);
        const model = await deps.embedder.info({ signal });
        const { parsedFrom, effectiveDate, sourceGeneration } = draft;
        const { indexing, piiPolicy } = dataset;
        const { department, name } = document;
        const input = [
          indexing,
          piiPolicy,
          model,
          parsedFrom,
          effectiveDate,
          department,
          name,
          sourceGeneration,
          edits,
        ];
        const chunkedFrom = inputHash(CHUNK_REVISION, ...input);
        const key = objectKeys.chunks(tenantId, datasetId, id, target.generation);
        const open = async (total: number): Promise<void> => {
          const url = await deps.objects.signedGet(key, { expiresInSeconds: ARTEFACT_URL_SECONDS });
          await deps.pipeline.openIndexing(run, target, url);
          await deps.publisher.report(tenantId, target, { stage: "INDEX", state: "WAITING", total });
        };
        const isThere = draft.chunkedFrom === chunkedFrom && (await deps.objects.size(key, signal)) !== undefined;
        if (isThere && draft.chunks !== undefined) return open(draft.chunks);
        const source =
          sourceGeneration === undefined
            ? await cut(dataset, model.maxTokens, work, run)
            : await deps.source.read(document, sourceGeneration, signal);
        if (!source) throw new HopelessDocument(SOURCE_GONE);
        await deps.source.write(document, target.generation, source, signal);
        const chunks = await edited(source, edits, signal);
        const artefact: ChunkArtefact = {
          v: 1,
          documentId: id,
          generation: target.generation,
          document: {
            ...source.document,
            version: target.generation,
            datasetId,
            department,
            createdAt: document.createdAt.toISOString(),
            effectiveDate: effectiveDate ?? null,
          },
          chunks: chunks.map((chunk) => ({ id: chunkId(id, target.generation, chunk.position), ...chunk })),
        };
        await deps.objects.write(key, JSON.stringify(artefact), "application/json", signal);
        const total = chunks.length;
        await deps.documents.draft(run.scope, target, { chunks: total, chunkedFrom });
        await deps.publisher.report(tenantId, target, { stage: "CHUNK", state: "RUNNING", done: total, total });
        await open(total);
      }),
  });
}
