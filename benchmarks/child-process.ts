import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5000;
const checkout = fileURLToPath(new URL("..", import.meta.url));

/** A process of a benchmark, with what it said when it was ready. */
export interface Child<Ready> {
  readonly pid: number;
  readonly ready: Ready;
  stop(): Promise<void>;
}

/**
 * Starts a TypeScript file in a process of its own and waits until it calls `announce`. It ends with `stop`, and by itself
 * when the benchmark dies. @param settings given to the file as JSON; read them with `settingsOf`
 * @param profile a folder for the processor profile that the process writes when it ends
 */
export async function startChild<Ready>(file: URL, settings: unknown, profile?: string): Promise<Child<Ready>> {
  const child = fork(fileURLToPath(file), [JSON.stringify(settings)], {
    cwd: checkout,
    execArgv: [
      "--import",
      "./infra/start/typescript.mjs",
      ...(profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]),
    ],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NODE_ENV: "production" },
  });
  const { pid } = child;
  const exited = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    const forced = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    if (child.exitCode === null && child.signalCode === null) await exited;
    clearTimeout(forced);
  };
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  try {
    const first = await Promise.race([once(child, "message", { signal: limit }), exited.then(() => undefined)]);
    if (first === undefined || pid === undefined) throw new Error(`${file.pathname} ended before it was ready`);
    return { pid, ready: first[0] as Ready, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In a child: what it was started with. */
export const settingsOf = <Settings>(): Settings => JSON.parse(process.argv[2] ?? "null") as Settings;

/** In a child: tells that it is ready; it ends when its benchmark has gone. */
export function announce(ready: unknown): void {
  process.once("disconnect", () => process.exit(0));
  process.send?.(ready);
}
