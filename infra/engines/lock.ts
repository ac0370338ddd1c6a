import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isSameProcess, processIdentity } from "./process-identity.js";

const POLL_MS = 100;
const BREAKING_POLL_MS = 5;

export interface Lock {
  release(): Promise<void>;
}

export interface LockHolder {
  readonly pid: number;
  readonly identity: string;
  readonly token: string;
}

/**
 * Takes the lock file at `path` for this process, or returns the living process that holds it.
 * A lock whose process is gone is broken. Taking it is a hard link, so two starters never both succeed.
 */
export async function tryLock(path: string): Promise<{ lock: Lock } | { holder: LockHolder }> {
  await mkdir(dirname(path), { recursive: true });
  const identity = await processIdentity(process.pid);
  if (identity === null) throw new Error("the start time of this process cannot be read");
  const own: LockHolder = { pid: process.pid, identity, token: randomUUID() };
  const candidate = `${path}.${own.token}`;
  await writeFile(candidate, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      try {
        await link(candidate, path);
        return { lock: { release: () => releaseLock(path, own) } };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = await readLock(path);
      if (holder === null) continue;
      if (await isSameProcess(holder.pid, holder.identity)) return { holder };
      await breakLock(path, candidate, holder);
    }
  } finally {
    await rm(candidate, { force: true });
  }
}

/** Waits until the lock is free or the signal ends the wait (rejects with the signal's reason). */
export async function waitForLock(path: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    const taken = await tryLock(path);
    if ("lock" in taken) return taken.lock;
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Who holds the lock, living or not; `null` when nobody does. */
export async function readLock(path: string): Promise<LockHolder | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LockHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Removes the lock of a dead process. One breaker at a time, who looks again before it removes: while it holds the
 * second file nobody else can have put a living lock in the place of the dead one.
 */
async function breakLock(path: string, candidate: string, dead: LockHolder): Promise<void> {
  const breaking = `${path}.breaking`;
  try {
    await link(candidate, breaking);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const other = await readLock(breaking);
    if (other !== null && !(await isSameProcess(other.pid, other.identity))) await rm(breaking, { force: true });
    else await delay(BREAKING_POLL_MS);
    return;
  }
  try {
    const holder = await readLock(path);
    if (holder?.token === dead.token) await rm(path, { force: true });
  } finally {
    await rm(breaking, { force: true });
  }
}

async function releaseLock(path: string, own: LockHolder): Promise<void> {
  const holder = await readLock(path);
  if (holder?.token === own.token) await rm(path, { force: true });
}
