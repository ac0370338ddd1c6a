import { createHash } from "node:crypto";
import type { z } from "zod";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { elementTypeOf } from "../../../platform/graphql/passages.js";
import { ModelError } from "../../../platform/models/errors.js";
import type { ArtefactChunk, ChunkArtefact, IndexingJob, indexResult } from "../../../platform/queue/catalogue.js";
import { PermanentFailure } from "../../../platform/queue/worker.js";
import type { ProgressEvent } from "../../../platform/streams/progress.js";
import { searchTextOf, textWithHeadings } from "../domain/indexing-text.js";
import type { EmbeddingModel } from "../domain/passage.js";
import type { EmbeddedPassage, PassageEmbedder, PassageStore, PurgeMarks } from "../ports.js";

export interface IndexingDependencies {
  readonly embedder: PassageEmbedder;
  readonly store: PassageStore;
  readonly purged: PurgeMarks;
  readonly fetchArtefact: (url: string, signal: AbortSignal) => Promise<ChunkArtefact>;
  readonly report: (tenantId: string, event: Omit<ProgressEvent, "at">) => Promise<void>;
}

/** Chunks that are embedded together; the rows of one slice are written while the next is embedded. */
const SLICE = 128;

type Prepared = Omit<EmbeddedPassage, "vector"> & { readonly embedded: string };

/** A chunk as it will be written, all but its vector. */
function prepare(
  artefact: ChunkArtefact,
  chunk: ArtefactChunk,
  department: string | null,
  model: EmbeddingModel,
): Prepared {
  const { document } = artefact;
  const embedded = textWithHeadings({ ...chunk, title: document.title });
  const passage = {
    chunkId: chunk.id,
    documentId: artefact.documentId,
    datasetId: document.datasetId,
    department,
    generation: artefact.generation,
    position: chunk.position,
    text: chunk.text,
    elementType: elementTypeOf(chunk.elementType),
    headingPath: chunk.headingPath,
    pages: chunk.pages,
    boxes: chunk.boxes,
    fileName: document.name,
    documentVersion: document.version,
    effectiveDate: document.effectiveDate,
    createdAt: Date.parse(document.createdAt),
    searchText: searchTextOf(embedded),
  };
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([model, embedded, passage]))
    .digest("base64url");
  return { ...passage, embedded, fingerprint };
}

/** A text that the embedder will never take ends the job at once and is named; anything else may pass with time. */
function refusedByEmbedder(error: unknown, slice: readonly Prepared[]): unknown {
  if (!(error instanceof ModelError) || error.transient || error.code === "UNAVAILABLE") return error;
  const chunk = error.index === undefined ? undefined : slice[error.index];
  return new PermanentFailure(
    "EMBEDDING_REFUSED",
    chunk
      ? `The embedder refuses chunk ${chunk.position} (${chunk.chunkId}).`
      : "The embedder refuses the document's text.",
  );
}

/**
 * Embeds and writes one generation of a document. Run twice, or taken over half-way, it writes only what is not there
 * yet and removes what does not belong: afterwards the rows of the generation are exactly the artefact's chunks.
 */
export async function indexPassages(
  { embedder, store, purged, fetchArtefact, report }: IndexingDependencies,
  job: IndexingJob,
  scope: TenantScope,
  signal: AbortSignal,
): Promise<z.output<typeof indexResult>> {
  const [artefact, model] = await Promise.all([fetchArtefact(job.artefactUrl, signal), embedder.model(signal)]);
  if (artefact.documentId !== job.documentId || artefact.generation !== job.generation)
    throw new PermanentFailure("BAD_ARTEFACT", "The chunk artefact belongs to another document or generation.");
  const document = { documentId: job.documentId, generation: job.generation };
  const passages = artefact.chunks.map((chunk) => prepare(artefact, chunk, job.department, model));
  const wanted = new Set(passages.map(({ chunkId }) => chunkId));
  const stored = await store.fingerprints(scope, model, document, signal);
  const missing = passages.filter(({ chunkId, fingerprint }) => stored.get(chunkId) !== fingerprint);
  const astray = [...stored.keys()].filter((chunkId) => !wanted.has(chunkId));

  const tell = (stage: "EMBED" | "INDEX", done: number): Promise<void> =>
    report(scope.tenantId, {
      ...document,
      datasetId: job.datasetId,
      attempt: job.attempt,
      stage,
      // The end of a stage is not the end of the work: that is told by the room that owns the document.
      state: "RUNNING",
      done,
      total: passages.length,
    });
  const already = passages.length - missing.length;
  let embedded = already;
  let written = already;
  await tell("EMBED", embedded);

  const write = async (slice: readonly EmbeddedPassage[]): Promise<void> => {
    await refusePurged();
    await store.write(scope, model, slice, signal);
    written += slice.length;
    await tell("INDEX", written);
  };
  /** A purge that came while this job was on its way wins: nothing of the document may come back. */
  const refusePurged = async (): Promise<void> => {
    if (!(await purged.isMarked(scope.tenantId, job.documentId))) return;
    await store.removeDocument(scope, job.documentId, signal);
    throw new PermanentFailure("DELETED", "The document was deleted while it was indexed.");
  };

  let writing: Promise<void> = Promise.resolve();
  for (let at = 0; at < missing.length; at += SLICE) {
    const slice = missing.slice(at, at + SLICE);
    const progress: Promise<void>[] = [];
    const vectors = await embedder
      .embedPassages(
        slice.map((passage) => passage.embedded),
        signal,
        (count) => {
          embedded += count;
          progress.push(tell("EMBED", embedded));
        },
      )
      .catch(async (error: unknown) => {
        // The next attempt looks at what is stored: nothing of this one may still be on its way then.
        await writing.catch(() => {});
        throw refusedByEmbedder(error, slice);
      });
    await Promise.all([writing, ...progress]);
    writing = write(
      slice.map(({ embedded: _, ...passage }, i) => {
        const vector = vectors[i];
        if (vector?.length !== model.dimension)
          throw new Error(
            `The embedder gave ${vector?.length ?? 0} numbers where ${model.model} has ${model.dimension}`,
          );
        return { ...passage, vector };
      }),
    );
    // Handled at the next turn; until then a failed write is no unhandled rejection.
    writing.catch(() => {});
  }
  await writing;
  const now = await embedder.model(signal);
  if (missing.length > 0 && (now.model !== model.model || now.dimension !== model.dimension)) {
    // Nobody can say which of these vectors are whose: none stays, and the next attempt writes the new model's index.
    await store.removeChunks(scope, model, job.documentId, [...wanted], signal);
    throw new Error("The embedder's model has changed while the document was embedded");
  }
  await store.removeChunks(scope, model, job.documentId, astray, signal);
  const rows = await store.count(scope, model, document, signal);
  if (rows !== passages.length)
    throw new Error(`The index holds ${rows} rows of the generation where ${passages.length} were written`);
  await refusePurged();
  await store.settle(model, signal);
  if (missing.length === 0) await tell("INDEX", written);
  return { rows, model: model.model, dimension: model.dimension };
}
