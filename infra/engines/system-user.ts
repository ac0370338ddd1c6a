import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { runCommand } from "./command.js";

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The operating-system user for a server that refuses to run as root: the preferred one when it exists, else `nobody`. */
export async function unprivilegedUser(preferred: string, signal: AbortSignal): Promise<SystemUser> {
  for (const name of [preferred, "nobody"]) {
    const uid = await runCommand("id", ["-u", name], { signal, timeoutMs: 5_000 }).catch(() => "");
    const gid = await runCommand("id", ["-g", name], { signal, timeoutMs: 5_000 }).catch(() => "");
    if (uid.trim() !== "" && gid.trim() !== "") return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`neither the user "${preferred}" nor "nobody" exists on this machine`);
}

/** Whether a user may pass through every folder down to `path`; if not, which one stops them. */
export async function isEnterable(path: string, user: SystemUser): Promise<true | { readonly blockedBy: string }> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const entry = await stat(folder);
    const { mode, uid, gid } = entry;
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if (entry.isDirectory() && (mode & bit) === 0) return { blockedBy: folder };
    if (folder === dirname(folder)) return true;
  }
}
