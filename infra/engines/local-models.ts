import { join } from "node:path";
import { provisionEmbedderModel } from "../local-models/weights.js";
import type { Provisioning } from "./engine.js";
import { waitForLock } from "./lock.js";

const DOWNLOAD_LIMIT_MS = 20 * 60_000;

/** Brings the weights of the local models into the cache, so that their servers start with all they need. */
export async function provisionLocalModels({ cacheDirectory, signal, progress }: Provisioning): Promise<void> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_LIMIT_MS)]);
  // Three servers use the same weights: the second and third wait here instead of downloading them again.
  const lock = await waitForLock(join(cacheDirectory, ".locks", "local-models.lock"), bounded);
  const notice = setTimeout(() => progress("preparing the weights of the local models"), 500);
  try {
    await provisionEmbedderModel(cacheDirectory, bounded);
  } finally {
    clearTimeout(notice);
    await lock.release();
  }
}
