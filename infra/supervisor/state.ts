import { readFile, rename, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { isSameProcess } from "../engines/process-identity.js";
import type { Home } from "./home.js";

const serviceSchema = z.object({
  name: z.string(),
  state: z.enum(["stopped", "starting", "ready", "restarting", "stopping", "failed", "external"]),
  pid: z.number().nullable(),
  identity: z.string().nullable(),
  port: z.number().nullable(),
  restarts: z.number(),
  since: z.string(),
});

const stateSchema = z.object({
  version: z.literal(1),
  supervisor: z.object({ pid: z.number(), identity: z.string(), startedAt: z.string() }),
  phase: z.enum(["starting", "ready", "stopping"]),
  /** What the start was limited to; `null` when it was everything. */
  only: z.array(z.string()).nullable(),
  urls: z.record(z.string(), z.string()),
  /** Everything the product's processes get; holds the development secrets, so the file is the user's alone. */
  environment: z.record(z.string(), z.string()),
  services: z.array(serviceSchema),
});

export type ServiceState = z.infer<typeof serviceSchema>;
export type StackState = z.infer<typeof stateSchema>;

/** What the last supervisor of this home wrote, whether it still lives or not; `null` when there was none. */
export async function readState(home: Home): Promise<StackState | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(home.state, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${home.state} cannot be read: ${(error as Error).message}`);
  }
}

/** The state of a supervisor that is alive, or `null`. */
export async function readLiveState(home: Home): Promise<StackState | null> {
  const state = await readState(home);
  if (state === null) return null;
  return (await isSameProcess(state.supervisor.pid, state.supervisor.identity)) ? state : null;
}

/** Replaces the state file in one step. */
export async function writeState(home: Home, state: StackState): Promise<void> {
  const staging = `${home.state}.${process.pid}`;
  await writeFile(staging, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(staging, home.state);
}

/** Writes the environment as lines that a shell can source. */
export async function writeEnvironment(home: Home, environment: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  const staging = `${home.environment}.${process.pid}`;
  await writeFile(staging, `${lines.join("\n")}\n`, { mode: 0o600 });
  await rename(staging, home.environment);
}

/**
 * Ends the processes that a supervisor left behind when it was killed: first politely, after `graceMs` by force.
 * Only the very processes that it recorded are touched. Returns the names of those that were found.
 */
export async function endOrphans(state: StackState, graceMs: number): Promise<string[]> {
  const orphans: { name: string; pid: number; identity: string }[] = [];
  for (const { name, pid, identity } of state.services) {
    if (pid === null || identity === null || !(await isSameProcess(pid, identity))) continue;
    orphans.push({ name, pid, identity });
    // SIGINT is PostgreSQL's fast shutdown; the others take SIGTERM.
    send(pid, name === "postgres" ? "SIGINT" : "SIGTERM");
  }
  const deadline = Date.now() + graceMs;
  for (const { pid, identity } of orphans) {
    while (Date.now() < deadline && (await isSameProcess(pid, identity))) await delay(50);
    if (await isSameProcess(pid, identity)) send(-pid, "SIGKILL");
    while (await isSameProcess(pid, identity)) await delay(20);
  }
  return orphans.map(({ name }) => name);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
