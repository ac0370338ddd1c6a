import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Command, type CommandContext, UsageError } from "../command.js";

const POLL_MS = 300;
/** Read from the end of a file at once, at most; longer lines are shown from their middle on. */
const WINDOW_BYTES = 1024 * 1024;

export const logs: Command = {
  summary: "show the logs of all processes or of one, and follow them",
  usage: "[SERVICE] [-f|--follow] [-n|--lines 40]",
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        follow: { type: "boolean", short: "f", default: false },
        lines: { type: "string", short: "n", default: "40" },
      },
    });
    const count = Number(values.lines);
    if (!Number.isInteger(count) || count < 0) throw new UsageError(`"${values.lines}" is not a number of lines`);
    const known = await logNames(context);
    const wanted = positionals[0];
    if (wanted !== undefined && !known.includes(wanted)) {
      throw new UsageError(`no log of "${wanted}" (there are: ${known.join(", ") || "none yet"})`);
    }
    const names = wanted === undefined ? known : [wanted];
    const followed = await Promise.all(names.map((name) => showEnd(context, name, count, names.length > 1)));
    if (!values.follow) return 0;
    while (!context.signal.aborted) {
      await delay(POLL_MS, undefined, { signal: context.signal }).catch(() => undefined);
      for (const log of followed) await showNew(context, log);
    }
    return 0;
  },
};

interface FollowedLog {
  readonly path: string;
  readonly prefix: string;
  offset: number;
}

async function logNames({ home }: CommandContext): Promise<string[]> {
  const files = await readdir(home.logs).catch(() => []);
  return files
    .filter((file) => file.endsWith(".log"))
    .map((file) => file.slice(0, -".log".length))
    .sort();
}

async function showEnd(context: CommandContext, name: string, count: number, named: boolean): Promise<FollowedLog> {
  const path = join(context.home.logs, `${name}.log`);
  const prefix = named ? `${name} | ` : "";
  const { size } = await stat(path);
  const text = await readRange(path, Math.max(0, size - WINDOW_BYTES), size);
  const lines = text.replace(/\n$/, "").split("\n");
  for (const line of count === 0 || text === "" ? [] : lines.slice(-count)) context.print(prefix + line);
  return { path, prefix, offset: size };
}

async function showNew(context: CommandContext, log: FollowedLog): Promise<void> {
  const size = await stat(log.path).then(
    (entry) => entry.size,
    () => 0,
  );
  // Shorter than before: the log was rotated and begins anew.
  if (size < log.offset) log.offset = 0;
  if (size === log.offset) return;
  const end = Math.min(size, log.offset + WINDOW_BYTES);
  const text = await readRange(log.path, log.offset, end);
  // A line that is still being written is shown when it is whole.
  const whole = text.lastIndexOf("\n") + 1;
  const shown = whole === 0 && text.length < WINDOW_BYTES ? "" : text.slice(0, whole || text.length);
  log.offset += Buffer.byteLength(shown);
  for (const line of shown === "" ? [] : shown.replace(/\n$/, "").split("\n")) context.print(log.prefix + line);
}

async function readRange(path: string, start: number, end: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
