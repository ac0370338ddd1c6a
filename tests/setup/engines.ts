import pg from "pg";
import { migrate } from "../../platform/postgres/migrate.js";
import { migrationSets } from "../../platform/postgres/migration-sets.js";
import { acquireStack, checkout } from "./stack.js";

const DATABASE = "llmflow_engine_suites";

/**
 * Real engines and local models for the engine suites: those of the running product, with a database and a Redis number of
 * their own, so that the product's workers do not take the suites' jobs. With LLMFLOW_TEST_ENV=given the engines in the
 * environment are used as they are.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env["LLMFLOW_TEST_ENV"] === "given") {
    await migrate(process.env["DATABASE_URL"] as string, migrationSets(checkout));
    return async () => {};
  }
  const { stack, release } = await acquireStack();
  const database = new URL(stack.env["DATABASE_URL"] as string);
  const admin = new pg.Client({ connectionString: database.href });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${DATABASE}`);
  await admin.end();
  database.pathname = `/${DATABASE}`;
  const redis = new URL(stack.env["REDIS_URL"] as string);
  redis.pathname = "/1";
  Object.assign(process.env, stack.env, { DATABASE_URL: database.href, REDIS_URL: redis.href });
  await migrate(database.href, migrationSets(checkout));
  return release;
}
