import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadIssuerKeys } from "../infra/issuer/keys.js";
import { mintToken } from "../infra/issuer/token.js";
import { homeAt } from "../infra/supervisor/home.js";
import { type Stack, startStack } from "../infra/supervisor/stack.js";
import { type FixedRhythmModel, MODEL, startFixedRhythmModel } from "./first-token/fixed-rhythm-model.js";
import type { Settings } from "./report.js";

/** The whole product with all its engines, in a state folder of its own, its language model in this process. */
export interface RunningProduct {
  readonly env: Readonly<Record<string, string>>;
  readonly model: FixedRhythmModel;
  /** Process id of a service by its name. */
  pidOf(service: string): number;
  /** A token of an editor of this tenant, good for two hours. */
  tokenOf(tenant: string): Promise<string>;
}

const KEPT = ["PATH", "HOME", "LANG", "LLMFLOW_CACHE", "JAVA_HOME", "TMPDIR"];
const UNLIMITED = "1000000000";
const TOKEN_SECONDS = 2 * 3600;

let running: { readonly product: RunningProduct; stop(): Promise<void> } | undefined;

/** Starts the product on first use; later questions share it. */
export async function runningProduct(settings: Settings): Promise<RunningProduct> {
  running ??= await start(settings);
  return running.product;
}

/** What a question set is asked of: the product that ROUTER_URL and ISSUER_KEYS name, or one that is started for it. */
export async function evaluatedProduct(
  settings: Pick<Settings, "signal" | "progress">,
): Promise<Pick<RunningProduct, "env" | "tokenOf">> {
  const { ROUTER_URL, ISSUER_KEYS } = process.env;
  if (!ROUTER_URL || !ISSUER_KEYS) return runningProduct({ quick: false, ...settings });
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return { env, tokenOf: tokensBy(ISSUER_KEYS, env) };
}

/** Stops the product, if a question has started it, and removes its state. */
export async function stopProduct(): Promise<void> {
  await running?.stop();
  running = undefined;
}

async function start(settings: Settings): Promise<{ product: RunningProduct; stop(): Promise<void> }> {
  const model = await startFixedRhythmModel();
  const home = homeAt(join("/var/tmp", `llmflow-bench-${randomUUID().slice(0, 8)}`));
  let stack: Stack;
  try {
    stack = await startStack({
      checkout: fileURLToPath(new URL("..", import.meta.url)),
      home,
      env: {
        ...Object.fromEntries(KEPT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
        NODE_ENV: "production",
        LOG_LEVEL: "warn",
        LLM_URL: model.url,
        LLM_MODEL: MODEL,
        RATE_PER_USER: UNLIMITED,
        RATE_PER_TENANT: UNLIMITED,
        ...(settings.profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${settings.profile}` }),
      },
      signal: settings.signal,
      progress: (line) => settings.progress(line),
    });
  } catch (error) {
    await model.stop();
    await rm(home.root, { recursive: true, force: true });
    throw error;
  }
  return {
    product: {
      env: stack.env,
      model,
      pidOf(service) {
        const pid = stack.services().find(({ name }) => name === service)?.pid;
        if (pid == null) throw new Error(`${service} does not run`);
        return pid;
      },
      tokenOf: tokensBy(home.issuerKeys, stack.env),
    },
    async stop() {
      await stack.stop();
      await model.stop();
      await rm(home.root, { recursive: true, force: true });
    },
  };
}

/** Tokens of an editor, signed with the issuer's own key. */
const tokensBy =
  (keys: string, env: Readonly<Record<string, string>>): RunningProduct["tokenOf"] =>
  async (tenant) => {
    const variable = (name: string): string => {
      const value = env[name];
      if (value === undefined) throw new Error(`the running product has no ${name}`);
      return value;
    };
    return mintToken(await loadIssuerKeys(keys), {
      issuer: variable("JWT_ISSUER"),
      audience: variable("JWT_AUDIENCE"),
      tenant,
      user: "benchmark",
      departments: [],
      roles: ["editor"],
      lifetimeSeconds: TOKEN_SECONDS,
    });
  };
