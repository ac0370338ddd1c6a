import "reflect-metadata";
import { randomBytes } from "node:crypto";
import http from "node:http";
import pino from "pino";
import { Ctx, Field, Int, ObjectType, Query, Resolver, Root, Subscription } from "type-graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authenticator } from "../auth/authenticate.js";
import { ENVELOPE_HEADER, envelopeVerifier, signEnvelope } from "../auth/envelope.js";
import { memoryNonces } from "../auth/nonces.js";
import { viewerFromClaims } from "../auth/viewer.js";
import { RequestError } from "../errors/errors.js";
import { createMetrics } from "../telemetry/metrics.js";
import { abortable } from "./abortable.js";
import { type GraphContext, requireViewer } from "./context.js";
import { buildRoomSchema } from "./schema.js";
import { type SubgraphServer, serveSubgraph } from "./server.js";

const key = { keyId: "router", secret: new Uint8Array(randomBytes(32)) };
const produced = { count: 0, returned: 0 };

@ObjectType()
class Tick {
  @Field(() => Int) n!: number;
  @Field() pad!: string;
}

@Resolver()
class TestResolver {
  @Query(() => String) whoami(@Ctx() context: GraphContext): string {
    return requireViewer(context).userId;
  }
  @Query(() => String) bug(): string {
    throw new Error("connect ECONNREFUSED 10.0.0.7:5432");
  }
  @Query(() => String) refused(): string {
    throw new RequestError("FORBIDDEN", "Not yours.");
  }
  @Subscription(() => Tick, {
    subscribe: () =>
      abortable(async function* (signal) {
        try {
          for (let n = 1; n <= 20_000 && !signal.aborted; n++) {
            produced.count = n;
            yield { n, pad: "x".repeat(10_000) };
          }
        } finally {
          produced.returned++;
        }
      }),
  })
  ticks(@Root() tick: Tick): Tick {
    return tick;
  }
  @Subscription(() => Int, {
    subscribe: () =>
      abortable(async function* (signal) {
        try {
          yield 1;
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        } finally {
          produced.returned++;
        }
      }),
  })
  stalled(@Root() n: number): number {
    return n;
  }
}

let server: SubgraphServer;
const claims = (seconds: number) =>
  viewerFromClaims({
    sub: "kim",
    tenant_id: "acme",
    departments: [],
    roles: [],
    exp: Math.floor(Date.now() / 1000) + seconds,
  });
const post = async (query: string, extra: Record<string, string> = {}, seconds = 600): Promise<Response> => {
  const body = JSON.stringify({ query });
  return fetch(server.url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      [ENVELOPE_HEADER]: await signEnvelope(key, "test", claims(seconds), body),
      ...extra,
    },
  });
};
const until = async (condition: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
};

beforeAll(async () => {
  const { schema } = await buildRoomSchema({ resolvers: [TestResolver] });
  server = await serveSubgraph({
    name: "test",
    schema,
    port: 0,
    logger: pino({ level: "silent" }),
    metrics: createMetrics("test"),
    authenticate: authenticator({
      openEnvelope: envelopeVerifier({
        audience: "test",
        keys: new Map([["router", key.secret]]),
        nonces: memoryNonces(),
      }),
      verifyToken: () => Promise.reject(new Error("unused")),
    }),
    contextOf: (base) => base,
    ready: async () => {},
  });
});
afterAll(() => server.stop());

describe("a subgraph's server", () => {
  test("answers the router with the viewer of the envelope", async () => {
    expect(await (await post("{ whoami }")).json()).toEqual({ data: { whoami: "kim" } });
  });

  test("refuses everybody else, with a code and a trace id", async () => {
    const response = await fetch(server.url, {
      method: "POST",
      body: '{"query":"{ whoami }"}',
      headers: { "content-type": "application/json" },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED", traceId: expect.stringMatching(/^[0-9a-f]{32}$/) } }],
    });
  });

  test("masks a bug and keeps a meant refusal, both with the caller's trace id", async () => {
    const traceparent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`;
    const bug = (await (await post("{ bug }", { traceparent })).json()) as {
      errors: [{ message: string; extensions: object }];
    };
    expect(bug.errors[0].extensions).toEqual({ code: "INTERNAL", traceId: "ab".repeat(16) });
    expect(JSON.stringify(bug)).not.toMatch(/ECONNREFUSED|10\.0\.0\.7|stack/);
    expect(await (await post("{ refused }", { traceparent })).json()).toMatchObject({
      errors: [{ message: "Not yours.", extensions: { code: "FORBIDDEN", traceId: "ab".repeat(16) } }],
    });
  });

  test("an unknown field is the client's mistake, not ours", async () => {
    expect(await (await post("{ nothing }")).json()).toMatchObject({
      errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
    });
  });

  test("a reader that does not read pauses its producer", async () => {
    const body = JSON.stringify({ query: "subscription { ticks { n pad } }" });
    const headers = {
      "content-type": "application/json",
      accept: "text/event-stream",
      [ENVELOPE_HEADER]: await signEnvelope(key, "test", claims(600), body),
    };
    produced.count = 0;
    const before = produced.returned;
    const response = await new Promise<http.IncomingMessage>((resolve) =>
      http.request(server.url, { method: "POST", headers }, resolve).end(body),
    );
    response.pause();
    await until(() => produced.count > 0);
    let last = -1;
    await until(() => {
      const resting = last === produced.count;
      last = produced.count;
      return resting;
    });
    expect(produced.count).toBeLessThan(5000);
    response.destroy();
    await until(() => produced.returned > before);
  });

  test("a client that leaves ends a silent producer at once", async () => {
    const before = produced.returned;
    const controller = new AbortController();
    const body = JSON.stringify({ query: "subscription { stalled }" });
    const response = await fetch(server.url, {
      method: "POST",
      body,
      signal: controller.signal,
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        [ENVELOPE_HEADER]: await signEnvelope(key, "test", claims(600), body),
      },
    });
    const stream = response.body?.getReader();
    let text = "";
    for (let part = await stream?.read(); part && !part.done; part = await stream?.read()) {
      text += Buffer.from(part.value).toString();
      if (text.includes('"stalled":1')) break;
    }
    controller.abort();
    await until(() => produced.returned > before);
  });

  test("a stream outlives no token: it ends with a code that says so", async () => {
    const body = JSON.stringify({ query: "subscription { stalled }" });
    const response = await fetch(server.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        [ENVELOPE_HEADER]: await signEnvelope(key, "test", claims(1), body),
      },
    });
    expect(await response.text()).toContain('"code":"TOKEN_EXPIRED"');
  });
});
