import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { homeOf } from "../../infra/supervisor/home.js";
import { type CommandContext, UsageError } from "./command.js";
import { commands } from "./commands.js";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What shells give a command that Ctrl-C has ended. */
const INTERRUPTED = 130;
const interruption = new AbortController();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => interruption.abort(new Error(`stopped by ${signal}`)));
}

const context: CommandContext = {
  checkout,
  home: homeOf(checkout, process.env, process.getuid?.() === 0),
  env: process.env,
  cwd: process.cwd(),
  signal: interruption.signal,
  isTerminal: process.stdout.isTTY,
  get columns() {
    return process.stdout.columns ?? 80;
  },
  print: (line) => void process.stdout.write(`${line}\n`),
  write: (text) => void process.stdout.write(text),
  complain: (line) => void process.stderr.write(`${line}\n`),
  run,
  knows: (name) => Object.hasOwn(commands, name),
};

async function run(name: string, args: readonly string[]): Promise<number> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) throw new UsageError(`"${name}" is not a command: see \`llmflow help\``);
  const command = await load();
  if (args.includes("--help")) {
    context.print(`usage: llmflow ${name} ${command.usage}\n\n${command.summary}`);
    return 0;
  }
  return command.run(args, context);
}

async function help(): Promise<number> {
  context.print("usage: llmflow COMMAND [ARGUMENTS]\n");
  for (const [name, load] of Object.entries(commands)) {
    context.print(`  ${name.padEnd(10)}${(await load()).summary}`);
  }
  context.print("\nllmflow COMMAND --help shows a command's arguments.");
  return 0;
}

try {
  const [name = "help", ...args] = process.argv.slice(2);
  const wantsHelp = name === "help" || name === "--help" || name === "-h";
  process.exitCode = wantsHelp ? await help() : await run(name, args);
} catch (error) {
  const isUsage = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
  context.complain(`llmflow: ${(error as Error).message}`);
  process.exitCode = interruption.signal.aborted ? INTERRUPTED : isUsage ? 2 : 1;
}
// Sockets of clients that are still being closed must not keep a finished command alive.
process.stdout.write("", () => process.exit());
