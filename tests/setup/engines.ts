import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "../../platform/postgres/migrate.js";
import { migrationSets } from "../../platform/postgres/migration-sets.js";

const root = join(fileURLToPath(import.meta.url), "../../..");

/**
 * Real engines and local models for the engine suites, started once in a state directory of their own. With
 * LLMFLOW_TEST_ENV=given the engines whose URLs are in the environment are used as they are.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env["LLMFLOW_TEST_ENV"] === "given") {
    await migrate(process.env["DATABASE_URL"] as string, migrationSets(root));
    return async () => {};
  }
  const { startStack } = await import("../../infra/supervisor/stack.js");
  const stack = await startStack({ home: join(process.env["LLMFLOW_TEST_HOME"] ?? "/var/tmp", `llmflow-engines-${process.pid}`), only: ["engines", "models"] });
  Object.assign(process.env, stack.env);
  await migrate(process.env["DATABASE_URL"] as string, migrationSets(root));
  return stack.stop;
}
