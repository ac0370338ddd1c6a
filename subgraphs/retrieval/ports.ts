import type { TenantScope, Viewer } from "../../platform/auth/viewer.js";
import type { Inventory } from "../../platform/queue/catalogue.js";
import type { Scored } from "./domain/fusion.js";
import type { Candidate, EmbeddingModel, IndexedPassage, SearchFilter } from "./domain/passage.js";

/** Turns texts into vectors. Which model it is may be unknown while its server is away. */
export interface QueryEmbedder {
  model(signal: AbortSignal): Promise<EmbeddingModel>;
  embedQuery(text: string, signal: AbortSignal): Promise<readonly number[]>;
}

export interface PassageEmbedder {
  /** The model that runs now. */
  model(signal: AbortSignal): Promise<EmbeddingModel>;
  /** Vectors in the order of the texts. `onEmbedded` counts the texts that are done since the last call. */
  embedPassages(
    texts: readonly string[],
    signal: AbortSignal,
    onEmbedded: (count: number) => void,
  ): Promise<readonly (readonly number[])[]>;
}

/** The vector and full-text index as a reader sees it: nothing outside the scope's tenant and departments exists. */
export interface PassageIndex {
  /** Models that have an index, for when the embedder cannot say which is in use. */
  models(signal: AbortSignal): Promise<readonly EmbeddingModel[]>;
  dense(
    scope: TenantScope,
    model: EmbeddingModel,
    query: { vector: readonly number[]; limit: number; filter: SearchFilter },
    signal: AbortSignal,
  ): Promise<readonly Candidate[]>;
  fullText(
    scope: TenantScope,
    model: EmbeddingModel,
    query: { text: string; limit: number; filter: SearchFilter },
    signal: AbortSignal,
  ): Promise<readonly Candidate[]>;
  /** The passages among `chunkIds` that the scope may read and the filter lets through, in no order. */
  fetch(
    scope: TenantScope,
    model: EmbeddingModel,
    chunkIds: readonly string[],
    filter: SearchFilter,
    signal: AbortSignal,
  ): Promise<readonly IndexedPassage[]>;
}

/** A passage with everything that is written of it. */
export interface EmbeddedPassage extends IndexedPassage {
  readonly searchText: string;
  /** Of all that is written but the vector; an equal one means that the row need not be written again. */
  readonly fingerprint: string;
  readonly vector: readonly number[];
}

/** The index as the worker writes it. Every call may be repeated. */
export interface PassageStore {
  /** Fingerprints by chunk of what is stored of one generation. */
  fingerprints(
    scope: TenantScope,
    model: EmbeddingModel,
    document: { documentId: string; generation: number },
    signal: AbortSignal,
  ): Promise<Map<string, string>>;
  write(
    scope: TenantScope,
    model: EmbeddingModel,
    passages: readonly EmbeddedPassage[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Says that a document is written: an engine that searches fresh rows slowly may put them in order now. */
  settle(model: EmbeddingModel, signal: AbortSignal): Promise<void>;
  removeChunks(
    scope: TenantScope,
    model: EmbeddingModel,
    documentId: string,
    chunkIds: readonly string[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Rows of one generation; when it returns, a reader sees all that was written before. */
  count(
    scope: TenantScope,
    model: EmbeddingModel,
    document: { documentId: string; generation: number },
    signal: AbortSignal,
  ): Promise<number>;
  /** Removes older generations, whatever model they were embedded with. Returns how many rows went. */
  removeGenerationsBefore(
    scope: TenantScope,
    document: { documentId: string; generation: number },
    signal: AbortSignal,
  ): Promise<number>;
  /** Removes one generation, whatever model it was embedded with. Returns how many rows went. */
  removeGeneration(
    scope: TenantScope,
    document: { documentId: string; generation: number },
    signal: AbortSignal,
  ): Promise<number>;
  /** Brings every row of the document under the department, vectors kept. Returns how many rows moved. */
  moveToDepartment(
    scope: TenantScope,
    documentId: string,
    department: string | null,
    signal: AbortSignal,
  ): Promise<number>;
  /** Rows of the document, whatever generation or model. */
  countDocument(scope: TenantScope, documentId: string, signal: AbortSignal): Promise<number>;
  /** How many rows of which generation of which document the tenant has, in any department. Rejects beyond `MAX_HOLDINGS`. */
  inventory(scope: TenantScope, signal: AbortSignal): Promise<Inventory["holdings"]>;
  /** Removes every row of the document. Returns how many rows went. */
  removeDocument(scope: TenantScope, documentId: string, signal: AbortSignal): Promise<number>;
}

/** Remembers which documents are purged, so that an indexing job that is still on its way does not bring them back. */
export interface PurgeMarks {
  mark(tenantId: string, documentId: string): Promise<void>;
  isMarked(tenantId: string, documentId: string): Promise<boolean>;
  /** Keeps the largest number of rows that a purge has found and returns it: a purge that is repeated after a crash still gives the whole receipt. */
  recordFound(tenantId: string, documentId: string, rows: number): Promise<number>;
}

export interface GraphFact {
  readonly subject: string;
  readonly relationType: string;
  readonly object: string;
  readonly weight: number;
  readonly evidence: readonly string[];
}

export interface GraphRanking {
  readonly order: readonly (Scored & { readonly entities: readonly string[]; readonly fromCandidates: boolean })[];
  readonly facts: readonly GraphFact[];
  readonly questionEntities: readonly { readonly id: string; readonly name: string }[];
}

/** The walk over the knowledge graph, in the room that owns it, as the viewer. */
export interface GraphRanker {
  rank(
    input: { candidates: readonly Scored[]; terms: readonly string[]; query: string; limit: number; hops: number },
    caller: { viewer: Viewer; traceId: string },
    signal: AbortSignal,
  ): Promise<GraphRanking>;
}

/** A passage as the rooms that own chunks and documents know it; where and in which generation it may be seen is not theirs to say. */
export type PassageText = Omit<IndexedPassage, "generation" | "department" | "datasetId">;

/** The texts of chunks from the rooms that own them, as the viewer: the way out while the index is away. */
export interface PassageTexts {
  /** Those among the chunks that the viewer may read, in no order. */
  fetch(
    chunkIds: readonly string[],
    caller: { viewer: Viewer; traceId: string },
    signal: AbortSignal,
  ): Promise<readonly PassageText[]>;
}

export interface PassageReranker {
  /** True for a cross-encoder; a bi-encoder's cosine is shown but never changes the order. */
  reorders(signal: AbortSignal): Promise<boolean>;
  /** Scores in the order of the texts; higher is better. */
  rerank(query: string, texts: readonly string[], signal: AbortSignal): Promise<readonly number[]>;
}
