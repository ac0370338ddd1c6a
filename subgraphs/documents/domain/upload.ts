import { nameProblems } from "./dataset.js";
import { type InputProblem, invalid, type Outcome, refused } from "./refusal.js";

/** The largest file unless the operator says otherwise: 100 MiB. */
export const DEFAULT_MAX_UPLOAD_BYTES = 100 * 1024 * 1024;
/** The longest text `addText` takes, in UTF-8 bytes; longer ones are uploaded as files. */
export const MAX_TEXT_BYTES = 1024 * 1024;
/** The largest file that is fetched from an address while somebody waits; larger ones are uploaded. */
export const MAX_URL_BYTES = 20 * 1024 * 1024;
export const UPLOAD_TTL_SECONDS = 15 * 60;
/** An upload that was begun but never completed is forgotten this long after its URL ended. */
export const UPLOAD_GRACE_SECONDS = 3600;
const MAX_METADATA_BYTES = 16 * 1024;

/** A promised file: where the bytes are to be put, and what document they become. */
export interface Upload {
  readonly id: string;
  readonly tenantId: string;
  readonly datasetId: string;
  readonly department: string | null;
  /** The id the document will have, so that completing twice makes one. */
  readonly documentId: string;
  /** The document is there already; the file becomes its next version. */
  readonly replaces: boolean;
  readonly objectKey: string;
  readonly name: string;
  readonly mimeType: string;
  /** Bytes announced; the signed URL holds the client to it. */
  readonly size: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly completed: boolean;
  readonly createdBy: string;
  readonly expiresAt: Date;
}

export interface UploadRequest {
  readonly name: string;
  readonly mimeType: string;
  readonly size: number;
  readonly metadata: unknown;
}

const MIME = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;

function metadataProblems(metadata: unknown): InputProblem[] {
  if (metadata === null || typeof metadata !== "object" || Array.isArray(metadata))
    return [{ path: "metadata", message: "Must be a JSON object." }];
  return Buffer.byteLength(JSON.stringify(metadata)) > MAX_METADATA_BYTES
    ? [{ path: "metadata", message: "Is larger than 16 KiB." }]
    : [];
}

/** Checks what a client announces. Refused as QUOTA when the file is larger than `maxBytes`. */
export function checkUpload(request: UploadRequest, maxBytes: number): Outcome<UploadRequest> {
  const issues = [...nameProblems(request.name, "name", 255), ...metadataProblems(request.metadata)];
  if (/[/\\]/.test(request.name)) issues.push({ path: "name", message: "A file name holds no slashes." });
  if (!MIME.test(request.mimeType)) issues.push({ path: "mimeType", message: "Is no media type such as text/plain." });
  if (issues.length > 0) return refused({ kind: "INVALID", issues });
  if (request.size === 0) return invalid("size", "The file is empty.", "EMPTY_FILE");
  if (request.size > maxBytes) return refused(tooLarge(maxBytes));
  return { value: { ...request, name: request.name.normalize("NFC") } };
}

export const tooLarge = (maxBytes: number): { kind: "QUOTA"; message: string; limit: number } => ({
  kind: "QUOTA",
  message: `The file is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB. Split it and upload the parts.`,
  limit: maxBytes,
});

const documentPrefix = (tenantId: string, datasetId: string, documentId: string): string =>
  `documents/${tenantId}/${datasetId}/${documentId}/`;

/** Where the bytes of a document lie. Everything of a document is under one prefix, everything of a tenant under another. */
export const objectKeys = {
  upload: (tenantId: string, uploadId: string): string => `uploads/${tenantId}/${uploadId}`,
  prefix: documentPrefix,
  /** `token` sets apart two requests that complete one upload at once: neither writes over what the other has checked. */
  original: (tenantId: string, datasetId: string, documentId: string, token: string): string =>
    `${documentPrefix(tenantId, datasetId, documentId)}original-${token}`,
  /** Everything that was made of one generation. */
  generation: (tenantId: string, datasetId: string, documentId: string, generation: number): string =>
    `${documentPrefix(tenantId, datasetId, documentId)}g${generation}/`,
  elements: (tenantId: string, datasetId: string, documentId: string, generation: number): string =>
    `${documentPrefix(tenantId, datasetId, documentId)}g${generation}/elements.json`,
  /** The chunks as they were cut, before edits. */
  source: (tenantId: string, datasetId: string, documentId: string, generation: number): string =>
    `${documentPrefix(tenantId, datasetId, documentId)}g${generation}/source.json`,
  chunks: (tenantId: string, datasetId: string, documentId: string, generation: number): string =>
    `${documentPrefix(tenantId, datasetId, documentId)}g${generation}/chunks.json`,
};
