import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Suites that start the product as people do, from nothing; minutes each. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["tests/acceptance/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
