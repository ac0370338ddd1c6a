/** The house's import rules. `npm run check:imports` holds them. */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "platform-imports-nothing-above-it", severity: "error", from: { path: "^platform/" }, to: { path: "^(subgraphs|router|clients|infra|tests|benchmarks)/" } },
    { name: "rooms-never-import-each-other", severity: "error", from: { path: "^subgraphs/([^/]+)/" }, to: { path: "^subgraphs/", pathNot: "^subgraphs/$1/" } },
    { name: "domain-knows-no-framework-and-no-engine", severity: "error", from: { path: "^subgraphs/[^/]+/domain/", pathNot: "\\.test\\.ts$" }, to: { path: "(^subgraphs/[^/]+/(api|adapters|jobs)/)|node_modules/(type-graphql|@apollo|pg|ioredis|bullmq|neo4j-driver|@neo4j|@zilliz|@aws-sdk)/" } },
    { name: "api-does-not-know-adapters", severity: "error", from: { path: "^subgraphs/[^/]+/api/", pathNot: "\\.test\\.ts$" }, to: { path: "^subgraphs/[^/]+/adapters/" } },
    { name: "adapters-do-not-know-the-api", severity: "error", from: { path: "^subgraphs/[^/]+/adapters/", pathNot: "\\.test\\.ts$" }, to: { path: "^subgraphs/[^/]+/(api|jobs)/" } },
    { name: "only-main-sees-all", severity: "error", from: { path: "^subgraphs/[^/]+/(api|domain|adapters|jobs)/" }, to: { path: "/main\\.ts$" } },
    { name: "infra-serves-no-room", severity: "error", from: { path: "^(router|clients)/", pathNot: "^clients/cli/" }, to: { path: "^(subgraphs|infra)/" } },
    { name: "not-to-test", severity: "error", from: { pathNot: "\\.test\\.ts$|^tests/|^benchmarks/" }, to: { path: "\\.test\\.ts$" } },
    { name: "no-undeclared-package", severity: "error", from: {}, to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] } },
  ],
  options: { doNotFollow: { path: "node_modules" }, tsPreCompilationDeps: true, tsConfig: { fileName: "tsconfig.json" }, exclude: { path: "(^|/)generated/" } },
};
