import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHome, homeOf } from "./home.js";
import { LogFile } from "./log-file.js";
import { AlreadyRunningError, type Stack, startStack } from "./stack.js";

/**
 * The long-lived process behind `llmflow up`. Its arguments are the names of what to start; none means everything.
 * It tells its parent, over the channel that `fork` opens, each line of progress and then `ready` or `failed`;
 * SIGTERM, SIGINT and SIGHUP stop everything and end it.
 */
export type SupervisorMessage =
  | { readonly kind: "progress"; readonly line: string }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string; readonly alreadyRunning: boolean };

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const home = homeOf(checkout, process.env, process.getuid?.() === 0);
const stopping = new AbortController();
let stack: Stack | null = null;

await createHome(home);
const log = new LogFile(join(home.logs, "supervisor.log"));

function tell(message: SupervisorMessage): void {
  const text = message.kind === "progress" ? message.line : message.kind === "failed" ? message.message : message.kind;
  log.write(`${new Date().toISOString()} ${text}\n`);
  // The parent leaves when it has seen enough; nobody is told then.
  if (process.connected) process.send?.(message, () => undefined);
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) return;
    tell({ kind: "progress", line: `${signal}: stopping` });
    stopping.abort(new Error(`stopped by ${signal}`));
    if (stack !== null) void stack.stop().then(() => process.exit(0));
  });
}

const only = process.argv.slice(2);
try {
  stack = await startStack({
    checkout,
    home,
    env: process.env,
    signal: stopping.signal,
    progress: (line) => tell({ kind: "progress", line }),
    ...(only.length === 0 ? {} : { only }),
  });
  tell({ kind: "ready" });
  // The children's pipes keep the process alive; a stack of given engines has none.
  setInterval(() => undefined, 2 ** 30);
} catch (error) {
  const alreadyRunning = error instanceof AlreadyRunningError;
  tell({ kind: "failed", message: (error as Error).message, alreadyRunning });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
