import type { ParseFailure } from "./elements.js";
import type { Stage } from "./stage.js";

/** Why indexing ended without the wished result: what happened and what a person can do. */
export interface DocumentFailure {
  readonly stage: Stage;
  /** Stable, upper case: "ENCRYPTED", "GRAPH_INCOMPLETE". */
  readonly code: string;
  readonly message: string;
  readonly action: string;
  /** True when `retryIndexing` may help without changing anything. */
  readonly retryable: boolean;
}

const RETRY = "Retry indexing; if it fails again, tell your operator the document's id.";

/** A file that cannot be read: the same bytes fail again. */
export const unreadableFile = (failure: ParseFailure): DocumentFailure => ({
  stage: "PARSE",
  code: failure.code.toUpperCase(),
  message: failure.message,
  action: failure.advice,
  retryable: failure.code === "timeout",
});

/** A document in which nothing is left to search for, e.g. only page headers. */
export const NOTHING_TO_INDEX: DocumentFailure = {
  stage: "CHUNK",
  code: "EMPTY",
  message: "The document holds no text to search in.",
  action: "Upload a file with text in it; a scanned document has to be run through text recognition first.",
  retryable: false,
};

/** Every paragraph and table holds personal data, and the data set leaves such out. */
export const NOTHING_LEFT: DocumentFailure = {
  stage: "MASK",
  code: "PERSONAL_DATA",
  message: "Every part of the document holds personal data, which its data set leaves out.",
  action: "Use a data set that masks personal data, or remove it from the file.",
  retryable: false,
};

/** The chunks that were to be taken over with their edits are not there any more. */
export const SOURCE_GONE: DocumentFailure = {
  stage: "CHUNK",
  code: "SOURCE_GONE",
  message: "The chunks of the version before are no longer stored.",
  action: "Re-index the document; edits of its chunks are kept.",
  retryable: false,
};

/** Something outside the document went wrong in this stage, and kept going wrong. */
export const stageFailed = (stage: Stage, code = `${stage}_FAILED`): DocumentFailure => ({
  stage,
  code,
  message: `The stage ${stage} did not succeed after several attempts.`,
  action: RETRY,
  retryable: true,
});

/** The work disappeared again and again, e.g. because its process was killed each time. */
export const workLost = (stage: Stage): DocumentFailure => ({
  stage,
  code: "WORK_LOST",
  message: "Indexing stopped several times without a result.",
  action: "The document may be too demanding for the machine: split it, or retry when there is less load.",
  retryable: true,
});

/** The text can be searched, the knowledge graph lacks this document. */
export const GRAPH_INCOMPLETE: DocumentFailure = {
  stage: "EXTRACT",
  code: "GRAPH_INCOMPLETE",
  message: "The document can be searched, but its entities are missing from the knowledge graph.",
  action: RETRY,
  retryable: true,
};

const ROOM_CODE = /^([A-Z][A-Z_]{2,40}): /;

/** The failure of a stage that another room ran; only its stable code is taken over, its words may hold addresses. */
export const roomStageFailed = (stage: Stage, reason: string): DocumentFailure =>
  stageFailed(stage, ROOM_CODE.exec(reason)?.[1] ?? `${stage}_FAILED`);
