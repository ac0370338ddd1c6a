import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { installOnce } from "../weights.js";

const run = promisify(execFile);
const INSTALL_LIMIT_MS = 10 * 60_000;
const NAME = "node-llama-cpp-3.22.1";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Installs the runtime that generates with GGUF files into the cache, unless it is there: 85 MB that only who asks for it needs.
 * Versions are those of `runtime/package-lock.json`; no script of a package is run. Returns the address of its module.
 * Throws with npm's last line when the packages cannot be had.
 */
export async function provisionLlamaRuntime(cacheDir: string): Promise<string> {
  const directory = await installOnce(cacheDir, NAME, async (building) => {
    for (const file of ["package.json", "package-lock.json"])
      await copyFile(here(`runtime/${file}`), join(building, file));
    const options = ["--no-save", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...options], { cwd: building, timeout: INSTALL_LIMIT_MS }).catch((error) => {
      const detail = String((error as { stderr?: string }).stderr ?? error)
        .trim()
        .split("\n")
        .at(-1);
      throw new Error(`could not install ${NAME} with npm: ${detail}`, { cause: error });
    });
  });
  return pathToFileURL(join(directory, "node_modules", "node-llama-cpp", "dist", "index.js")).href;
}
