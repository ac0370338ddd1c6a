import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Engine, EnginePlace, InstalledEngine, Variables } from "../engines/engine.js";
import { aborted, type ProcessSpecification } from "./supervised-process.js";

const CHECK_LIMIT_MS = 10_000;
const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 30_000;
const SETTLE_ATTEMPTS = 5;
const SETTLE_PAUSE_MS = 1_000;

/** How an installed engine is kept running. Its name in the process list is the engine's. */
export function engineProcess(
  engine: Engine,
  installed: InstalledEngine,
  place: EnginePlace,
  environment: Variables,
  inherited: NodeJS.ProcessEnv,
): ProcessSpecification {
  const launch = installed.launch(place);
  return {
    name: engine.name,
    command: launch.command,
    args: launch.args,
    cwd: launch.cwd,
    env: { ...inherited, ...launch.env },
    ...(launch.uid === undefined ? {} : { uid: launch.uid }),
    ...(launch.gid === undefined ? {} : { gid: launch.gid }),
    port: place.port,
    stopSignal: launch.stopSignal,
    stopLimitMs: STOP_LIMIT_MS,
    startLimitMs: START_LIMIT_MS,
    check: (signal) => engine.check(environment, signal),
  };
}

/**
 * Makes what the product expects to find inside a fresh engine. A machine that is busy starting everything else may be too slow
 * for the first attempt, so there are five. Rejects naming the engine and why.
 */
export async function settleEngine(engine: Engine, environment: Variables, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await engine.settle?.(environment, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === SETTLE_ATTEMPTS)
        throw new Error(`${engine.title} answers, but could not be set up: ${(error as Error).message}`, {
          cause: error,
        });
      await delay(SETTLE_PAUSE_MS, undefined, { signal });
    }
  }
}

/**
 * Checks an engine that somebody else runs. Returns the engine's variables as they were given.
 * Rejects with the name of the variable that is missing, or whose engine does not answer within 10 seconds.
 */
export async function givenEngine(
  engine: Engine,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Variables> {
  const variables = givenVariables(engine.urlVariable, engine.companions, env);
  if (engine.name === "s3") {
    variables.S3_REGION = env.S3_REGION || "us-east-1";
    variables.S3_BUCKET = env.S3_BUCKET || "documents";
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMIT_MS)]);
  try {
    await Promise.race([engine.check(variables, limit), aborted(limit)]);
  } catch (error) {
    throw new Error(`${engine.urlVariable} is set, but the engine there does not answer: ${(error as Error).message}`);
  }
  return variables;
}

/** The variable of a given engine or service and those that must come with it. Throws naming the first that is missing. */
export function givenVariables(
  urlVariable: string,
  companions: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of [urlVariable, ...companions]) {
    const value = env[name];
    if (!value) throw new Error(`${urlVariable} is set, so ${name} must be set too`);
    variables[name] = value;
  }
  return variables;
}

/** The folders of an engine below a state folder. */
export function engineDirectories(
  data: string,
  run: string,
  name: string,
): Pick<EnginePlace, "dataDirectory" | "runDirectory"> {
  return { dataDirectory: join(data, name), runDirectory: join(run, name) };
}
