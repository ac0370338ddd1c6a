import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { type Engine, type InstalledEngine, type Provisioning, required } from "./engine.js";
import { provisionPythonEnvironment } from "./python.js";

const HERE = join(dirname(fileURLToPath(import.meta.url)), "milvus-lite");
const CHECK_LIMIT_MS = 5_000;

/** Milvus Lite behind Milvus's own gRPC protocol: the vector index. */
export const milvus: Engine = {
  name: "milvus",
  title: "Milvus Lite 3.2",
  defaultPort: 19530,
  urlVariable: "MILVUS_ADDRESS",
  companions: [],
  provision,
  environment: ({ port }) => ({ MILVUS_ADDRESS: `127.0.0.1:${port}` }),
  async check(environment, signal) {
    signal.throwIfAborted();
    const client = new MilvusClient({
      address: required(environment, "MILVUS_ADDRESS"),
      timeout: CHECK_LIMIT_MS,
      maxRetries: 0,
      logLevel: "error",
    });
    try {
      await client.connectPromise;
      const answer = await client.getVersion();
      // The SDK turns a failed call into an empty object, so only a named version counts.
      if (!answer.version) throw new Error("Milvus does not answer");
    } finally {
      await client.closeConnection();
    }
  },
};

async function provision(options: Provisioning): Promise<InstalledEngine> {
  const python = await provisionPythonEnvironment("milvus-lite", join(HERE, "python-requirements.lock"), options);
  return {
    async initialise(place) {
      await mkdir(place.dataDirectory, { recursive: true });
    },
    launch: (place) => ({
      command: python,
      args: [join(HERE, "server.py"), place.dataDirectory, String(place.port)],
      cwd: place.dataDirectory,
      env: { PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" },
      stopSignal: "SIGTERM",
    }),
  };
}
