import { createHash } from "node:crypto";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { DatasetStore, DocumentStore, ObjectStore, UploadStore, UrlSource } from "../ports.js";
import type { Document } from "./document.js";
import { ParseFailure } from "./elements.js";
import { writeRefusal } from "./permission.js";
import { done, invalid, missing, type Outcome, refused } from "./refusal.js";
import {
  checkUpload,
  MAX_TEXT_BYTES,
  MAX_URL_BYTES,
  objectKeys,
  tooLarge,
  UPLOAD_GRACE_SECONDS,
  UPLOAD_TTL_SECONDS,
  type Upload,
  type UploadRequest,
} from "./upload.js";

export interface AdmissionDeps {
  readonly datasets: DatasetStore;
  readonly documents: DocumentStore;
  readonly uploads: UploadStore;
  readonly objects: ObjectStore;
  /** The media type by content; throws `ParseFailure` for what cannot be read. Needs at least `sniffBytes` of a longer file. */
  readonly detect: (head: Uint8Array, name: string) => { mimeType: string };
  readonly sniffBytes: number;
  readonly maxUploadBytes: number;
  readonly urls: UrlSource;
}

/** Where and how a client puts the file. */
export interface UploadTicket {
  readonly upload: Upload;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RequestScope {
  readonly viewer: Viewer;
  readonly traceId: string;
  readonly signal: AbortSignal;
}

/** How files come in: promised, put, checked, admitted. */
export interface Admission {
  /** `replaces`: a document of the data set, of which the file is to be the next version. */
  createUpload(
    request: RequestScope,
    datasetId: string,
    file: UploadRequest,
    replaces?: string | null,
  ): Promise<Outcome<UploadTicket>>;
  /** Admits the uploaded file. Asking again gives the same document. */
  completeUpload(request: RequestScope, uploadId: string): Promise<Outcome<Document>>;
  /** Fetches a file from a public address and admits it. */
  addUrl(
    request: RequestScope,
    datasetId: string,
    source: { url: string; name?: string | null; metadata: unknown },
  ): Promise<Outcome<Document>>;
  addText(
    request: RequestScope,
    datasetId: string,
    text: { name: string; text: string; metadata: unknown },
  ): Promise<Outcome<Document>>;
}

export function createAdmission(deps: AdmissionDeps): Admission {
  const { datasets, documents, uploads, objects } = deps;

  async function open(
    { viewer, traceId }: RequestScope,
    datasetId: string,
    file: UploadRequest,
    action: string,
    replaces: string | null = null,
  ): Promise<Outcome<Upload>> {
    const dataset = (await datasets.byIds(viewer, [datasetId])).get(datasetId);
    if (!dataset || dataset.status === "DELETING") return missing("data set", datasetId);
    const denied = writeRefusal(viewer, dataset.department);
    if (denied) return denied;
    const checked = checkUpload(file, deps.maxUploadBytes);
    if (checked.refusal) return checked;
    if (replaces !== null) {
      const before = (await documents.byIds(viewer, [replaces])).get(replaces);
      if (!before || before.datasetId !== datasetId || before.status === "DELETING")
        return missing("document", replaces);
    }
    const id = newId("Upload");
    const upload: Upload = {
      id,
      tenantId: viewer.tenantId,
      datasetId,
      department: dataset.department,
      documentId: replaces ?? newId("Document"),
      replaces: replaces !== null,
      objectKey: objectKeys.upload(viewer.tenantId, id),
      name: checked.value.name,
      mimeType: file.mimeType,
      size: file.size,
      metadata: file.metadata as Record<string, unknown>,
      completed: false,
      createdBy: viewer.userId,
      expiresAt: new Date(Date.now() + UPLOAD_TTL_SECONDS * 1000),
    };
    await uploads.open(viewer, upload, { action, traceId });
    return done(upload);
  }

  /** Reads the stored bytes once: their hash, and the head by which the type is told. */
  async function inspect(key: string, signal: AbortSignal): Promise<{ sha256: string; size: number; head: Buffer }> {
    const hash = createHash("sha256");
    const heads: Buffer[] = [];
    let size = 0;
    const body = await objects.read(key, { maxBytes: deps.maxUploadBytes, signal });
    for await (const part of body as AsyncIterable<Buffer>) {
      hash.update(part);
      if (size < deps.sniffBytes) heads.push(part);
      size += part.length;
    }
    return { sha256: hash.digest("hex"), size, head: Buffer.concat(heads) };
  }

  /** Admits what lies at `key`, or removes it again. */
  async function admit(request: RequestScope, upload: Upload, key: string, action: string): Promise<Outcome<Document>> {
    let kept = false;
    try {
      const found = await inspect(key, request.signal);
      const mimeType = deps.detect(found.head, upload.name).mimeType;
      const file = {
        id: upload.documentId,
        datasetId: upload.datasetId,
        name: upload.name,
        storageKey: key,
        mimeType,
        size: found.size,
        sha256: found.sha256,
        metadata: upload.metadata,
      };
      const change = { action: upload.replaces ? "document.replace" : action, traceId: request.traceId };
      const outcome = upload.replaces
        ? await documents.replace(request.viewer, file, upload.id, change)
        : await documents.admit(request.viewer, file, upload.id, change);
      kept = outcome.value?.storageKey === key;
      return outcome;
    } catch (error) {
      if (error instanceof ParseFailure)
        return invalid("file", `${error.message} ${error.advice}`, `FILE_${error.code.toUpperCase()}`);
      throw error;
    } finally {
      // What stays behind after a crash or a failing store goes with the expired upload.
      if (!kept) await objects.remove([key], AbortSignal.timeout(5000)).catch(() => {});
    }
  }

  /** Puts bytes that are at hand where an upload would, and admits them. */
  async function store(
    request: RequestScope,
    datasetId: string,
    { name, bytes, mimeType, metadata }: { name: string; bytes: Buffer; mimeType: string; metadata: unknown },
  ): Promise<Outcome<Document>> {
    const opened = await open(request, datasetId, { name, mimeType, size: bytes.length, metadata }, "upload.create");
    if (opened.refusal) return opened;
    const upload = opened.value;
    const key = objectKeys.original(upload.tenantId, datasetId, upload.documentId, upload.id.slice(4));
    const sent = mimeType === "text/plain" ? "text/plain; charset=utf-8" : mimeType;
    await objects.write(key, bytes, sent, request.signal);
    return admit(request, upload, key, "document.create");
  }

  const admitted = async (viewer: Viewer, upload: Upload): Promise<Outcome<Document>> => {
    const document = (await documents.byIds(viewer, [upload.documentId])).get(upload.documentId);
    return document ? done(document) : missing("document", upload.documentId);
  };

  return {
    async createUpload(request, datasetId, file, replaces) {
      const opened = await open(request, datasetId, file, "upload.create", replaces);
      if (opened.refusal) return opened;
      const upload = opened.value;
      const put = await objects.signedPut(upload.objectKey, {
        mimeType: upload.mimeType,
        size: upload.size,
        expiresInSeconds: UPLOAD_TTL_SECONDS,
      });
      return done({ upload, ...put });
    },

    async completeUpload(request, uploadId) {
      const { viewer, signal } = request;
      const upload = await uploads.byId(viewer, uploadId);
      if (!upload) return missing("upload", uploadId);
      const denied = writeRefusal(viewer, upload.department);
      if (denied) return denied;
      if (upload.completed) return admitted(viewer, upload);
      if (upload.expiresAt.getTime() + UPLOAD_GRACE_SECONDS * 1000 < Date.now())
        return invalid("uploadId", "The upload has expired. Begin a new one with createUpload.", "UPLOAD_EXPIRED");
      const size = await objects.size(upload.objectKey, signal);
      const nothing = invalid(
        "uploadId",
        "Nothing was uploaded yet. PUT the file to the upload's URL, then complete it.",
        "NOT_UPLOADED",
      );
      // Completed twice at once: whoever is second finds the bytes moved away and the document there.
      const movedOrNothing = async (): Promise<Outcome<Document>> => {
        const now = await uploads.byId(viewer, uploadId);
        return now?.completed ? admitted(viewer, now) : nothing;
      };
      if (size === undefined) return movedOrNothing();
      if (size === 0) return invalid("file", "The file is empty.", "EMPTY_FILE");
      if (size > deps.maxUploadBytes) return refused(tooLarge(deps.maxUploadBytes));
      if (size !== upload.size)
        return invalid("file", `The file has ${size} bytes, ${upload.size} were announced.`, "SIZE_MISMATCH");
      // The client can still write to the upload's URL, so what is checked is a copy out of its reach.
      const key = objectKeys.original(upload.tenantId, upload.datasetId, upload.documentId, newId("Upload").slice(4));
      if (!(await objects.copy(upload.objectKey, key, signal))) return movedOrNothing();
      const outcome = await admit(request, upload, key, "document.create");
      if (outcome.value) await objects.remove([upload.objectKey], AbortSignal.timeout(5000)).catch(() => {});
      return outcome;
    },

    async addText(request, datasetId, { name, text, metadata }) {
      const bytes = Buffer.from(text, "utf8");
      if (bytes.length > MAX_TEXT_BYTES)
        return invalid(
          "text",
          "The text is larger than 1 MiB. Upload it as a file with createUpload.",
          "TEXT_TOO_LONG",
        );
      if (text.trim() === "") return invalid("text", "The text is empty.", "EMPTY_FILE");
      return store(request, datasetId, { name, bytes, mimeType: "text/plain", metadata });
    },

    async addUrl(request, datasetId, { url, name, metadata }) {
      const dataset = (await datasets.byIds(request.viewer, [datasetId])).get(datasetId);
      if (!dataset || dataset.status === "DELETING") return missing("data set", datasetId);
      // Nobody goes anywhere for those who may not add what is found there.
      const denied = writeRefusal(request.viewer, dataset.department);
      if (denied) return denied;
      const maxBytes = Math.min(deps.maxUploadBytes, MAX_URL_BYTES);
      const found = await deps.urls.fetch(url, { maxBytes, signal: request.signal });
      if (found.refusal) return found;
      const { bytes, mimeType } = found.value;
      if (bytes.length === 0) return invalid("url", "There is an empty file at the address.", "EMPTY_FILE");
      return store(request, datasetId, { name: name ?? found.value.name, bytes, mimeType, metadata });
    },
  };
}
