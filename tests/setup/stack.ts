import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { homeAt } from "../../infra/supervisor/home.js";
import { type Stack, startStack } from "../../infra/supervisor/stack.js";
import { OUTBOUND_HOST } from "../outbound.js";

/** The project's root. */
export const checkout = join(fileURLToPath(import.meta.url), "../../..");

interface Shared {
  users: number;
  stack: Promise<{ stack: Stack; root: string }>;
}
const registry = globalThis as { llmflowTestStack?: Shared };

/**
 * The whole product with all its engines, started once per test run in a state directory of its own and shared by the
 * suites that need it. Engines that are given by URL in the environment are not used: a test run touches nobody's data.
 */
export async function acquireStack(): Promise<{ stack: Stack; home: string; release: () => Promise<void> }> {
  registry.llmflowTestStack ??= { users: 0, stack: start() };
  const shared = registry.llmflowTestStack;
  shared.users++;
  const { stack, root } = await shared.stack;
  return {
    stack,
    home: root,
    async release() {
      if (--shared.users > 0) return;
      await stack.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function start(): Promise<{ stack: Stack; root: string }> {
  const root = join("/var/tmp", `llmflow-test-${randomUUID().slice(0, 8)}`);
  const keep = ["PATH", "HOME", "LANG", "LLMFLOW_CACHE", "JAVA_HOME", "TMPDIR"];
  const env = Object.fromEntries(
    keep.flatMap((name) => (process.env[name] ? [[name, process.env[name] as string]] : [])),
  );
  const stack = await startStack({
    checkout,
    home: homeAt(root),
    // Tests send more than a person would; the limits themselves are tested with limits of their own.
    env: {
      ...env,
      LOG_LEVEL: "info",
      RATE_PER_USER: "100000",
      RATE_PER_TENANT: "1000000",
      RATE_ANONYMOUS: "100000",
      LOCAL_LLM_TOKEN_DELAY_MS: "25",
      // The only address inside that the product may fetch from: suites serve files there.
      OUTBOUND_ALLOW: `${OUTBOUND_HOST}/32`,
    },
    progress: (line) => console.log(`  ${line}`),
  });
  return { stack, root };
}
