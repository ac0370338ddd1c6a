import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { processIdentity } from "../engines/process-identity.js";
import type { LogFile } from "./log-file.js";
import { isFree } from "./ports.js";

export type ProcessState = "stopped" | "starting" | "ready" | "restarting" | "stopping" | "failed";

export interface ProcessSpecification {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Port of 127.0.0.1 that the process will listen on; it is not started while another listens there. */
  readonly port: number | null;
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds a clean stop may take before the process group is killed. */
  readonly stopLimitMs: number;
  /** Milliseconds until the process must answer its check after a start. */
  readonly startLimitMs: number;
  /** Resolves when the process answers; rejects while it does not. */
  check(signal: AbortSignal): Promise<void>;
}

export interface ProcessStatus {
  readonly name: string;
  readonly state: ProcessState;
  readonly pid: number | null;
  /** Tells this process from a later one with the same number. */
  readonly identity: string | null;
  readonly restarts: number;
  /** When the state was entered, ISO. */
  readonly since: string;
}

const CHECK_EVERY_MS = 150;
const CHECK_LIMIT_MS = 10_000;
const FIRST_BACKOFF_MS = 200;
const LAST_BACKOFF_MS = 10_000;
/** A process that served this long starts again without delay. */
const STEADY_MS = 30_000;
/** Tries of the first start. One that has served before is tried for as long as it is wanted: its engine may come back. */
const FIRST_TRIES = 4;
const TAIL_BYTES = 4_000;

/** One child process that is kept running until it is stopped. */
export class SupervisedProcess {
  #child: ChildProcess | null = null;
  #identity: string | null = null;
  #state: ProcessState = "stopped";
  #since = new Date();
  #restarts = 0;
  #tail = "";
  #loop: Promise<void> | null = null;
  readonly #stop = new AbortController();
  readonly #becameReady = Promise.withResolvers<void>();

  constructor(
    readonly specification: ProcessSpecification,
    private readonly log: LogFile,
    private readonly onChange: (event: string | null) => void,
    /** Prefix that makes the kernel end the child when this process dies; empty where there is none. */
    private readonly guard: readonly string[],
  ) {
    this.#becameReady.promise.catch(() => undefined);
  }

  status(): ProcessStatus {
    return {
      name: this.specification.name,
      state: this.#state,
      pid: this.#child?.pid ?? null,
      identity: this.#identity,
      restarts: this.#restarts,
      since: this.#since.toISOString(),
    };
  }

  /** Starts the process and resolves when it answers for the first time. Rejects, with the end of its log, when it never does. */
  async start(): Promise<void> {
    this.#loop ??= this.#run();
    await this.#becameReady.promise;
  }

  /** Asks the process to end, kills its group when it does not in time, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error(`${this.specification.name} was stopped`));
    await this.#loop;
    if (this.#state !== "failed") this.#enter("stopped", null);
    this.log.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    let hasServed = false;
    while (!this.#stop.signal.aborted) {
      this.#enter("starting", null);
      const outcome = await this.#runOnce();
      if (this.#stop.signal.aborted) break;
      const steady = outcome.servedMs !== null && outcome.servedMs > STEADY_MS;
      failures = steady ? 0 : failures + 1;
      hasServed ||= outcome.servedMs !== null;
      if (!hasServed && (failures >= FIRST_TRIES || outcome.gaveUp)) {
        const reason = `${this.specification.name} does not start (${outcome.reason})`;
        this.#enter("failed", reason);
        this.#becameReady.reject(new Error(`${reason}; the end of ${this.log.path}:\n${this.#tail.trim()}`));
        return;
      }
      this.#restarts++;
      const backoff = failures === 0 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LAST_BACKOFF_MS);
      this.#enter("restarting", `${this.specification.name} ${outcome.reason}; starting it again in ${backoff} ms`);
      await delay(backoff, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    this.#becameReady.reject(this.#stop.signal.reason);
  }

  async #runOnce(): Promise<{ reason: string; servedMs: number | null; gaveUp: boolean }> {
    const { port } = this.specification;
    // A stranger's answer on this port would be taken for the process's own.
    if (port !== null && !(await isFree(port))) {
      return { reason: `cannot listen: port ${port} is taken by another process`, servedMs: null, gaveUp: false };
    }
    const exit = Promise.withResolvers<string>();
    const gone = new AbortController();
    const child = this.#spawn((reason) => {
      gone.abort();
      exit.resolve(reason);
    });
    this.#child = child;
    this.#identity = child.pid === undefined ? null : await processIdentity(child.pid);
    this.onChange(null);
    const onStop = () => void this.#end(child, exit.promise);
    this.#stop.signal.addEventListener("abort", onStop, { once: true });
    if (this.#stop.signal.aborted) onStop();
    const ready = await this.#awaitReady(gone.signal);
    let readySince: number | null = null;
    let gaveUp = false;
    if (ready) {
      readySince = Date.now();
      this.#enter("ready", null);
      this.#becameReady.resolve();
    } else if (!gone.signal.aborted && !this.#stop.signal.aborted) {
      gaveUp = true;
      void this.#end(child, exit.promise);
    }
    const reason = await exit.promise;
    // Whatever the process has started and left behind goes with it.
    signalGroup(child, "SIGKILL", true);
    this.#stop.signal.removeEventListener("abort", onStop);
    this.#child = null;
    this.#identity = null;
    const why = gaveUp ? `did not answer within ${this.specification.startLimitMs / 1000} s` : reason;
    return { reason: why, servedMs: readySince === null ? null : Date.now() - readySince, gaveUp };
  }

  #spawn(onExit: (reason: string) => void): ChildProcess {
    const { command, args, cwd, env, uid, gid } = this.specification;
    const [program = command, ...rest] = [...this.guard, command, ...args];
    // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops all in order.
    const child = spawn(program, rest, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    const keep = (chunk: Buffer) => {
      this.log.write(chunk);
      this.#tail = (this.#tail + chunk.toString("utf8")).slice(-TAIL_BYTES);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.once("error", (error) => onExit(`cannot be started: ${error.message}`));
    child.once("exit", (code, signal) =>
      onExit(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
    return child;
  }

  async #awaitReady(gone: AbortSignal): Promise<boolean> {
    const limit = AbortSignal.timeout(this.specification.startLimitMs);
    const over = AbortSignal.any([gone, this.#stop.signal, limit]);
    while (!over.aborted) {
      try {
        const limit = AbortSignal.any([over, AbortSignal.timeout(CHECK_LIMIT_MS)]);
        await Promise.race([this.specification.check(limit), aborted(limit)]);
        // Another process may answer on the port of one that has just failed to take it.
        if (!over.aborted) return true;
      } catch {
        await delay(CHECK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
      }
    }
    return false;
  }

  async #end(child: ChildProcess, exit: Promise<string>): Promise<void> {
    if (this.#stop.signal.aborted) this.#enter("stopping", null);
    signalGroup(child, this.specification.stopSignal, false);
    const timer = setTimeout(() => signalGroup(child, "SIGKILL", true), this.specification.stopLimitMs);
    await exit;
    clearTimeout(timer);
  }

  #enter(state: ProcessState, event: string | null): void {
    this.#state = state;
    this.#since = new Date();
    this.onChange(event);
  }
}

/** Rejects when the signal aborts: a driver that does not heed its signal holds up nothing. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals, wholeGroup: boolean): void {
  if (child.pid === undefined) return;
  try {
    process.kill(wholeGroup ? -child.pid : child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
