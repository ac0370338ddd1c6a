import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processIdentity } from "../engines/process-identity.js";
import { LogFile } from "./log-file.js";
import { type ProcessSpecification, type ProcessState, SupervisedProcess } from "./supervised-process.js";

let folder: string;
const started: SupervisedProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "supervised-"));
});
afterEach(async () => {
  for (const process of started.splice(0)) await process.stop();
  await rm(folder, { recursive: true, force: true });
});

const FOREVER = "setInterval(() => {}, 1000)";

/** A small Node program under supervision, and a way to wait for its next state. */
function supervise(script: string, changes: Partial<ProcessSpecification> = {}) {
  const events: string[] = [];
  const listeners = new Set<() => void>();
  const supervised = new SupervisedProcess(
    {
      name: "sample",
      command: process.execPath,
      args: ["-e", script],
      cwd: folder,
      env: process.env,
      port: null,
      stopSignal: "SIGTERM",
      stopLimitMs: 10_000,
      startLimitMs: 20_000,
      check: async () => undefined,
      ...changes,
    },
    new LogFile(join(folder, "sample.log")),
    (event) => {
      if (event !== null) events.push(event);
      for (const listener of listeners) listener();
    },
    [],
  );
  started.push(supervised);
  const reached = (state: ProcessState, restarts: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        const status = supervised.status();
        if (status.state !== state || status.restarts < restarts) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  return { supervised, events, reached };
}

describe("a supervised process", () => {
  test("that was killed is started again, and it is said", async () => {
    const { supervised, events, reached } = supervise(FOREVER);
    await supervised.start();
    const first = supervised.status().pid as number;
    process.kill(first, "SIGKILL");
    await reached("ready", 1);
    expect(supervised.status().pid).not.toBe(first);
    expect(events[0]).toMatch(/^sample was ended by SIGKILL; starting it again/);
  });

  test("leaves nothing when it is stopped, not even its own children", async () => {
    const script = `const c = require("node:child_process").spawn(process.execPath, ["-e", "${FOREVER}"]); console.log(c.pid); ${FOREVER}`;
    let child = 0;
    const { supervised } = supervise(script, {
      check: async () => {
        child = Number(await readFile(join(folder, "sample.log"), "utf8"));
        if (child === 0) throw new Error("not yet");
      },
    });
    await supervised.start();
    const { pid } = supervised.status();
    await supervised.stop();
    expect(await processIdentity(pid as number)).toBeNull();
    await expect.poll(() => processIdentity(child)).toBeNull();
    expect(supervised.status().state).toBe("stopped");
  });

  test("that ignores its stop signal is killed at the limit", async () => {
    const ready = "process.on('SIGTERM', () => {}); console.log('deaf');";
    const { supervised } = supervise(`${ready}${FOREVER}`, {
      stopLimitMs: 200,
      check: async () => {
        if (!(await readFile(join(folder, "sample.log"), "utf8")).includes("deaf")) throw new Error("not yet");
      },
    });
    await supervised.start();
    const { pid } = supervised.status();
    await supervised.stop();
    expect(await processIdentity(pid as number)).toBeNull();
  });

  test("that ends before it answers is given up after a bounded number of tries, with the end of its log", async () => {
    const { supervised } = supervise("console.error('bad configuration'); process.exit(1)", {
      check: async () => {
        throw new Error("nothing listens");
      },
    });
    await expect(supervised.start()).rejects.toThrow(
      /sample does not start \(ended with code 1\)[\s\S]*bad configuration/,
    );
    expect(supervised.status()).toMatchObject({ state: "failed", pid: null });
    expect(supervised.status().restarts).toBeLessThan(10);
  }, 60_000);

  test("is not started while a stranger listens on its port", async () => {
    const stranger = createServer().listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as AddressInfo;
    const { supervised } = supervise("console.log('started')", { port });
    await expect(supervised.start()).rejects.toThrow(`port ${port} is taken by another process`);
    expect(await readFile(join(folder, "sample.log"), "utf8")).toBe("");
    stranger.close();
  }, 20_000);

  test("that never answers is ended at its limit", async () => {
    const { supervised } = supervise(FOREVER, { startLimitMs: 300, check: () => new Promise(() => undefined) });
    await expect(supervised.start()).rejects.toThrow(/did not answer within 0.3 s/);
    expect(supervised.status().pid).toBeNull();
  });

  test("whose program is missing is given up", async () => {
    const { supervised } = supervise("", {
      command: join(folder, "no-such-program"),
      check: async () => {
        throw new Error("nothing listens");
      },
    });
    await expect(supervised.start()).rejects.toThrow(/cannot be started/);
  }, 60_000);

  test("can be stopped while it is starting", async () => {
    const { supervised } = supervise(FOREVER, { check: () => new Promise(() => undefined) });
    const starting = supervised.start();
    const failed = expect(starting).rejects.toThrow("sample was stopped");
    await supervised.stop();
    await failed;
    expect(supervised.status().pid).toBeNull();
  });
});
