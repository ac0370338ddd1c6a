import { join } from "node:path";
import { runCommand } from "./command.js";

/**
 * Path of a Java of at least 17: that of `JAVA_HOME` when given, else the one on the path.
 * Rejects with what to install.
 */
export async function findJava(javaHome: string | undefined, signal: AbortSignal): Promise<string> {
  for (const candidate of [...(javaHome ? [join(javaHome, "bin", "java")] : []), "java"]) {
    const output = await runCommand(candidate, ["-version"], { signal, timeoutMs: 30_000 }).catch(() => "");
    const major = Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
    if (major >= 17) return candidate;
  }
  throw new Error("Java 17 or later is needed (Debian: apt install openjdk-17-jre-headless)");
}
