import type { DocumentFailure } from "./failure.js";
import type { PiiPolicy } from "./pii-policy.js";
import type { Stage } from "./stage.js";

export const DOCUMENT_STATUSES = ["PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "DELETING"] as const;
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

/** Kind of personal data → how many values of it were found. */
export type PiiTally = Readonly<Record<string, number>>;

/** What was learnt about the generation under way; becomes the document's own when that generation is shown. */
export interface Draft {
  readonly pageCount?: number | null;
  readonly title?: string | null;
  /** "YYYY-MM-DD" */
  readonly effectiveDate?: string | null;
  readonly language?: string | null;
  readonly chunks?: number;
  /** The generation whose chunks are taken over, with the edits of today; absent: the file is cut anew. */
  readonly sourceGeneration?: number;
  readonly pii?: PiiTally;
  readonly piiPolicy?: PiiPolicy;
  /** Hashes of what the stored artefacts were made from: a stage that is run again with the same input is not computed again. */
  readonly parsedFrom?: string;
  readonly chunkedFrom?: string;
}

/** Why work does not move although it should. */
export interface Obstacle {
  /** Stable, upper case: "NO_WORKER", "FAILING". */
  readonly code: string;
  readonly message: string;
}

/** A document as its owner keeps it. */
export interface Document {
  readonly id: string;
  readonly tenantId: string;
  readonly datasetId: string;
  /** null: shared with the whole tenant. */
  readonly department: string | null;
  readonly name: string;
  readonly storageKey: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly status: DocumentStatus;
  readonly stage: Stage;
  /** Grows with every new start, cancel, move or delete; a job of an older attempt may no longer act. */
  readonly attempt: number;
  readonly recoveries: number;
  readonly latestGeneration: number;
  /** The generation that searches see; null while there is none. */
  readonly visibleGeneration: number | null;
  /** Orders what is published about the document; the newest wins. */
  readonly revision: number;
  readonly chunksCount: number;
  readonly entitiesCount: number;
  readonly pageCount: number | null;
  readonly title: string | null;
  readonly effectiveDate: string | null;
  readonly pii: PiiTally;
  /** The policy that `pii` fell under; null while nothing was indexed. */
  readonly piiPolicy: PiiPolicy | null;
  readonly draft: Draft;
  readonly failure: DocumentFailure | null;
  readonly stuck: (Obstacle & { readonly since: string }) | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The message it was attached to; null for what was uploaded. */
  readonly parentId: string | null;
  /** The uploaded file it came in. */
  readonly rootId: string | null;
  /** Messages it lies in. */
  readonly depth: number;
}

/** The version people see: the one that can be found, or else the one being built. */
export const versionOf = (document: Document): number => document.visibleGeneration ?? document.latestGeneration;

/** The file of an earlier version, kept for what is cited from it. */
export interface EarlierVersion {
  readonly documentId: string;
  readonly version: number;
  readonly name: string;
  readonly storageKey: string;
  readonly mimeType: string;
  readonly size: number;
  readonly replacedAt: Date;
}

/** Which generation and attempt a piece of work belongs to. */
export interface WorkTarget {
  readonly documentId: string;
  readonly datasetId: string;
  readonly department: string | null;
  readonly generation: number;
  readonly attempt: number;
}

export const targetOf = (document: Document): WorkTarget => ({
  documentId: document.id,
  datasetId: document.datasetId,
  department: document.department,
  generation: document.latestGeneration,
  attempt: document.attempt,
});
