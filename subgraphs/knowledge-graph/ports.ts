import type { ArtefactChunk, Inventory } from "../../platform/queue/catalogue.js";
import type { Extraction } from "./domain/extraction/extract.js";
import type { WalkChunk, WalkMention } from "./domain/walk.js";

/** Documents whose published state the store does not show yet, as one viewer may see them. */
export interface Overlay {
  /** These documents' chunks are judged by `shown` alone, not by the store's marks. */
  readonly changing: readonly string[];
  /** Their generations that the viewer may read, as "document:generation". */
  readonly shown: readonly string[];
  /** Readable chunks of every entity that these documents name, by its id. */
  readonly counts: Readonly<Record<string, number>>;
  /** Readable chunks by the published state, less those by the store's marks. */
  readonly chunkDelta: number;
}

/** Who reads what at this moment, and until when it makes sense to go on. */
export interface Reading {
  readonly tenantId: string;
  /** Scopes (tenant/department) whose visible chunks may be read. */
  readonly scopes: readonly string[];
  /** Null when the store shows all that was published. */
  readonly overlay: Overlay | null;
  readonly signal: AbortSignal;
}

/** Counts what changing documents make different from the store's own counts. */
export interface OverlayReader {
  recount(
    view: Omit<Reading, "overlay"> & Pick<Overlay, "changing" | "shown">,
  ): Promise<Pick<Overlay, "counts" | "chunkDelta">>;
}

/** A chunk as readers see it. */
export interface ChunkRecord {
  readonly id: string;
  readonly documentId: string;
  readonly text: string;
  readonly position: number;
  readonly pages: readonly number[];
  readonly boxes: readonly { page: number; x0: number; y0: number; x1: number; y1: number }[];
  readonly elementType: string;
  readonly headingPath: readonly string[];
}

/** An entity as this reader may know it: spellings and counts of readable chunks only. */
export interface EntityRecord {
  readonly id: string;
  /** The most frequent spelling first; never empty. */
  readonly surfaces: readonly string[];
  readonly chunkCount: number;
}

/** Nodes by id, with the store's own authorisation: what the reader may not know of is absent from the map. */
export interface NodeReader {
  chunks(ids: readonly string[], reading: Reading): Promise<Map<string, ChunkRecord>>;
  entities(ids: readonly string[], reading: Reading): Promise<Map<string, EntityRecord>>;
}

/** `first + 1` ids at most, each with its sort key, and how many there are in all. */
export interface IdPage {
  readonly rows: readonly { readonly id: string; readonly key: readonly (string | number)[] }[];
  readonly total: number;
}
export interface PageRequest {
  readonly first: number;
  /** The sort key after which the page begins. */
  readonly after: readonly (string | number)[] | undefined;
}

export interface MentionRecord {
  readonly entityId: string;
  readonly count: number;
  readonly lead: boolean;
  readonly confidence: number;
}
export interface RelationRecord {
  readonly entityId: string;
  readonly relationType: string;
  /** The asked-for entity (or, on a path, the nearer one) is the subject. */
  readonly outgoing: boolean;
  readonly hops: number;
  /** Sentences of readable chunks that state it. */
  readonly weight: number;
  /** At most 20. */
  readonly evidence: readonly string[];
}
export interface RelatedDocumentRecord {
  readonly documentId: string;
  readonly sharedEntities: number;
  readonly entityIds: readonly string[];
}

/** What readable passages of one document hold. */
export interface StatisticsRecord {
  readonly chunks: number;
  /** Of the embedding model; null for a document that was indexed before they were counted. */
  readonly tokens: number | null;
  readonly elements: readonly { readonly elementType: string; readonly chunks: number }[];
  readonly entities: number;
  readonly mentions: number;
}

/** Lists and neighbourhoods, through readable chunks only. Each takes all the owners that one step of a request asks for. */
export interface GraphReader {
  chunksOfDocuments(documentIds: readonly string[], page: PageRequest, reading: Reading): Promise<Map<string, IdPage>>;
  entitiesOfDocuments(
    documentIds: readonly string[],
    page: PageRequest,
    reading: Reading,
  ): Promise<Map<string, IdPage>>;
  statisticsOf(documentIds: readonly string[], reading: Reading): Promise<Map<string, StatisticsRecord>>;
  documentsRelatedTo(
    documentIds: readonly string[],
    first: number,
    reading: Reading,
  ): Promise<Map<string, RelatedDocumentRecord[]>>;
  chunksOfEntities(entityIds: readonly string[], page: PageRequest, reading: Reading): Promise<Map<string, IdPage>>;
  /** Entities whose name contains `search` in its normal form; all when it is empty. The most mentioned first. */
  entitiesNamed(search: string, page: PageRequest, reading: Reading): Promise<IdPage>;
  mentionsOfChunks(chunkIds: readonly string[], reading: Reading): Promise<Map<string, MentionRecord[]>>;
  relationsOf(
    entityIds: readonly string[],
    maxHops: number,
    first: number,
    reading: Reading,
  ): Promise<Map<string, RelationRecord[]>>;
}

export interface NamedEntity {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly chunkCount: number;
}
export interface FactRecord {
  readonly subject: string;
  readonly relationType: string;
  readonly object: string;
  readonly weight: number;
  readonly evidence: readonly string[];
}
export interface NeighbourChunk extends WalkChunk {
  /** With the name used in this chunk. */
  readonly mentions: readonly (WalkMention & { readonly name: string })[];
}

/** What the graph walk reads, through readable chunks only. */
export interface WalkReader {
  /** How many chunks the reader may read, and the entities behind some keys. */
  survey(keys: readonly string[], reading: Reading): Promise<{ totalChunks: number; named: NamedEntity[] }>;
  /** For each readable chunk that shares an entity (of at most `maxChunks` chunks) with the seeds, or mentions one of `entityIds`: how many such entities link it. */
  links(
    seeds: readonly string[],
    entityIds: readonly string[],
    maxChunks: number,
    reading: Reading,
  ): Promise<Map<string, number>>;
  /**
   * The readable ones of some chunks. Mentions are those of entities that can conduct: in two of the chunks, in one of the first
   * `seeds` chunks, or among `entityIds`; the rest is only counted.
   */
  neighbourhood(
    chunkIds: readonly string[],
    seeds: number,
    entityIds: readonly string[],
    maxChunks: number,
    reading: Reading,
  ): Promise<NeighbourChunk[]>;
  /** What some chunks state, with all readable support of each fact: at most `limit`, those about `entityIds` and the typed ones first. */
  facts(
    chunkIds: readonly string[],
    entityIds: readonly string[],
    limit: number,
    reading: Reading,
  ): Promise<FactRecord[]>;
}

/** One generation of one document. */
export interface GenerationRef {
  readonly tenantId: string;
  readonly documentId: string;
  readonly generation: number;
}
export interface ExtractedChunk {
  readonly chunk: ArtefactChunk;
  readonly extraction: Extraction;
}
export interface GraphCounts {
  readonly chunks: number;
  readonly entities: number;
  readonly mentions: number;
  readonly relations: number;
}

/** Writes; each may be repeated and leaves the same graph. */
export interface GraphWriter {
  /** Writes some chunks of a generation, invisible. False: the document is deleted or has a newer generation, nothing was written. */
  write(
    ref: GenerationRef,
    department: string | null,
    chunks: readonly ExtractedChunk[],
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Counts what a generation holds. */
  count(ref: GenerationRef, signal: AbortSignal): Promise<GraphCounts>;
  /**
   * Makes a generation the visible one under its department, in one transaction, then removes the older ones and what only they
   * supported. False: the document is deleted, or a later revision has been applied.
   */
  show(
    ref: GenerationRef,
    state: { readonly department: string | null; readonly revision: number },
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Shows nothing of the document any more. False: a later revision has been applied. */
  hide(tenantId: string, documentId: string, revision: number, signal: AbortSignal): Promise<boolean>;
  /** Of some documents those whose newest revision the store has applied already. */
  applied(tenantId: string, revisions: ReadonlyMap<string, number>, signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Removes what there is of a generation, unless it is the visible one, with what only it supported. */
  discard(ref: GenerationRef, signal: AbortSignal): Promise<GraphCounts>;
  /** How many chunks of which generation of which document the tenant has, and how many entities nothing mentions. Rejects beyond `MAX_HOLDINGS`. */
  inventory(tenantId: string, signal: AbortSignal): Promise<Inventory>;
  /** Hides the document in one transaction, then removes everything that only it supported; later writes of it are refused. */
  purge(tenantId: string, documentId: string, signal: AbortSignal): Promise<GraphCounts>;
}
