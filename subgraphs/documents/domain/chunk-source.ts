import type { Chunk } from "./chunking/chunk.js";
import type { Document } from "./document.js";

/** A generation's chunks as they were cut, and what the indexing rooms are told of the document. Personal data is treated. */
export interface SourceChunks {
  readonly document: { readonly name: string; readonly mimeType: string; readonly title: string | null };
  readonly chunks: readonly Chunk[];
}

/** Where they are kept, as long as the generation is the visible one. */
export interface ChunkSource {
  read(
    document: Pick<Document, "tenantId" | "datasetId" | "id">,
    generation: number,
    signal: AbortSignal,
  ): Promise<SourceChunks | undefined>;
  write(
    document: Pick<Document, "tenantId" | "datasetId" | "id">,
    generation: number,
    source: SourceChunks,
    signal: AbortSignal,
  ): Promise<void>;
}
