import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "./services.js";
import type { ProcessSpecification } from "./supervised-process.js";

const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 20_000;

/** Arguments that let Node run a TypeScript file of this checkout, in whose folder it has to be started. */
export function typescriptArguments(file: string, args: readonly string[]): string[] {
  return ["--enable-source-maps", "--import", "./infra/start/typescript.mjs", file, ...args];
}

/** How a process of the product is kept running; it gets the whole environment and its own port. */
export function serviceProcess(
  service: Service,
  port: number,
  options: { readonly checkout: string; readonly node: string; readonly environment: NodeJS.ProcessEnv },
): ProcessSpecification {
  return {
    name: service.name,
    command: options.node,
    args: typescriptArguments(service.file, service.args),
    cwd: options.checkout,
    env: {
      ...options.environment,
      PORT: String(port),
      ...(service.envelopeKeyId === undefined ? {} : { ENVELOPE_KEY_ID: service.envelopeKeyId }),
    },
    port,
    stopSignal: "SIGTERM",
    stopLimitMs: STOP_LIMIT_MS,
    startLimitMs: START_LIMIT_MS,
    async check(signal) {
      const response = await fetch(`http://127.0.0.1:${port}${service.healthPath}`, { signal });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`${service.name} answers ${response.status}`);
    },
  };
}

/** The Node of this checkout (its version is locked), else the one that runs this file. */
export function nodeProgram(checkout: string): string {
  const own = join(checkout, "node_modules", "node", "bin", "node");
  return existsSync(own) ? own : process.execPath;
}
