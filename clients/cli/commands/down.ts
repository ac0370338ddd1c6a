import { setTimeout as delay } from "node:timers/promises";
import { readLock } from "../../../infra/engines/lock.js";
import { isSameProcess } from "../../../infra/engines/process-identity.js";
import { endOrphans, readState, type StackState } from "../../../infra/supervisor/state.js";
import type { Command, CommandContext } from "../command.js";

const STOP_LIMIT_MS = 120_000;
const POLL_MS = 50;
const ORPHAN_GRACE_MS = 15_000;

export const down: Command = {
  summary: "stop everything that `up` started",
  usage: "",
  async run(_args, context) {
    context.print((await stopRunning(context)) ? "stopped" : "nothing is running");
    return 0;
  },
};

/**
 * Stops the supervisor of this home, and whatever a killed one has left behind. True when there was something to stop.
 * Rejects when it is still alive after two minutes.
 */
export async function stopRunning(context: CommandContext): Promise<boolean> {
  const holder = await readLock(context.home.lock);
  let stopped = false;
  if (holder !== null && (await isSameProcess(holder.pid, holder.identity))) {
    context.print(`stopping (process ${holder.pid})`);
    process.kill(holder.pid, "SIGTERM");
    const deadline = Date.now() + STOP_LIMIT_MS;
    while (await isSameProcess(holder.pid, holder.identity)) {
      if (Date.now() > deadline)
        throw new Error(`process ${holder.pid} does not stop: see \`llmflow logs supervisor\``);
      await delay(POLL_MS, undefined, { signal: context.signal });
    }
    stopped = true;
  }
  const state = await readState(context.home).catch(() => null);
  const orphans = state === null ? [] : await endOrphans(state, ORPHAN_GRACE_MS);
  return stopped || orphans.length > 0;
}

/** Arguments with which `up` starts again what was running. */
export function resumeArguments({ only }: StackState): string[] {
  return only === null ? [] : ["--engines"];
}
