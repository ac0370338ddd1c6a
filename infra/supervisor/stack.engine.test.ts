import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isSameProcess } from "../engines/process-identity.js";
import { type Home, homeAt } from "./home.js";
import { AlreadyRunningError, type Stack, startStack } from "./stack.js";
import { readLiveState, readState } from "./state.js";

const execute = promisify(execFile);
const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const base = Object.fromEntries(
  ["PATH", "HOME", "LLMFLOW_CACHE"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);
const ports = { postgres: 35_432, valkey: 36_379, issuer: 34_300 };

let root: string;
let home: Home;
const started: Stack[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stack-"));
  await chmod(root, 0o755);
  home = homeAt(join(root, "home"));
});
afterEach(async () => {
  for (const stack of started.splice(0)) await stack.stop();
  await rm(root, { recursive: true, force: true });
}, 60_000);

async function start(
  only: readonly string[],
  changes: { env?: Record<string, string>; home?: Home } = {},
): Promise<Stack> {
  const env = { ...base, ...changes.env };
  const stack = await startStack({ checkout, home: changes.home ?? home, env, only, ports });
  started.push(stack);
  return stack;
}

describe("a stack", () => {
  test("is started by one: a second start names the first, and works when that has stopped", async () => {
    const first = await start(["valkey"]);
    await expect(start(["valkey"])).rejects.toThrow(AlreadyRunningError);
    expect(await readLiveState(home)).toMatchObject({ phase: "ready", only: ["valkey"] });
    await first.stop();
    await start(["valkey"]);
  }, 60_000);

  test("of another installation takes the next free ports, and both run", async () => {
    const first = await start(["valkey"]);
    const second = await start(["valkey"], { home: homeAt(join(root, "other")) });
    expect(second.env.REDIS_URL).not.toBe(first.env.REDIS_URL);
    expect(second.services()).toMatchObject([{ name: "valkey", state: "ready" }]);
  }, 60_000);

  test("leaves no process when it is stopped", async () => {
    const stack = await start(["postgres", "valkey", "issuer"]);
    const processes = stack.services();
    expect(processes).toHaveLength(3);
    await stack.stop();
    for (const { pid, identity } of processes)
      expect(await isSameProcess(pid as number, identity as string)).toBe(false);
    const { stdout } = await execute("ps", ["-eo", "args"]);
    expect(stdout).not.toContain(home.root);
  }, 60_000);

  test("uses an engine whose URL is given, and provisions nothing for it", async () => {
    const first = await start(["valkey"]);
    const env = { REDIS_URL: first.env.REDIS_URL as string };
    const second = await start(["valkey", "issuer"], { env, home: homeAt(join(root, "other")) });
    expect(second.env.REDIS_URL).toBe(first.env.REDIS_URL);
    expect(second.services().map(({ name, state }) => [name, state])).toEqual([
      ["issuer", "ready"],
      ["valkey", "external"],
    ]);
  }, 60_000);

  test("names the variable of a given engine that does not answer", async () => {
    const env = { REDIS_URL: "redis://127.0.0.1:1", DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" };
    const failed = start(["valkey", "postgres"], { env });
    await expect(failed).rejects.toThrow(/DATABASE_URL is set, but[\s\S]*REDIS_URL is set, but/);
    expect(await readLiveState(home)).toMatchObject({ phase: "stopping" });
    await start(["valkey"]);
  }, 60_000);

  test("keeps its secrets from other users", async () => {
    await start(["valkey"]);
    for (const file of [home.state, home.environment, home.secrets]) expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await readFile(home.environment, "utf8")).toMatch(/^export REDIS_URL='redis:\/\//m);
  }, 60_000);

  test("can be given up while it starts, and leaves nothing", async () => {
    const stopping = new AbortController();
    const progress = (line: string) => line.startsWith("Valkey") && stopping.abort(new Error("not wanted any more"));
    const options = {
      checkout,
      home,
      env: base,
      only: ["postgres", "valkey"],
      ports,
      signal: stopping.signal,
      progress,
    };
    await expect(startStack({ ...options, progress: (line) => void progress(line) })).rejects.toThrow(
      "not wanted any more",
    );
    for (const { pid } of (await readState(home))?.services ?? []) expect(pid).toBeNull();
    const { stdout } = await execute("ps", ["-eo", "args"]);
    expect(stdout).not.toContain(home.root);
  }, 60_000);
});
