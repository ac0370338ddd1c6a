import { type ChunkArtefact, chunkArtefact } from "../../../platform/queue/catalogue.js";
import { PermanentFailure } from "../../../platform/queue/worker.js";

const MAX_BYTES = 256 * 1024 * 1024;
const LIMIT_MS = 60_000;

/** Fetches the masked chunks of one generation by their signed URL: bounded in size and time, no redirects. */
export async function fetchArtefact(url: string, signal: AbortSignal): Promise<ChunkArtefact> {
  const response = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`The chunk artefact could not be read: HTTP ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > MAX_BYTES)
      throw new PermanentFailure("TOO_LARGE", `The chunk artefact is larger than ${MAX_BYTES} bytes.`);
    parts.push(part);
  }
  const parsed = chunkArtefact.safeParse(JSON.parse(Buffer.concat(parts).toString("utf8")));
  if (!parsed.success)
    throw new PermanentFailure(
      "BAD_ARTEFACT",
      `The chunk artefact is malformed: ${parsed.error.issues
        .slice(0, 5)
        .map((issue) => issue.path.join("."))
        .join(", ")}`,
    );
  return parsed.data;
}
