import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine, InstalledEngine, Provisioning } from "./engine.js";
import { checkRedis, findValkey } from "./valkey.js";

/** More than enough for a laptop's answers; when it is full, the least recently used goes. */
const MAX_MEMORY = "128mb";

/** A second Valkey, for answers that can be computed again: it evicts, and writes nothing to disk. */
export const valkeyCache: Engine = {
  name: "cache",
  title: "Valkey 9.1 (answer cache)",
  defaultPort: 6389,
  urlVariable: "CACHE_REDIS_URL",
  companions: [],
  provision,
  environment: ({ port, secrets }) => ({ CACHE_REDIS_URL: `redis://:${secrets.redisPassword}@127.0.0.1:${port}` }),
  check: (environment, signal) => checkRedis(environment, "CACHE_REDIS_URL", signal),
};

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
        `maxmemory ${MAX_MEMORY}`,
        "maxmemory-policy allkeys-lru",
        "appendonly no",
        'save ""',
        "daemonize no",
      ];
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
