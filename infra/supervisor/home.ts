import { createHash } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The folders of one installation's state; everything the product writes on a developer's machine is under `root`. */
export interface Home {
  readonly root: string;
  readonly data: string;
  readonly run: string;
  readonly logs: string;
  readonly secrets: string;
  readonly issuerKeys: string;
  readonly state: string;
  readonly environment: string;
  readonly lock: string;
}

/**
 * Where a checkout keeps its state: `LLMFLOW_HOME`, else a folder of its own under `/var/lib/llmflow` (as root, because
 * PostgreSQL then runs as a user who cannot enter root's home) or under the user's state folder.
 */
export function homeOf(checkout: string, env: Environment, isRoot: boolean): Home {
  const path = resolve(checkout);
  const name = `${basename(path)}-${createHash("sha256").update(path).digest("hex").slice(0, 8)}`;
  const base = isRoot ? "/var/lib/llmflow" : join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "llmflow");
  return homeAt(env.LLMFLOW_HOME ? resolve(env.LLMFLOW_HOME) : join(base, name));
}

/** The layout of a state folder at a known place. */
export function homeAt(root: string): Home {
  return {
    root,
    data: join(root, "data"),
    run: join(root, "run"),
    logs: join(root, "logs"),
    secrets: join(root, "secrets.json"),
    issuerKeys: join(root, "issuer.json"),
    state: join(root, "run", "state.json"),
    environment: join(root, "run", "env"),
    lock: join(root, "run", "supervisor.lock"),
  };
}

/** Makes the folders. They may be entered by other users (PostgreSQL's), but not listed. */
export async function createHome(home: Home): Promise<void> {
  for (const folder of [home.root, home.data, home.run, home.logs]) {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o711);
  }
}
