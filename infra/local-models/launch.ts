import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A local model server running as its own process. */
export interface LaunchedModel extends AsyncDisposable {
  url: string;
  process: ChildProcess;
}

const START_LIMIT_MS = 15 * 60_000;

/** Starts `main.ts <role>` on a free port and resolves when it is ready; the first start downloads the weights. */
export async function launchLocalModel(
  role: "embed" | "rerank" | "llm",
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<LaunchedModel> {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--import", new URL("../start/typescript.mjs", import.meta.url).href, main, role],
    {
      cwd: root,
      env: { ...env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit");
  const first = await Promise.race([once(lines, "line", { signal: limit }), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`the local ${role} model ended before it was ready`);
  const { url } = JSON.parse(String(first[0])) as { url: string };
  return {
    url,
    process: child,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
