import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * What tells this process from a later one that was given the same number: its start time, and the boot it belongs to.
 * `null` when no such process lives (a zombie counts as gone: it holds no port and no file).
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (process.platform === "linux") {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      // The command name is in parentheses and may hold spaces, so fields are counted from its end.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z" || fields[0] === "X") return null;
      const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
      return `${boot.trim()}:${fields[19]}`;
    } catch {
      return null;
    }
  }
  try {
    const { stdout } = await execute("ps", ["-o", "lstart=", "-p", String(pid)], { timeout: 5_000 });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

/** True while the very process that was recorded (not another that got its number) is alive. */
export async function isSameProcess(pid: number, identity: string): Promise<boolean> {
  return (await processIdentity(pid)) === identity;
}
