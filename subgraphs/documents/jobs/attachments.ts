import { createHash } from "node:crypto";
import type { JobRun } from "../../../platform/queue/worker.js";
import { attachmentId, MAX_ATTACHMENT_DEPTH } from "../domain/attachment.js";
import type { Document, WorkTarget } from "../domain/document.js";
import { ParseFailure } from "../domain/elements.js";
import type { Attachment } from "../domain/parser.js";
import { objectKeys } from "../domain/upload.js";
import type { AttachmentStore, NewAttachment, ObjectStore } from "../ports.js";

export interface AttachmentDeps {
  readonly objects: ObjectStore;
  readonly attachments: AttachmentStore;
  /** The media type by content; throws `ParseFailure` for what cannot be read. */
  readonly detect: (head: Uint8Array, name: string) => { mimeType: string };
}

const UNKNOWN_TYPE = "application/octet-stream";

/** What the file is; one that cannot be read becomes a document all the same, which says why. */
function typeOf(deps: AttachmentDeps, bytes: Uint8Array, name: string): string {
  try {
    return deps.detect(bytes, name).mimeType;
  } catch (error) {
    if (error instanceof ParseFailure) return UNKNOWN_TYPE;
    throw error;
  }
}

/**
 * Stores the files of a message and admits each as a document below it: same data set, same department, gone with it. May run twice:
 * ids come from the content. Returns the names of those that are documents now.
 */
export async function storeAttachments(
  deps: AttachmentDeps,
  run: JobRun,
  document: Document,
  target: WorkTarget,
  attachments: readonly Attachment[],
  signal: AbortSignal,
): Promise<string[]> {
  if (attachments.length === 0) return [];
  if (document.depth >= MAX_ATTACHMENT_DEPTH) {
    run.logger.info(
      { documentId: document.id, count: attachments.length },
      "attachments lie too deep and were left out",
    );
    return attachments.map(({ name }) => name);
  }
  const files: NewAttachment[] = [];
  for (const { name, content } of attachments) {
    const bytes = Buffer.from(content, "base64");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const id = attachmentId(document.id, sha256);
    if (files.some((file) => file.id === id)) continue;
    const mimeType = typeOf(deps, bytes, name);
    const storageKey = objectKeys.original(document.tenantId, document.datasetId, id, `attempt-${target.attempt}`);
    await deps.objects.write(storageKey, bytes, mimeType, signal);
    files.push({ id, name, storageKey, mimeType, size: bytes.length, sha256 });
  }
  const kept = await deps.attachments.attach(run.scope, target, files, run.traceId);
  // Nobody would remove what no document stands for. Keys are each attempt's own, so a late one takes nothing from its successor.
  const used = new Set(kept?.map(({ storageKey }) => storageKey));
  const orphans = files.map(({ storageKey }) => storageKey).filter((key) => !used.has(key));
  if (orphans.length > 0) await deps.objects.remove(orphans, AbortSignal.timeout(5000)).catch(() => {});
  return attachments.map(({ name }) => name);
}
