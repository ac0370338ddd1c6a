import { spawn } from "node:child_process";

const OUTPUT_LIMIT = 64 * 1024;
const KILL_AFTER_MS = 5_000;

export interface CommandOptions {
  readonly signal: AbortSignal;
  /** Milliseconds before the command is ended and the call rejects. */
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * Runs a program to its end and returns the last 64 KiB of what it wrote (both streams).
 * Rejects with a `CommandError` that holds the tail of its output when it fails, cannot start, or runs out of time.
 */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  options.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    let output = "";
    let ended: string | undefined;
    let killTimer: NodeJS.Timeout | undefined;
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-OUTPUT_LIMIT);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const end = (why: string) => {
      ended ??= why;
      child.kill("SIGTERM");
      killTimer ??= setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    };
    const timer = setTimeout(() => end(`took longer than ${options.timeoutMs / 1000} s`), options.timeoutMs);
    const onAbort = () => end("was stopped");
    options.signal.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      options.signal.removeEventListener("abort", onAbort);
    };
    child.on("error", (error) => {
      settle();
      reject(new CommandError(`${command} cannot be started: ${error.message}`));
    });
    child.on("close", (code, signalName) => {
      settle();
      if (ended === undefined && code === 0) return resolve(output);
      const reason = ended ?? (signalName === null ? `ended with code ${code}` : `was ended by ${signalName}`);
      reject(new CommandError(`${command} ${args[0] ?? ""} ${reason}\n${output.slice(-2_000).trim()}`));
    });
  });
}
