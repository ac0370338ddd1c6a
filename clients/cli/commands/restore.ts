import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { restoreHome } from "../../../infra/supervisor/backup.js";
import { readLiveState } from "../../../infra/supervisor/state.js";
import { type Command, UsageError } from "../command.js";
import { resumeArguments, stopRunning } from "./down.js";

export const restore: Command = {
  summary: "put back what `backup` saved (stops LLMFlow meanwhile)",
  usage: "FOLDER [--replace]",
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { replace: { type: "boolean", default: false } },
    });
    const folder = positionals[0];
    if (folder === undefined) throw new UsageError("the folder of the backup is missing");
    const state = await readLiveState(context.home);
    await stopRunning(context);
    try {
      const { createdAt } = await restoreHome(context.home, resolve(context.cwd, folder), {
        env: context.env,
        signal: context.signal,
        replace: values.replace,
        progress: (line) => context.print(line),
      });
      context.print(`restored what was saved at ${createdAt}`);
    } finally {
      if (state !== null && !context.signal.aborted) await context.run("up", resumeArguments(state));
    }
    return 0;
  },
};
