import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.js";
import { runCommand } from "./command.js";
import type { Provisioning } from "./engine.js";

const INSTALL_LIMIT_MS = 15 * 60_000;
const PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";

/** Name of a Python of at least 3.11 that can make virtual environments. Rejects with what to install. */
export async function findPython(signal: AbortSignal): Promise<string> {
  for (const candidate of ["python3", "python3.11", "python3.12", "python3.13", "python"]) {
    const version = await runCommand(candidate, ["-c", PROBE], { signal, timeoutMs: 20_000 }).catch(() => "");
    const [major = 0, minor = 0] = version.trim().split(".").map(Number);
    if (major === 3 && minor >= 11) return candidate;
  }
  throw new Error(
    "Python 3.11 or later with venv and pip is needed (Debian: apt install python3 python3-venv python3-pip)",
  );
}

/**
 * A virtual environment with the packages of a lock file, in the cache; returns the path of its interpreter.
 * The entry is named by the lock's content: another lock is another environment.
 */
export async function provisionPythonEnvironment(
  name: string,
  lockFile: string,
  options: Provisioning,
): Promise<string> {
  const lock = await readFile(lockFile, "utf8");
  const key = `${name}-${createHash("sha256").update(lock).digest("hex").slice(0, 12)}`;
  const directory = await cached(
    options.cacheDirectory,
    {
      key,
      onMiss: () => options.progress(`installing the Python packages of ${name}`),
      async build(staging, signal) {
        const python = await findPython(signal);
        await runCommand(python, ["-m", "venv", join(staging, "venv")], { signal, timeoutMs: 120_000 });
        const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--requirement", lockFile];
        await runCommand(join(staging, "venv", "bin", "python"), pip, { signal, timeoutMs: INSTALL_LIMIT_MS });
        // Scripts in bin/ name the staging folder and would not survive the move; only the interpreter is used.
        await rm(join(staging, "venv", "bin", "pip"), { force: true });
        await writeFile(join(staging, "requirements.lock"), lock);
      },
    },
    options.signal,
  );
  return join(directory, "venv", "bin", "python");
}
