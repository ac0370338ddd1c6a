import { fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { engines } from "../../../infra/engines/catalogue.js";
import { readLock } from "../../../infra/engines/lock.js";
import { isSameProcess } from "../../../infra/engines/process-identity.js";
import { createHome } from "../../../infra/supervisor/home.js";
import type { SupervisorMessage } from "../../../infra/supervisor/main.js";
import { AlreadyRunningError, type Stack, startStack } from "../../../infra/supervisor/stack.js";
import { readLiveState, type StackState } from "../../../infra/supervisor/state.js";
import type { Command, CommandContext } from "../command.js";

const POLL_MS = 200;

export const up: Command = {
  summary: "start the engines, the local models, the subgraphs with their workers, and the router",
  usage: "[--engines] [--foreground]",
  async run(args, context) {
    const { values } = parseArgs({
      args: [...args],
      options: { engines: { type: "boolean", default: false }, foreground: { type: "boolean", default: false } },
    });
    const only = values.engines ? engines.map(({ name }) => name) : undefined;
    if (await showRunning(context, only)) return 0;
    return values.foreground ? runInForeground(context, only) : runDetached(context, only);
  },
};

/** Starts everything inside this process, which then owns it. Resolves when all answer. */
export async function startHere(context: CommandContext, only?: readonly string[]): Promise<Stack> {
  return startStack({
    checkout: context.checkout,
    home: context.home,
    env: context.env,
    signal: context.signal,
    progress: (line) => context.print(line),
    ...(only === undefined ? {} : { only }),
  });
}

/** Prints the addresses a person may want to open. */
export function printUrls(context: CommandContext, urls: Readonly<Record<string, string>>): void {
  for (const [name, url] of Object.entries(urls)) context.print(`  ${name.padEnd(16)}${url}`);
}

async function runInForeground(context: CommandContext, only: readonly string[] | undefined): Promise<number> {
  let stack: Stack;
  try {
    stack = await startHere(context, only);
  } catch (error) {
    if (error instanceof AlreadyRunningError && (await showRunning(context, only))) return 0;
    throw error;
  }
  printUrls(context, stack.urls);
  context.print("Ctrl-C stops it");
  await untilAborted(context.signal);
  context.print("stopping");
  await stack.stop();
  return 0;
}

async function runDetached(context: CommandContext, only: readonly string[] | undefined): Promise<number> {
  await createHome(context.home);
  const errors = openSync(join(context.home.logs, "supervisor.log"), "a", 0o600);
  const supervisor = fork(join(context.checkout, "infra", "supervisor", "main.ts"), [...(only ?? [])], {
    cwd: context.checkout,
    env: context.env,
    execArgv: ["--enable-source-maps", "--import", "./infra/start/typescript.mjs"],
    detached: true,
    stdio: ["ignore", "ignore", errors, "ipc"],
  });
  closeSync(errors);
  const onAbort = () => void supervisor.kill("SIGTERM");
  context.signal.addEventListener("abort", onAbort, { once: true });
  const exited = new Promise<void>((resolve) => supervisor.once("exit", () => resolve()));
  const outcome = await new Promise<SupervisorMessage>((resolve) => {
    supervisor.on("message", (message: SupervisorMessage) => {
      if (message.kind === "progress") context.print(message.line);
      else resolve(message);
    });
    const gone = `the supervisor ended: see ${join(context.home.logs, "supervisor.log")}`;
    void exited.then(() => resolve({ kind: "failed", message: gone, alreadyRunning: false }));
  });
  context.signal.removeEventListener("abort", onAbort);
  if (outcome.kind === "failed") {
    await exited;
    if (outcome.alreadyRunning && (await showRunning(context, only))) return 0;
    context.complain(outcome.message);
    return 1;
  }
  const state = await readLiveState(context.home);
  printUrls(context, state?.urls ?? {});
  context.print("running in the background: `llmflow status`, `llmflow logs`, `llmflow down`");
  supervisor.unref();
  return 0;
}

/** When a supervisor is alive: waits until it is ready, prints its addresses and returns true. */
async function showRunning(context: CommandContext, only: readonly string[] | undefined): Promise<boolean> {
  for (let isFirst = true; ; isFirst = false) {
    const holder = await readLock(context.home.lock);
    if (holder === null || !(await isSameProcess(holder.pid, holder.identity))) return false;
    // One that has just taken the lock has not written its state yet.
    const state = await readLiveState(context.home);
    const isReady = state?.supervisor.pid === holder.pid && state.phase === "ready";
    if (isFirst) context.print(`already ${isReady ? "running" : (state?.phase ?? "starting")} (process ${holder.pid})`);
    if (isReady) {
      printUrls(context, state.urls);
      if (isLess(state, only))
        context.print(`only ${state.only?.join(", ")} were started: \`llmflow down\` first for more`);
      return true;
    }
    await delay(POLL_MS, undefined, { signal: context.signal });
  }
}

function isLess(state: StackState, only: readonly string[] | undefined): boolean {
  if (state.only === null) return false;
  return only === undefined || only.some((name) => !state.only?.includes(name));
}

/** Resolves when the signal aborts. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A signal alone does not keep the process alive.
  const keepAlive = setInterval(() => undefined, 2 ** 30);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  clearInterval(keepAlive);
}
