import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import type { Command } from "../command.js";
import { stopRunning } from "./down.js";

export const reset: Command = {
  summary: "stop everything and delete all data of this installation (downloads are kept)",
  usage: "[--yes]",
  async run(args, context) {
    const { values } = parseArgs({ args: [...args], options: { yes: { type: "boolean", default: false } } });
    const { home } = context;
    // Nothing is deleted that does not look like what this program has made.
    if (!existsSync(home.secrets) && !existsSync(home.state) && !existsSync(home.issuerKeys)) {
      context.print(`there is nothing to delete in ${home.root}`);
      return 0;
    }
    if (
      !values.yes &&
      !(await confirmed(`Delete all documents, conversations and keys in ${home.root}? [y/N] `, context.signal))
    ) {
      context.print("nothing was deleted");
      return 1;
    }
    await stopRunning(context);
    await rm(home.root, { recursive: true, force: true });
    context.print(`deleted ${home.root}`);
    return 0;
  },
};

async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    return /^y(es)?$/i.test((await Promise.race([terminal.question(question, { signal }), closed])).trim());
  } finally {
    terminal.close();
  }
}
