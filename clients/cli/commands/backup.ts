import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { backupHome } from "../../../infra/supervisor/backup.js";
import { readLiveState } from "../../../infra/supervisor/state.js";
import { type Command, UsageError } from "../command.js";
import { resumeArguments, stopRunning } from "./down.js";

export const backup: Command = {
  summary: "save all data and keys into a new folder (stops LLMFlow meanwhile)",
  usage: "FOLDER",
  async run(args, context) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    const folder = positionals[0];
    if (folder === undefined) throw new UsageError("the folder to write to is missing");
    const state = await readLiveState(context.home);
    await stopRunning(context);
    try {
      const target = resolve(context.cwd, folder);
      const progress = (line: string) => context.print(line);
      const { files } = await backupHome(context.home, target, { env: context.env, signal: context.signal, progress });
      const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
      context.print(`saved ${megabytes.toFixed(1)} MB to ${target}; it holds the keys: keep it as safe as the data`);
    } finally {
      if (state !== null && !context.signal.aborted) await context.run("up", resumeArguments(state));
    }
    return 0;
  },
};
