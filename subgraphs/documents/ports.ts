import type { Readable } from "node:stream";
import type { TenantScope } from "../../platform/auth/viewer.js";
import type { Inventory } from "../../platform/queue/catalogue.js";
import type { ChunkEdit } from "./domain/chunk-edits.js";
import type { Dataset, DatasetProgress, IndexingSettings } from "./domain/dataset.js";
import type { Deletion, RemovedCounts } from "./domain/deletion.js";
import type { Document, DocumentStatus, Draft, EarlierVersion, Obstacle, WorkTarget } from "./domain/document.js";
import type { Announcement, Command, Decision, EntryStage } from "./domain/lifecycle.js";
import type { PiiPolicy } from "./domain/pii-policy.js";
import type { Outcome } from "./domain/refusal.js";
import type { Stage } from "./domain/stage.js";
import type { Upload } from "./domain/upload.js";
import type { Delivery, Webhook, WebhookEvent } from "./domain/webhook.js";

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
  /** Has its documents wait, or lets them go on. */
  pause(scope: TenantScope, id: string, paused: boolean, change: Change): Promise<Outcome<Dataset>>;
  /** Marks it and all its documents as being deleted. Asking again gives the same receipt. */
  remove(scope: TenantScope, id: string, deletionId: string, change: Change): Promise<Outcome<Deletion>>;
  /** Audits what was done to its documents as a whole. */
  record(scope: TenantScope, id: string, change: Change): Promise<void>;
  byIds(scope: TenantScope, ids: readonly string[]): Promise<Map<string, Dataset>>;
  page(scope: TenantScope, page: PageRequest, filter: { nameContains?: string }): Promise<Page<Dataset>>;
  progress(scope: TenantScope, ids: readonly string[]): Promise<Map<string, DatasetProgress>>;
}

/** Documents as the viewer, or a job's actor, may see them. */
export interface DocumentStore {
  /** Admits a document and the start of its indexing in one transaction. Refused with CONFLICT when the data set has the same bytes. */
  admit(scope: TenantScope, document: NewDocument, uploadId: string | null, change: Change): Promise<Outcome<Document>>;
  /**
   * Makes a file the next version of a document: the file before it is kept, and a new generation is built beside the visible one.
   * Refused with CONFLICT when the data set has the same bytes.
   */
  replace(scope: TenantScope, document: NewDocument, uploadId: string, change: Change): Promise<Outcome<Document>>;
  /** The files of earlier versions, newest first. */
  versions(scope: TenantScope, documentIds: readonly string[]): Promise<Map<string, EarlierVersion[]>>;
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
  /**
   * Judges up to `limit` documents of a data set after an id, as `change` does one; refusals and what is already so are passed over.
   * `last`: the id to go on after, null when there are no more.
   */
  changeAll(
    scope: TenantScope,
    datasetId: string,
    page: { after: string; limit: number },
    decide: (document: Document) => Decision,
    change: WorkChange,
  ): Promise<{ changed: number; last: string | null }>;
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
  /** Documents after an id that should move and have not for so many seconds, or were found stuck before; not those that wait their turn. */
  notMoving(
    seconds: number,
    after: string,
    limit: number,
  ): Promise<(StandingStill & { /** Its commands cannot be carried out. */ readonly heldBack: boolean })[]>;
  /** Says why an attempt does not move, or that it does again (null). False: it was overtaken. */
  mark(scope: TenantScope, target: WorkTarget, stuck: Document["stuck"]): Promise<boolean>;
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

/** A document as the sweep compares it with what the stores hold. */
export interface Ledger {
  readonly documentId: string;
  readonly datasetId: string;
  readonly department: string | null;
  readonly status: DocumentStatus;
  readonly visibleGeneration: number | null;
  readonly latestGeneration: number;
  readonly chunksCount: number;
  readonly storageKey: string;
  readonly failureCode: string | null;
  /** Nothing of it is under way, and it has not changed for a while. */
  readonly settled: boolean;
}

/** What the rows say there should be, for the sweep. */
export interface LedgerStore {
  /** Every tenant that has, or had, anything here. */
  tenants(): Promise<string[]>;
  /** All documents of one tenant, whatever their department. `settled`: unchanged for so many seconds. */
  documents(tenantId: string, settledSeconds: number): Promise<Map<string, Ledger>>;
  /** Ids of uploads that are not completed, of the documents they are to become and of data sets, and keys of earlier versions' files. */
  promised(tenantId: string): Promise<ReadonlySet<string>>;
  /** Receipts that wait for something that is not there any more, and commands about it. */
  strays(tenantId: string): Promise<{ id: string; what: string }[]>;
  /** Ends such receipts and forgets such commands. */
  forgetStrays(tenantId: string): Promise<number>;
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
  /** Takes back what has not begun and calls off what runs. False while a job of the attempt is still running. */
  withdraw(origin: JobOrigin, target: Pick<WorkTarget, "documentId" | "generation" | "attempt">): Promise<boolean>;
  /** Has the other rooms remove what a called-off attempt has written. */
  discard(origin: JobOrigin, target: WorkTarget): Promise<void>;
  /** Why the jobs of an attempt do not move; null when they do, or wait behind others' work. */
  obstacle(target: Pick<WorkTarget, "documentId" | "generation" | "attempt">): Promise<Obstacle | null>;
  /** What another room holds of the tenant. Rejects when it does not tell within the time. */
  inventory(origin: JobOrigin, room: "retrieval" | "knowledge-graph", signal: AbortSignal): Promise<Inventory>;
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
  /** Every key below a prefix, page by page. */
  list(prefix: string, signal: AbortSignal): AsyncGenerator<string>;
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
      state: "WAITING" | "RUNNING" | "STUCK" | "COMPLETED" | "FAILED" | "CANCELLED";
      done?: number;
      total?: number | null;
      code?: string;
      message?: string;
    },
  ): Promise<void>;
  /** When somebody last told of this document's work; undefined when nobody has. */
  lastSeen(tenantId: string, documentId: string): Promise<Date | undefined>;
  /** Every document of the tenant that readers can see, with the generation. */
  allShown(tenantId: string): AsyncGenerator<[documentId: string, generation: number, revision: number]>;
  /** Ids of all documents and data sets whose progress is kept. */
  allReported(tenantId: string): AsyncGenerator<string>;
  /** Which of these documents readers can see now. */
  shown(tenantId: string, documentIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Forgets the progress of a document that is gone. */
  forget(tenantId: string, documentId: string): Promise<void>;
}

/** A delivery that is this sender's to try now. */
export interface DueDelivery {
  readonly id: string;
  readonly webhook: Webhook;
  readonly body: unknown;
  /** This one included. */
  readonly tries: number;
  /** Its day is over: if this fails it is given up. */
  readonly isLast: boolean;
}

/** Webhooks and their deliveries; the deliveries themselves are written with the change they tell of. */
export interface WebhookStore {
  create(
    scope: TenantScope,
    webhook: Pick<Webhook, "id" | "datasetId" | "url" | "events">,
    change: Change,
  ): Promise<Outcome<Webhook>>;
  update(
    scope: TenantScope,
    id: string,
    changes: { url?: string | undefined; events?: readonly WebhookEvent[] | undefined; active?: boolean | undefined },
    change: Change,
  ): Promise<Outcome<Webhook>>;
  /** Begins the next version of the secret; the one before still signs for a day. */
  rotate(scope: TenantScope, id: string, change: Change): Promise<Outcome<Webhook>>;
  remove(scope: TenantScope, id: string, change: Change): Promise<Outcome<Webhook>>;
  byIds(scope: TenantScope, ids: readonly string[]): Promise<Map<string, Webhook>>;
  ofDatasets(scope: TenantScope, datasetIds: readonly string[]): Promise<Map<string, Webhook[]>>;
  deliveries(scope: TenantScope, webhookId: string, page: PageRequest): Promise<Page<Delivery>>;
  /** Has a delivery sent again, whatever came of it. */
  replay(scope: TenantScope, id: string, change: Change): Promise<Outcome<Delivery>>;
  /** undefined: there is no such delivery for this scope. */
  departmentOfDelivery(scope: TenantScope, id: string): Promise<string | null | undefined>;
  /** Takes up to `limit` due deliveries of all tenants for a minute and counts the try. */
  take(limit: number): Promise<DueDelivery[]>;
  /** What came of one try. */
  settle(
    id: string,
    tries: number,
    result: { status: Delivery["status"]; httpStatus: number | null; error: string | null; pauseSeconds?: number },
  ): Promise<void>;
  /** Forgets deliveries that ended so many days ago. */
  forgetBefore(days: number): Promise<number>;
  listen(wake: () => void): Promise<() => Promise<void>>;
}

/** Files at addresses that somebody names. */
export interface UrlSource {
  fetch(
    url: string,
    options: { maxBytes: number; signal: AbortSignal },
  ): Promise<Outcome<{ bytes: Buffer; mimeType: string; name: string }>>;
}
