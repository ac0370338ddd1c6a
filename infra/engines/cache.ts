import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { waitForLock } from "./lock.js";

const INSTALL_LIMIT_MS = 20 * 60_000;

/** Where downloads are kept: `LLMFLOW_CACHE`, else `~/.cache/llmflow`. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  return env.LLMFLOW_CACHE || join(homedir(), ".cache", "llmflow");
}

export interface CacheEntry {
  /** Folder name; holds the version, so that another version is another entry. */
  readonly key: string;
  /** Fills an empty folder. It is kept only when this resolves. */
  build(staging: string, signal: AbortSignal): Promise<void>;
  /** Called once when the entry has to be built, to tell the user why it takes long. */
  onMiss?(): void;
}

/**
 * Returns the folder of a cache entry, built at most once per machine: two processes that need it wait for one build,
 * and an interrupted build leaves nothing that looks complete. Rejects after 20 minutes or when the signal aborts.
 */
export async function cached(directory: string, entry: CacheEntry, signal: AbortSignal): Promise<string> {
  const target = join(directory, entry.key);
  if (await exists(target)) return target;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(INSTALL_LIMIT_MS)]);
  await mkdir(directory, { recursive: true });
  const lock = await waitForLock(join(directory, ".locks", `${entry.key}.lock`), bounded);
  try {
    if (await exists(target)) return target;
    entry.onMiss?.();
    const prefix = `.staging-${entry.key}-`;
    for (const name of await readdir(directory)) {
      // Left by a build that was killed: this process holds the lock, so nobody is using it.
      if (name.startsWith(prefix)) await rm(join(directory, name), { recursive: true, force: true });
    }
    const staging = await mkdtemp(join(directory, prefix));
    try {
      await entry.build(staging, bounded);
      await rename(staging, target);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return target;
  } finally {
    await lock.release();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
