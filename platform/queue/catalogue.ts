import { z } from "zod";

/** Queues are named after the room that works on them. */
export const QUEUES = {
  documents: "documents",
  retrieval: "retrieval",
  knowledgeGraph: "knowledge-graph",
  conversations: "conversations",
} as const;

/** What every job carries: a version, who asked (signed), the trace, and the attempt that fences zombies. */
export const jobBase = z.object({
  v: z.literal(1),
  /** Signed tenant, user and departments; see `platform/auth/actor.ts`. */
  actor: z.string(),
  traceId: z.string(),
});

const documentJob = jobBase.extend({
  documentId: z.string(),
  datasetId: z.string(),
  generation: z.number().int().positive(),
  attempt: z.number().int().positive(),
});

/** documents → retrieval and knowledge-graph: the masked chunks of one generation, by reference. */
export const indexingJob = documentJob.extend({
  department: z.string().nullable(),
  /** Signed GET URL of the chunk artefact. */
  artefactUrl: z.string(),
});
export type IndexingJob = z.output<typeof indexingJob>;

/** What `retrieval/index` returns to its parent. */
export const indexResult = z.object({ rows: z.number().int(), model: z.string(), dimension: z.number().int() });
/** What `knowledge-graph/extract` returns to its parent. */
export const extractResult = z.object({
  entities: z.number().int(),
  mentions: z.number().int(),
  relations: z.number().int(),
});

/** documents → the other rooms: this generation is the visible one now; sweep the others. */
export const switchJob = documentJob.extend({ department: z.string().nullable() });
/** documents → the other rooms: this generation was called off and is not the visible one; remove what there is of it. */
export const discardJob = documentJob;
/** documents → the other rooms: the document is deleted; remove every trace and return how much went. In `conversations` it is `redact`. */
export const purgeJob = jobBase.extend({ documentId: z.string(), datasetId: z.string(), deletionId: z.string() });
export const purgeResult = z.object({ removed: z.record(z.string(), z.number().int()) });

/** documents → the other rooms: what do you hold of this tenant? */
export const inventoryJob = jobBase.extend({ sweepId: z.string() });
/** What a room holds, of every generation, visible or not; `loose`: things of its own that belong to no document any more. */
export const inventoryResult = z.object({
  holdings: z.array(z.object({ documentId: z.string(), generation: z.number().int(), items: z.number().int() })),
  loose: z.number().int(),
});
export type Inventory = z.output<typeof inventoryResult>;
/** Documents and generations that one inventory can tell of; a tenant with more is told in the job's failure. */
export const MAX_HOLDINGS = 200_000;

/** The chunk artefact that `artefactUrl` leads to. */
export const chunkArtefact = z.object({
  v: z.literal(1),
  documentId: z.string(),
  generation: z.number().int(),
  document: z.object({
    name: z.string(),
    mimeType: z.string(),
    version: z.number().int(),
    datasetId: z.string(),
    department: z.string().nullable(),
    createdAt: z.string(),
    effectiveDate: z.string().nullable(),
    title: z.string().nullable(),
  }),
  chunks: z.array(
    z.object({
      id: z.string(),
      position: z.number().int(),
      text: z.string(),
      elementType: z.string(),
      headingPath: z.array(z.string()),
      pages: z.array(z.number().int()),
      boxes: z.array(
        z.object({ page: z.number().int(), x0: z.number(), y0: z.number(), x1: z.number(), y1: z.number() }),
      ),
      tokens: z.number().int(),
      html: z.string().optional(),
    }),
  ),
});
export type ChunkArtefact = z.output<typeof chunkArtefact>;
export type ArtefactChunk = ChunkArtefact["chunks"][number];

/** conversations → itself: compute one answer. */
export const answerJob = jobBase.extend({
  answerId: z.string(),
  conversationId: z.string(),
  /** The span of the request that asked, where one was recorded. */
  spanId: z.string().optional(),
  attempt: z.number().int().positive(),
});

/** The name of each cross-room job on its queue. */
export const JOBS = {
  index: "index",
  extract: "extract",
  switch: "switch",
  discard: "discard",
  inventory: "inventory",
  purge: "purge",
  parse: "parse",
  mask: "mask",
  finish: "finish",
  answer: "answer",
  redact: "redact",
} as const;
