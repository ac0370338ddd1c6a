import type { Environment, Home } from "../../infra/supervisor/home.js";
import { readLiveState, type StackState } from "../../infra/supervisor/state.js";

/** What a command gets; it reads nothing of the process itself. */
export interface CommandContext {
  readonly checkout: string;
  readonly home: Home;
  readonly env: Environment;
  /** Folder that relative paths among the arguments start from. */
  readonly cwd: string;
  /** Aborts at Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
  /** The terminal's width at this moment. */
  readonly columns: number;
  /** Writes a line to the standard output. */
  print(line: string): void;
  /** Writes text as it is, for streams. */
  write(text: string): void;
  /** Writes a line to the standard error. */
  complain(line: string): void;
  /** Runs another command; used by those that are made of others. */
  run(name: string, args: readonly string[]): Promise<number>;
  knows(name: string): boolean;
}

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Arguments, as they are shown in help. */
  readonly usage: string;
  /** Resolves with the exit code. */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** A mistake of the user's: shown without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The state of the running stack, with its whole environment. Rejects, saying what to do, when nothing is running. */
export async function requireRunning(context: CommandContext): Promise<StackState> {
  const state = await readLiveState(context.home);
  if (state === null) throw new UsageError("LLMFlow is not running: start it with `llmflow up`");
  if (state.phase !== "ready") throw new UsageError(`LLMFlow is ${state.phase}: see \`llmflow status\``);
  return state;
}
