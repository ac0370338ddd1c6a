import type { Document, DocumentStatus } from "./document.js";
import { type DocumentFailure, workLost } from "./failure.js";
import { type Refusal, refused } from "./refusal.js";
import type { Stage } from "./stage.js";

/** Where the work on a generation (again) begins. "index": the chunks are there, the other rooms go on. */
export type EntryStage = "parse" | "mask" | "index";

/** What has to happen outside the database because of a change; executed in order, at least once. */
export type Command =
  | { readonly kind: "run"; readonly stage: EntryStage; readonly generation: number; readonly attempt: number }
  /** Takes back the jobs of an overtaken attempt; nothing later of this document happens before they are gone. */
  | { readonly kind: "withdraw"; readonly generation: number; readonly attempt: number }
  /** Removes what a called-off generation has left in the stores. */
  | { readonly kind: "discard"; readonly generation: number; readonly attempt: number }
  | Announcement
  | { readonly kind: "purge"; readonly deletionId: string; readonly attempt: number };

/** Publishes what readers may see from now on and, with it, how the attempt ended. */
export interface Announcement {
  readonly kind: "announce";
  readonly visibleGeneration: number | null;
  readonly revision: number;
  readonly attempt: number;
  /** The other rooms are to sweep what is no longer visible, and to move what is. */
  readonly sweep: boolean;
  readonly ended?: {
    readonly state: "COMPLETED" | "FAILED" | "CANCELLED";
    readonly stage: Stage;
    readonly code?: string;
    readonly message?: string;
  };
}

export type DocumentChanges = Partial<
  Pick<
    Document,
    | "status"
    | "stage"
    | "attempt"
    | "recoveries"
    | "latestGeneration"
    | "visibleGeneration"
    | "revision"
    | "chunksCount"
    | "entitiesCount"
    | "pageCount"
    | "title"
    | "effectiveDate"
    | "pii"
    | "piiPolicy"
    | "draft"
    | "failure"
    | "department"
  >
>;

/** What a rule decides about a locked document. `"unchanged"`: it is already so, which is no mistake. */
export type Decision =
  | { readonly changes: DocumentChanges; readonly commands: readonly Command[]; readonly refusal?: undefined }
  | { readonly refusal: Refusal }
  | "unchanged";

const CANCELLED = "CANCELLED";

/** How often the sweep revives an attempt whose work disappeared, before the document fails. */
export const MAX_RECOVERIES = 3;

const conflict = (message: string, document: Document, code: string): { refusal: Refusal } =>
  refused({ kind: "CONFLICT", message, existingId: document.id, code });
const beingDeleted = (document: Document): { refusal: Refusal } =>
  refused({ kind: "NOT_FOUND", what: "document", id: document.id });
const withdrawal = (document: Document): Command[] =>
  document.status === "PROCESSING"
    ? [{ kind: "withdraw", generation: document.latestGeneration, attempt: document.attempt }]
    : [];

/** Where a stopped document goes on: what an earlier stage has stored is used again. */
export function entryStage(stage: Stage): EntryStage {
  if (stage === "STORE" || stage === "PARSE") return "parse";
  return stage === "CHUNK" || stage === "MASK" ? "mask" : "index";
}
const FIRST_STAGE: Readonly<Record<EntryStage, Stage>> = { parse: "PARSE", mask: "MASK", index: "INDEX" };

/** How a document rests after an attempt that brought nothing new: an older generation stays searchable. */
const restingStatus = (document: Document, otherwise: DocumentStatus): DocumentStatus =>
  document.visibleGeneration === null ? otherwise : "COMPLETED";

/** Builds a new generation from the original file, beside the visible one. */
export function reindex(document: Document): Decision {
  if (document.status === "DELETING") return beingDeleted(document);
  if (document.status === "PROCESSING")
    return conflict("The document is being indexed. Wait for it, or cancel it first.", document, "IN_PROGRESS");
  const [generation, attempt] = [document.latestGeneration + 1, document.attempt + 1];
  return {
    changes: {
      status: "PROCESSING",
      stage: "PARSE",
      latestGeneration: generation,
      attempt,
      recoveries: 0,
      failure: null,
      draft: {},
    },
    commands: [{ kind: "run", stage: "parse", generation, attempt }],
  };
}

/** Builds a new generation from another file; work on the file before it is overtaken. */
export function replace(document: Document): Decision {
  if (document.status === "DELETING") return beingDeleted(document);
  const again = reindex({ ...document, status: "COMPLETED" });
  if (again === "unchanged" || again.refusal) return again;
  return { changes: again.changes, commands: [...withdrawal(document), ...again.commands] };
}

/** Goes on with the generation that failed, was cancelled or is incomplete, from the stage where it stopped. */
export function retry(document: Document): Decision {
  if (document.status === "DELETING") return beingDeleted(document);
  if (document.status === "PROCESSING") return "unchanged";
  if (document.status === "COMPLETED" && document.failure === null)
    return conflict("The document is indexed. Use reindexDocument to index it anew.", document, "NOT_FAILED");
  if (document.failure?.retryable === false)
    return conflict(`${document.failure.message} ${document.failure.action}`, document, "NOT_RETRYABLE");
  const attempt = document.attempt + 1;
  // What a cancelled attempt had made is removed, perhaps only later: nothing new may bear its generation.
  const cancelled = document.status === "CANCELLED" || document.failure?.code === CANCELLED;
  const generation = document.latestGeneration + (cancelled ? 1 : 0);
  const stage = cancelled ? "parse" : entryStage(document.failure?.stage ?? document.stage);
  return {
    changes: {
      status: "PROCESSING",
      stage: FIRST_STAGE[stage],
      attempt,
      recoveries: 0,
      failure: null,
      ...(cancelled ? { draft: {}, latestGeneration: generation } : {}),
    },
    commands: [{ kind: "run", stage, generation, attempt }],
  };
}

/** Stops the attempt under way. An older visible generation stays; without one the document rests as CANCELLED. */
export function cancel(document: Document): Decision {
  if (document.status === "DELETING") return beingDeleted(document);
  if (document.status === "CANCELLED") return "unchanged";
  if (document.status !== "PROCESSING")
    return conflict("The document is not being indexed.", document, "NOT_IN_PROGRESS");
  const [attempt, revision] = [document.attempt + 1, document.revision + 1];
  const failure: DocumentFailure = {
    stage: document.stage,
    code: CANCELLED,
    message: "Indexing was cancelled; the version before it stays searchable.",
    action: "Retry indexing to go on with the new version.",
    retryable: true,
  };
  return {
    changes: {
      status: restingStatus(document, "CANCELLED"),
      attempt,
      revision,
      failure: document.visibleGeneration === null ? null : failure,
    },
    commands: [
      {
        kind: "announce",
        visibleGeneration: document.visibleGeneration,
        revision,
        attempt: document.attempt,
        sweep: false,
        ended: { state: "CANCELLED", stage: document.stage },
      },
      ...withdrawal(document),
      { kind: "discard", generation: document.latestGeneration, attempt: document.attempt },
    ],
  };
}

/** Ends an attempt without success. */
export function fail(document: Document, attempt: number, failure: DocumentFailure): Decision {
  if (document.attempt !== attempt || document.status !== "PROCESSING") return "unchanged";
  const revision = document.revision + 1;
  const { stage, code, message } = failure;
  // What was found stays told where nothing else is shown: it may be the very reason.
  const { pii = document.pii, piiPolicy = document.piiPolicy } = document.draft;
  const found = document.visibleGeneration === null ? { pii, piiPolicy } : {};
  return {
    changes: { status: restingStatus(document, "FAILED"), stage, failure, revision, ...found },
    commands: [
      {
        kind: "announce",
        visibleGeneration: document.visibleGeneration,
        revision,
        attempt,
        sweep: false,
        ended: { state: "FAILED", stage, code, message },
      },
    ],
  };
}

/** Makes the generation of this attempt the visible one. `warning`: it is searchable but something is missing. */
export function finish(
  document: Document,
  attempt: number,
  result: { chunks: number; entities: number },
  warning: DocumentFailure | null,
): Decision {
  if (document.attempt !== attempt || document.status !== "PROCESSING") return "unchanged";
  const revision = document.revision + 1;
  const { draft, latestGeneration } = document;
  return {
    changes: {
      status: "COMPLETED",
      stage: "FINISH",
      visibleGeneration: latestGeneration,
      revision,
      recoveries: 0,
      failure: warning,
      chunksCount: result.chunks,
      entitiesCount: result.entities,
      pageCount: draft.pageCount ?? null,
      title: draft.title ?? null,
      effectiveDate: draft.effectiveDate ?? null,
      pii: draft.pii ?? {},
      piiPolicy: draft.piiPolicy ?? "MASK",
    },
    commands: [
      {
        kind: "announce",
        visibleGeneration: latestGeneration,
        revision,
        attempt,
        sweep: true,
        ended: {
          state: "COMPLETED",
          stage: "FINISH",
          ...(warning ? { code: warning.code, message: warning.message } : {}),
        },
      },
    ],
  };
}

/** Hides the document at once and has every store emptied of it. */
export function remove(document: Document, deletionId: string): Decision {
  if (document.status === "DELETING") return "unchanged";
  const [attempt, revision] = [document.attempt + 1, document.revision + 1];
  return {
    changes: { status: "DELETING", attempt, revision, recoveries: 0, failure: null },
    commands: [
      {
        kind: "announce",
        visibleGeneration: null,
        revision,
        attempt: document.attempt,
        sweep: false,
        ...(document.status === "PROCESSING" ? { ended: { state: "CANCELLED", stage: document.stage } as const } : {}),
      },
      ...withdrawal(document),
      { kind: "purge", deletionId, attempt },
    ],
  };
}

/** Follows its data set to another department: what is visible moves at once, work under way starts again for the new readers. */
export function move(document: Document, department: string | null): Decision {
  if (document.status === "DELETING" || document.department === department) return "unchanged";
  const [attempt, revision] = [document.attempt + 1, document.revision + 1];
  const { latestGeneration: generation, visibleGeneration } = document;
  const announcement: Announcement = {
    kind: "announce",
    visibleGeneration,
    revision,
    attempt,
    sweep: visibleGeneration !== null,
  };
  if (document.status !== "PROCESSING") return { changes: { department, attempt, revision }, commands: [announcement] };
  // The chunks name their department, so they are written again; what was parsed is kept.
  const stage = entryStage(document.stage) === "parse" ? "parse" : "mask";
  return {
    changes: { department, attempt, revision, stage: FIRST_STAGE[stage] },
    commands: [announcement, ...withdrawal(document), { kind: "run", stage, generation, attempt }],
  };
}

/** Brings edits of chunks into what is found: from the chunks of the visible generation, or into what is under way. */
export function revise(document: Document): Decision {
  if (document.status === "DELETING") return beingDeleted(document);
  const { visibleGeneration, pageCount, title, effectiveDate, pii, piiPolicy } = document;
  if (visibleGeneration === null)
    return conflict("The document has no chunks yet. Wait until it is indexed.", document, "NOT_INDEXED");
  const attempt = document.attempt + 1;
  if (document.status === "PROCESSING") {
    // Edits are read when the file is cut: what has not come so far needs no second start.
    if (entryStage(document.stage) === "parse") return { changes: {}, commands: [] };
    const generation = document.latestGeneration;
    return {
      changes: { attempt, stage: FIRST_STAGE.mask },
      commands: [...withdrawal(document), { kind: "run", stage: "mask", generation, attempt }],
    };
  }
  const generation = document.latestGeneration + 1;
  const facts = { pageCount, title, effectiveDate, pii, ...(piiPolicy === null ? {} : { piiPolicy }) };
  return {
    changes: {
      status: "PROCESSING",
      stage: FIRST_STAGE.mask,
      latestGeneration: generation,
      attempt,
      recoveries: 0,
      failure: null,
      draft: { ...facts, sourceGeneration: visibleGeneration },
    },
    commands: [{ kind: "run", stage: "mask", generation, attempt }],
  };
}

/** Starts work again that is nowhere any more (the queue was lost); after too many times the document fails. */
export function recover(document: Document, deletionId: string | null): Decision {
  const attempt = document.attempt + 1;
  if (document.status === "DELETING" && deletionId !== null)
    return { changes: { attempt }, commands: [{ kind: "purge", deletionId, attempt }] };
  if (document.status !== "PROCESSING") return "unchanged";
  if (document.recoveries >= MAX_RECOVERIES) return fail(document, document.attempt, workLost(document.stage));
  const stage = entryStage(document.stage);
  return {
    changes: { attempt, recoveries: document.recoveries + 1 },
    commands: [...withdrawal(document), { kind: "run", stage, generation: document.latestGeneration, attempt }],
  };
}
