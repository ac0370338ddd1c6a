import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.js";
import { runCommand } from "./command.js";
import type { Provisioning } from "./engine.js";

const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const RESOLVE_LIMIT_MS = 15 * 60_000;

/**
 * Copies the jars that a pom names, and all that they need, into the cache; returns the folder, whose `lib/` holds them.
 * Versions are locked in the pom, and the entry is named by the pom's content. Jars whose name begins with one of
 * `plugins` go to `plugins/` instead.
 */
export async function provisionJars(
  name: string,
  pom: string,
  plugins: readonly string[],
  options: Provisioning,
): Promise<string> {
  const content = await readFile(pom, "utf8");
  const key = `${name}-${createHash("sha256").update(content).update(plugins.join()).digest("hex").slice(0, 12)}`;
  return cached(
    options.cacheDirectory,
    {
      key,
      onMiss: () => options.progress(`downloading the jars of ${name}`),
      async build(staging, signal) {
        await runCommand("mvn", ["-version"], { signal, timeoutMs: 60_000 }).catch(() => {
          throw new Error("Maven is needed (Debian: apt install maven)");
        });
        await copyFile(pom, join(staging, "pom.xml"));
        const goal = [
          `${PLUGIN}:copy-dependencies`,
          "-DincludeScope=runtime",
          `-DoutputDirectory=${join(staging, "lib")}`,
        ];
        await runCommand("mvn", ["-B", "-q", "-f", join(staging, "pom.xml"), ...goal], {
          signal,
          timeoutMs: RESOLVE_LIMIT_MS,
        });
        await mkdir(join(staging, "plugins"));
        for (const jar of await readdir(join(staging, "lib"))) {
          if (!plugins.some((prefix) => jar.startsWith(prefix))) continue;
          await rename(join(staging, "lib", jar), join(staging, "plugins", jar));
        }
      },
    },
    options.signal,
  );
}
