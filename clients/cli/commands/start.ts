import { parseArgs } from "node:util";
import { AlreadyRunningError, type Stack } from "../../../infra/supervisor/stack.js";
import type { Command, CommandContext } from "../command.js";
import { printUrls, startHere, untilAborted } from "./up.js";

export const start: Command = {
  summary: "start everything here, show the example, and keep serving until Ctrl-C",
  usage: "[--once]",
  async run(args, context) {
    const { values } = parseArgs({ args: [...args], options: { once: { type: "boolean", default: false } } });
    const stack = await startUnlessRunning(context);
    try {
      const code = context.knows("demo") ? await context.run("demo", []) : 0;
      if (values.once || context.signal.aborted || stack === null) return code;
      printUrls(context, stack.urls);
      context.print("serving; Ctrl-C stops it");
      await untilAborted(context.signal);
      return code;
    } finally {
      if (stack !== null) {
        context.print("stopping");
        await stack.stop();
      }
    }
  },
};

/** The stack that this process owns now, or `null` when another one is running and is used as it is. */
async function startUnlessRunning(context: CommandContext): Promise<Stack | null> {
  try {
    return await startHere(context);
  } catch (error) {
    if (!(error instanceof AlreadyRunningError)) throw error;
    await context.run("up", []);
    return null;
  }
}
