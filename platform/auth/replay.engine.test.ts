import { randomBytes } from "node:crypto";
import { buildSchema } from "graphql";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SubgraphServer, serveSubgraph } from "../graphql/server.js";
import { createRedis, type Redis } from "../redis/redis.js";
import { createMetrics } from "../telemetry/metrics.js";
import { authenticator } from "./authenticate.js";
import { ENVELOPE_HEADER, envelopeVerifier, signEnvelope } from "./envelope.js";
import { redisNonces } from "./nonces.js";

const logger = pino({ level: "silent" });
const key = { keyId: "router", secret: new Uint8Array(randomBytes(32)) };
const body = JSON.stringify({ query: "{ __typename }" });
const connections: Redis[] = [];
const replicas: SubgraphServer[] = [];

/** A replica of one subgraph: a server and a Redis connection of its own. */
async function replica(redisUrl: string): Promise<SubgraphServer> {
  const redis = createRedis(redisUrl, "replay", logger);
  connections.push(redis);
  const server = await serveSubgraph({
    name: "documents",
    schema: buildSchema("type Query { version: String }"),
    port: 0,
    logger,
    metrics: createMetrics("replay"),
    authenticate: authenticator({
      openEnvelope: envelopeVerifier({
        audience: "documents",
        keys: new Map([[key.keyId, key.secret]]),
        nonces: redisNonces(redis),
      }),
      verifyToken: () => Promise.reject(new Error("only envelopes are opened here")),
    }),
    contextOf: (base) => base,
    ready: async () => {},
  });
  replicas.push(server);
  return server;
}
const send = async ({ url }: SubgraphServer, envelope: string): Promise<{ status: number; text: string }> => {
  const headers = { "content-type": "application/json", [ENVELOPE_HEADER]: envelope };
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
};
const sign = (): Promise<string> => signEnvelope(key, "documents", undefined, body);

let first: SubgraphServer;
let second: SubgraphServer;
beforeAll(async () => {
  const url = process.env["REDIS_URL"] as string;
  [first, second] = await Promise.all([replica(url), replica(url)]);
});
afterAll(async () => {
  await Promise.all(replicas.map((server) => server.stop()));
  for (const redis of connections) redis.disconnect();
});

describe("a captured request", () => {
  test("that one replica has answered is refused by every other", async () => {
    const envelope = await sign();
    expect(await send(first, envelope)).toMatchObject({ status: 200 });
    for (const replay of [await send(second, envelope), await send(first, envelope)]) {
      expect(replay.status).toBe(401);
      expect(replay.text).toContain("used before");
    }
  });

  test("sent to all replicas at once is answered by one", async () => {
    for (let round = 0; round < 20; round++) {
      const envelope = await sign();
      const answers = await Promise.all([first, second, first, second].map((server) => send(server, envelope)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    }
  });

  test("is refused as well by a replica that cannot reach the others' memory", async () => {
    const alone = await replica("redis://127.0.0.1:1");
    const { status, text } = await send(alone, await sign());
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('"data"');
  });
});
