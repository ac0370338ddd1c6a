import { type ChunkArtefact, chunkArtefact } from "../../../platform/queue/catalogue.js";
import { PermanentFailure } from "../../../platform/queue/worker.js";

/** The largest artefact that is read into memory, in bytes. */
const MAX_BYTES = 128 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * Fetches the masked chunks of one generation by their signed URL. @throws PermanentFailure when they are gone, too large or
 * malformed (a new attempt of the document signs a new URL); other failures may be tried again.
 */
export async function fetchArtefact(url: string, signal: AbortSignal): Promise<ChunkArtefact> {
  const response = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    const message = `The chunks could not be fetched: HTTP ${response.status}.`;
    if (response.status === 403 || response.status === 404) throw new PermanentFailure("ARTEFACT_GONE", message);
    throw new Error(message);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MAX_BYTES) throw new PermanentFailure("ARTEFACT_TOO_LARGE", `The chunks exceed ${MAX_BYTES} bytes.`);
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // A cut-off transfer looks like this, so it may be tried again.
    throw new Error("The chunks are not JSON.", { cause });
  }
  const parsed = chunkArtefact.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 5).map((issue) => issue.path.join("."));
  throw new PermanentFailure("ARTEFACT_MALFORMED", `The chunks have unexpected fields: ${fields.join(", ")}.`);
}
