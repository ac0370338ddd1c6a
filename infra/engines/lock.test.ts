import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tryLock, waitForLock } from "./lock.js";
import { processIdentity } from "./process-identity.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a lock file", () => {
  test("is held by one of many who want it at once", async () => {
    const path = join(folder, "lock");
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)));
    expect(outcomes.filter((outcome) => "lock" in outcome)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(["lock"]);
  });

  test("names its living holder to the others", async () => {
    const path = join(folder, "lock");
    await tryLock(path);
    expect(await tryLock(path)).toMatchObject({ holder: { pid: process.pid } });
  });

  test("is free again after its release, for one who waits", async () => {
    const path = join(folder, "lock");
    const first = await tryLock(path);
    if (!("lock" in first)) throw new Error("the lock was taken");
    const waiting = waitForLock(path, AbortSignal.timeout(5_000));
    await first.lock.release();
    await (await waiting).release();
    expect(await readdir(folder)).toEqual([]);
  });

  test("of a process that is gone is taken over by exactly one", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const pid = child.pid as number;
    const identity = await processIdentity(pid);
    const path = join(folder, "lock");
    await writeFile(path, JSON.stringify({ pid, identity, token: "dead" }));
    expect(await tryLock(path)).toMatchObject({ holder: { pid } });
    child.kill("SIGKILL");
    await once(child, "exit");
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)));
    expect(outcomes.filter((outcome) => "lock" in outcome)).toHaveLength(1);
  });

  test("is not mistaken for that of a later process with the same number", async () => {
    const path = join(folder, "lock");
    await writeFile(path, JSON.stringify({ pid: process.pid, identity: "another boot:1", token: "old" }));
    expect(await tryLock(path)).toHaveProperty("lock");
  });

  test("is waited for no longer than the signal allows", async () => {
    const path = join(folder, "lock");
    await tryLock(path);
    await expect(waitForLock(path, AbortSignal.timeout(50))).rejects.toThrow();
  });
});
