import type { Readable } from "node:stream";
import type { TenantScope } from "../../platform/auth/viewer.js";
import type { ChunkEdit } from "./domain/chunk-edits.js";
import type { Dataset, DatasetProgress, IndexingSettings } from "./domain/dataset.js";
import type { Deletion, RemovedCounts } from "./domain/deletion.js";
import type { Document, DocumentStatus, Draft, WorkTarget } from "./domain/document.js";
import type { Announcement, Command, Decision, EntryStage } from "./domain/lifecycle.js";
import type { PiiPolicy } from "./domain/personal-data.js";
import type { Outcome } from "./domain/refusal.js";
import type { Stage } from "./domain/stage.js";
import type { Upload } from "./domain/upload.js";

/** What a person's change is recorded with: the audit's action and the trace it belongs to. */
export interface Change {
  readonly action: string;
  readonly traceId: string;
}

/** A change that a job or a sweep makes; the audit tells of people, so it is not in there. */
export interface WorkChange {
  readonly action?: undefined;
  readonly traceId: string;
}

/** A page of a list, newest first. `after` is the id of the last item seen. */
export interface PageRequest {
  readonly first: number;
  readonly after: string | null;
}

/** `first + 1` rows at most (the extra one says that there are more) and how many there are in all. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly totalCount: number;
}

export interface DocumentFilter {
  readonly statuses?: readonly DocumentStatus[];
  readonly nameContains?: string;
}

export interface NewDataset {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly department: string | null;
  readonly indexing: IndexingSettings;
  readonly piiPolicy: PiiPolicy;
}

export interface NewDocument {
  readonly id: string;
  readonly datasetId: string;
  readonly name: string;
  readonly storageKey: string;
  readonly mimeType: string;
  readonly size: number;
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Data sets as the viewer may see them. Every change is audited in its own transaction. */
export interface DatasetStore {
  create(scope: TenantScope, dataset: NewDataset, change: Change): Promise<Outcome<Dataset>>;
  /** Renames, describes or moves it; with it move its documents, each by the rules of their lifecycle. */
  update(
    scope: TenantScope,
    id: string,
    changes: { name?: string; description?: string | null; department?: string | null; piiPolicy?: PiiPolicy },
    change: Change,
  ): Promise<Outcome<Dataset>>;
  /** Marks it and all its documents as being deleted. Asking again gives the same receipt. */
  remove(scope: TenantScope, id: string, deletionId: string, change: Change): Promise<Outcome<Deletion>>;
  byIds(scope: TenantScope, ids: readonly string[]): Promise<Map<string, Dataset>>;
  page(scope: TenantScope, page: PageRequest, filter: { nameContains?: string }): Promise<Page<Dataset>>;
  progress(scope: TenantScope, ids: readonly string[]): Promise<Map<string, DatasetProgress>>;
}

/** Documents as the viewer, or a job's actor, may see them. */
export interface DocumentStore {
  /** Admits a document and the start of its indexing in one transaction. Refused with CONFLICT when the data set has the same bytes. */
  admit(scope: TenantScope, document: NewDocument, uploadId: string | null, change: Change): Promise<Outcome<Document>>;
  byIds(scope: TenantScope, ids: readonly string[]): Promise<Map<string, Document>>;
  page(scope: TenantScope, datasetId: string, page: PageRequest, filter: DocumentFilter): Promise<Page<Document>>;
  /**
   * Locks the document, lets `decide` judge its present state, and applies changes and commands together. `published` runs before
   * the change can be seen by others. Returns the document as it is afterwards.
   */
  change(
    scope: TenantScope,
    id: string,
    decide: (document: Document) => Decision,
    change: Change | WorkChange,
    published?: (document: Document, commands: readonly Command[]) => Promise<void>,
  ): Promise<Outcome<Document>>;
  /** Marks the document and opens its receipt; an older receipt is returned as it is. */
  remove(scope: TenantScope, id: string, deletionId: string, change: Change): Promise<Outcome<Deletion>>;
  /** A job enters its stage. Undefined when its attempt was overtaken: the job has nothing more to do. */
  enter(scope: TenantScope, target: WorkTarget, stage: Stage): Promise<Document | undefined>;
  /** Adds facts about the generation under way; false when the attempt was overtaken. */
  draft(scope: TenantScope, target: WorkTarget, draft: Draft): Promise<boolean>;
  /** Removes the row at the end of a deletion, completes its receipt, and that of the data set once nothing is left in it. */
  erase(scope: TenantScope, documentId: string, deletionId: string, removed: RemovedCounts): Promise<void>;
  /** Documents after an id whose work has not moved for so many seconds, over all tenants; no command of theirs waits. */
  standingStill(seconds: number, after: string, limit: number): Promise<StandingStill[]>;
  /** Documents of all tenants after an id that have been visible, those being deleted too, for publishing anew what a lost cache forgot. */
  visibleAfter(id: string, limit: number): Promise<Document[]>;
}

/** A file found inside a message, its bytes stored already. */
export type NewAttachment = Omit<NewDocument, "datasetId" | "metadata">;

/** Documents that came inside others. */
export interface AttachmentStore {
  /**
   * Admits the files of a message and the start of their indexing in one transaction; those that are there already stay as they are.
   * Returns the documents they are now, undefined when the attempt was overtaken.
   */
  attach(
    scope: TenantScope,
    target: WorkTarget,
    files: readonly NewAttachment[],
    traceId: string,
  ): Promise<readonly Document[] | undefined>;
  /** By the message, sorted by name. */
  ofParents(scope: TenantScope, ids: readonly string[]): Promise<Map<string, Document[]>>;
}

/** What editors decided about chunks. */
export interface ChunkEditStore {
  ofDocument(scope: TenantScope, documentId: string): Promise<ChunkEdit[]>;
  /**
   * Stores an edit (one that changes nothing is forgotten) and lets `decide` bring it into the index, in one transaction. An edit
   * that is stored already changes nothing.
   */
  apply(
    scope: TenantScope,
    documentId: string,
    edit: Omit<ChunkEdit, "editedBy" | "editedAt">,
    decide: (document: Document) => Decision,
    change: Change,
  ): Promise<Outcome<Document>>;
}

export interface StandingStill {
  readonly scope: TenantScope;
  readonly document: Document;
}

export interface UploadStore {
  open(scope: TenantScope, upload: Omit<Upload, "tenantId" | "completed" | "createdBy">, change: Change): Promise<void>;
  byId(scope: TenantScope, id: string): Promise<Upload | undefined>;
  /** Uploads of all tenants that ended so many seconds ago; the caller removes what they left behind, then forgets them. */
  expired(seconds: number, limit: number): Promise<Upload[]>;
  forget(ids: readonly string[]): Promise<void>;
}

export interface DeletionStore {
  byIds(scope: TenantScope, ids: readonly string[]): Promise<Map<string, Deletion>>;
  /** The receipt of the deletion under way of one object. */
  ofObject(scope: TenantScope, objectId: string): Promise<Deletion | undefined>;
}

/** A command that waits to be carried out. */
export interface PendingCommand {
  readonly id: string;
  readonly scope: TenantScope;
  readonly datasetId: string;
  readonly documentId: string;
  readonly department: string | null;
  readonly command: Command;
  readonly traceId: string;
  readonly tries: number;
}

/** Commands in the order of each document, each seen by one relay at a time. */
export interface Outbox {
  /** Takes up to `limit` due commands and carries each out; those for which `carryOut` resolves to "later", or rejects, stay for another time. Returns how many were carried out. */
  drain(limit: number, carryOut: (command: PendingCommand) => Promise<"done" | "later">): Promise<number>;
  /** Calls `wake` whenever commands may be waiting. Returns the way to stop. */
  listen(wake: () => void): Promise<() => Promise<void>>;
}

/** Who asked and in which trace; travels with every job. */
export interface JobOrigin {
  readonly scope: TenantScope;
  readonly traceId: string;
}

/** The queue as this room uses it. Each verb may be repeated: a job that is there already is not added again. */
export interface Pipeline {
  /** Puts the job of one stage on this room's queue. */
  run(origin: JobOrigin, stage: Exclude<EntryStage, "index">, target: WorkTarget): Promise<void>;
  /** Gives the chunks to the rooms that index them; `finish` follows when both have ended, well or not. */
  openIndexing(origin: JobOrigin, target: WorkTarget, artefactUrl: string): Promise<void>;
  /** Takes back what has not begun. False while a job of the attempt is still running. */
  withdraw(target: Pick<WorkTarget, "documentId" | "generation" | "attempt">): Promise<boolean>;
  /** Tells the other rooms which generation, in which department, is the visible one. */
  sweep(origin: JobOrigin, target: WorkTarget, revision: number): Promise<void>;
  /** Has the other rooms remove every trace; `erased` follows when both have. */
  purge(
    origin: JobOrigin,
    purge: { documentId: string; datasetId: string; deletionId: string; attempt: number },
  ): Promise<void>;
  /** Whether any job of this attempt is waiting or running. */
  alive(target: Pick<WorkTarget, "documentId" | "generation" | "attempt">): Promise<boolean>;
}

/** How the children of a flow ended, by the job's name: a value, or the reason of the last failure. */
export interface ChildResult {
  readonly value?: unknown;
  readonly failedReason?: string;
}

/** Files. Every call has a time limit of its own beside the signal. */
export interface ObjectStore {
  /** A URL that takes exactly this many bytes of this type, by PUT, with these headers. */
  signedPut(
    key: string,
    options: { mimeType: string; size: number; expiresInSeconds: number },
  ): Promise<{ url: string; headers: Readonly<Record<string, string>> }>;
  signedGet(key: string, options: { expiresInSeconds: number; fileName?: string }): Promise<string>;
  /** Bytes; undefined when there is no such object. */
  size(key: string, signal: AbortSignal): Promise<number | undefined>;
  /** False when there is nothing to copy. */
  copy(from: string, to: string, signal: AbortSignal): Promise<boolean>;
  /** @throws RangeError when it is larger than `maxBytes` */
  read(key: string, options: { maxBytes: number; signal: AbortSignal }): Promise<Readable>;
  write(key: string, body: Uint8Array | string, mimeType: string, signal: AbortSignal): Promise<void>;
  remove(keys: readonly string[], signal: AbortSignal): Promise<void>;
  /** Removes everything under the prefix, which ends in "/"; returns how many objects there were. */
  removeAll(prefix: string, signal: AbortSignal): Promise<number>;
  ping(): Promise<void>;
}

/** Tells readers in all rooms what they may see, and those who watch how an attempt goes. */
export interface Publisher {
  /** Publishes the visible generation, or hides the document. Older announcements never undo newer ones. */
  show(tenantId: string, target: WorkTarget, announcement: Announcement): Promise<void>;
  report(
    tenantId: string,
    target: WorkTarget,
    step: {
      stage: Stage;
      state: "WAITING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED";
      done?: number;
      total?: number | null;
      code?: string;
      message?: string;
    },
  ): Promise<void>;
  /** Which of these documents readers can see now. */
  shown(tenantId: string, documentIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Forgets the progress of a document that is gone. */
  forget(tenantId: string, documentId: string): Promise<void>;
}
