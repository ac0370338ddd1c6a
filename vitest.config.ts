import swc from "unplugin-swc";
import { defineConfig } from "vitest/config";

/** type-graphql needs decorator metadata, which only swc (and tsc) emit. */
const decorators = swc.vite({
  swcrc: false,
  configFile: false,
  tsconfigFile: false,
  module: { type: "es6" },
  jsc: {
    target: "es2022",
    keepClassNames: true,
    parser: { syntax: "typescript", decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
} as never);

/** graphql 16 ships two module formats; every importer must get the same one. */
const alias = [{ find: /^graphql$/, replacement: "graphql/index.js" }];

const shared = { oxc: false as const, resolve: { alias }, plugins: [decorators] };

export default defineConfig({
  ...shared,
  test: {
    projects: [
      // Pure: no engine, no network.
      {
        test: {
          name: "unit",
          pool: "forks",
          maxWorkers: 2,
          include: ["{platform,subgraphs,router,clients,infra,benchmarks,tests}/**/*.test.ts"],
          exclude: ["tests/acceptance/**", "**/*.engine.test.ts", "**/*.e2e.test.ts", "**/node_modules/**"],
        },
      },
      // Against real engines; the global set-up provisions and starts them once.
      {
        test: {
          name: "engines",
          pool: "forks",
          maxWorkers: 2,
          include: ["{platform,subgraphs,router,clients,infra}/**/*.engine.test.ts"],
          globalSetup: ["tests/setup/engines.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      // The whole product through the router, started once.
      {
        test: {
          name: "e2e",
          pool: "forks",
          maxWorkers: 1,
          fileParallelism: false,
          include: ["tests/**/*.e2e.test.ts"],
          globalSetup: ["tests/setup/product.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
