import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lock, tryLock } from "../engines/lock.js";

const TRIES = 200;

/**
 * Hands out ports of 127.0.0.1 that nobody listens on; none is given twice. A port is claimed, across all installations of
 * this user, from the moment it is given until its release: its server may take a minute until it listens.
 */
export class PortAllocator {
  readonly #claims: Lock[] = [];

  constructor(private readonly folder: string = join(tmpdir(), `llmflow-ports-${process.getuid?.() ?? 0}`)) {}

  /** The preferred port, else the next free one above it. Rejects when 200 in a row are taken. */
  async take(preferred: number): Promise<number> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (let port = preferred; port < preferred + TRIES && port <= 65_535; port++) {
      const claim = await tryLock(join(this.folder, String(port)));
      if ("holder" in claim) continue;
      if (await isFree(port)) {
        this.#claims.push(claim.lock);
        return port;
      }
      await claim.lock.release();
    }
    throw new Error(`no free port between ${preferred} and ${preferred + TRIES - 1}`);
  }

  /** Gives all ports back, when their servers are gone. */
  async release(): Promise<void> {
    await Promise.all(this.#claims.splice(0).map((claim) => claim.release()));
  }
}

/** True when a server could listen on this port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
