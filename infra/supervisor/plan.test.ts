import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planStack } from "./plan.js";
import { PortAllocator } from "./ports.js";
import { loadSecrets, type Secrets } from "./secrets.js";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let folder: string;
let secrets: Secrets;
let allocator: PortAllocator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plan-"));
  allocator = new PortAllocator(join(folder, "ports"));
  secrets = await loadSecrets(join(folder, "secrets.json"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a start", () => {
  test("decides every variable before the first process begins", async () => {
    const { environment } = await planStack({ checkout, env: {}, secrets, allocator });
    expect(environment.DATABASE_URL).toMatch(/^postgres:\/\/llmflow:/);
    expect(JSON.parse(environment.ENVELOPE_KEYS ?? "")).toHaveProperty("router");
    expect(environment).toMatchObject({ NEO4J_USER: "neo4j", S3_BUCKET: "documents", JWT_AUDIENCE: "llmflow" });
  });

  test("does not provision an engine whose URL is given", async () => {
    const env = { DATABASE_URL: "postgres://db.example/llmflow" };
    const plan = await planStack({ checkout, env, secrets, allocator, only: ["postgres", "valkey"] });
    expect(plan.engines.map(({ item }) => item.name)).toEqual(["valkey"]);
    expect(plan.givenEngines.map(({ name }) => name)).toEqual(["postgres"]);
  });

  test("does not start a service whose URL is given, and names what must come with it", async () => {
    const env = { JWKS_URL: "https://id.example/jwks", JWT_ISSUER: "https://id.example", JWT_AUDIENCE: "us" };
    const plan = await planStack({ checkout, env, secrets, allocator, only: ["issuer"] });
    expect(plan.services).toEqual([]);
    expect(plan.environment).toMatchObject(env);
    const incomplete = planStack({ checkout, env: { JWKS_URL: env.JWKS_URL }, secrets, allocator });
    await expect(incomplete).rejects.toThrow("JWKS_URL is set, so JWT_ISSUER must be set too");
  });

  test("writes the port that was taken instead of a busy one where the rest finds it", async () => {
    const busy = createServer().listen(0, "127.0.0.1");
    await once(busy, "listening");
    const { port } = busy.address() as AddressInfo;
    try {
      const plan = await planStack({
        checkout,
        env: {},
        secrets,
        allocator,
        only: ["valkey"],
        ports: { valkey: port },
      });
      const given = plan.engines[0]?.port as number;
      expect(given).toBeGreaterThan(port);
      expect(plan.environment.REDIS_URL).toMatch(new RegExp(`@127\\.0\\.0\\.1:${given}$`));
      expect(plan.notices).toContain(`port ${port} is taken, valkey listens on ${given}`);
    } finally {
      busy.close();
    }
  });

  test("refuses a name that it does not know", async () => {
    await expect(planStack({ checkout, env: {}, secrets, allocator, only: ["mongodb"] })).rejects.toThrow(
      "unknown: mongodb",
    );
  });
});
