import "reflect-metadata";
import { randomBytes } from "node:crypto";
import http from "node:http";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import pino from "pino";
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authenticator } from "../platform/auth/authenticate.js";
import { ENVELOPE_HEADER, envelopeVerifier } from "../platform/auth/envelope.js";
import { memoryNonces } from "../platform/auth/nonces.js";
import { viewerFromClaims } from "../platform/auth/viewer.js";
import { RequestError } from "../platform/errors/errors.js";
import { abortable } from "../platform/graphql/abortable.js";
import type { GraphContext } from "../platform/graphql/context.js";
import { buildRoomSchema, type SubgraphSchema } from "../platform/graphql/schema.js";
import { type SubgraphServer, serveSubgraph } from "../platform/graphql/server.js";
import { createMetrics } from "../platform/telemetry/metrics.js";
import { createGateway } from "./gateway.config.js";
import { DEFAULT_LIMITS } from "./limits.js";

const key = { keyId: "router", secret: new Uint8Array(randomBytes(32)) };
const logged: string[] = [];
const seen = { envelopes: [] as string[], returned: 0, failures: 0 };

@ObjectType()
@Directive('@key(fields: "id")')
class Book {
  @Field(() => ID) id!: string;
  @Field() title!: string;
}
@ObjectType("Book")
@Directive('@key(fields: "id")')
class BookWithNotes {
  @Field(() => ID) id!: string;
}

@Resolver()
class LibraryResolver {
  @Query(() => [Book]) books(
    @Ctx() context: GraphContext,
    @Arg("first", () => Int, { defaultValue: 2 }) first: number,
  ): Book[] {
    if (!context.viewer) throw new RequestError("UNAUTHENTICATED", "Sign in first.");
    return Array.from({ length: first }, (_, i) => ({ id: `${context.viewer?.tenantId}-${i}`, title: `Book ${i}` }));
  }
  @Query(() => String) flaky(): string {
    if (seen.failures-- > 0) throw new Error("gone");
    return "ok";
  }
  @Query(() => String) bug(): string {
    throw new Error("secret address 10.1.2.3");
  }
  @Mutation(() => Int) write(): number {
    return 1;
  }
  @Subscription(() => Book, {
    subscribe: ({ context }: { context: GraphContext }) =>
      abortable(async function* (signal) {
        try {
          yield { id: `${context.viewer?.tenantId}-0`, title: "first" };
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        } finally {
          seen.returned++;
        }
      }),
  })
  bookAdded(@Root() book: Book): Book {
    return book;
  }
}
@Resolver(BookWithNotes)
class NotesResolver {
  @Query(() => Int) notes(): number {
    return 0;
  }
  @FieldResolver(() => String) note(@Root() book: BookWithNotes, @Ctx() context: GraphContext): string {
    return `${context.viewer?.userId} on ${book.id}`;
  }
}

const servers: SubgraphServer[] = [];
let router: http.Server;
let url: string;
let disposeGateway: () => Promise<void>;

async function serve(name: string, built: SubgraphSchema): Promise<string> {
  const server = await serveSubgraph({
    name,
    schema: built.schema,
    port: 0,
    logger: pino({ level: "silent" }),
    metrics: createMetrics(name),
    authenticate: async (headers, body) => {
      seen.envelopes.push(String(headers[ENVELOPE_HEADER]));
      return authenticate[name]?.(headers, body) as never;
    },
    contextOf: (base) => base,
    ready: async () => {},
  });
  servers.push(server);
  return server.url;
}
const doorOf = (audience: string) =>
  authenticator({
    openEnvelope: envelopeVerifier({ audience, keys: new Map([["router", key.secret]]), nonces: memoryNonces() }),
    verifyToken: () => Promise.reject(new Error("unused")),
  });
const authenticate: Record<string, ReturnType<typeof doorOf>> = { library: doorOf("library"), notes: doorOf("notes") };

beforeAll(async () => {
  const library = await buildRoomSchema(
    { resolvers: [LibraryResolver] },
    { Book: (reference) => ({ ...reference, title: reference.id }) },
  );
  const notes = await buildRoomSchema(
    { resolvers: [NotesResolver], orphanedTypes: [BookWithNotes] },
    { Book: (reference) => reference },
  );
  const subgraphs = { library: await serve("library", library), notes: await serve("notes", notes) };
  const composed = composeServices([
    { name: "library", url: subgraphs.library, typeDefs: parse(library.sdl) },
    { name: "notes", url: subgraphs.notes, typeDefs: parse(notes.sdl) },
  ]);
  const gateway = createGateway({
    supergraphSdl: composed.supergraphSdl as string,
    subgraphs,
    key,
    limits: { ...DEFAULT_LIMITS, tokens: 200, batch: 3 },
    logger: pino({ level: "debug" }, { write: (line: string) => void logged.push(line) }),
    development: true,
    verifyToken: async (token) => {
      if (token === "expired") throw new RequestError("TOKEN_EXPIRED", "The token has expired.");
      return viewerFromClaims({
        sub: "kim",
        tenant_id: token,
        departments: [],
        roles: [],
        exp: Math.floor(Date.now() / 1000) + 600,
      });
    },
    admit: async (viewer) => {
      if (viewer?.tenantId === "greedy")
        throw new RequestError("RATE_LIMITED", "Too many requests.", { retryAfterSeconds: 9 });
    },
    onRefused: () => {},
  });
  disposeGateway = async () => gateway[Symbol.asyncDispose]();
  router = http.createServer((req, res) => void gateway(req, res));
  await new Promise<void>((resolve) => router.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(router.address() as { port: number }).port}/graphql`;
});
afterAll(async () => {
  router.closeAllConnections();
  router.close();
  await disposeGateway();
  await Promise.all(servers.map((server) => server.stop()));
});

const send = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", authorization: "Bearer acme", ...headers },
  });
const ask = async (
  query: string,
  headers?: Record<string, string>,
): Promise<{ data?: Record<string, unknown>; errors?: { message: string; extensions: Record<string, unknown> }[] }> =>
  (await send({ query }, headers)).json() as never;
const code = async (answer: Promise<{ errors?: { extensions: Record<string, unknown> }[] }>): Promise<unknown> =>
  (await answer).errors?.[0]?.extensions["code"];

describe("the router", () => {
  test("joins two subgraphs as the viewer, each call in an envelope of its own", async () => {
    seen.envelopes.length = 0;
    expect(await ask("{ books(first: 1) { title note } }")).toEqual({
      data: { books: [{ title: "Book 0", note: "kim on acme-0" }] },
    });
    expect(new Set(seen.envelopes).size).toBe(2);
  });

  test("a token that is expired or malformed is refused with a code and a trace id", async () => {
    const answer = await ask("{ books { id } }", { authorization: "Bearer expired" });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: "TOKEN_EXPIRED",
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await code(ask("{ books { id } }", { authorization: "Basic x" }))).toBe("UNAUTHENTICATED");
  });

  test("an anonymous caller reaches the subgraph as nobody", async () => {
    const response = await fetch(url, {
      method: "POST",
      body: '{"query":"{ books { id } }"}',
      headers: { "content-type": "application/json", "x-csrf-prevention": "1" },
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
  });

  test("a rate limit is an error with a code and the seconds to wait", async () => {
    expect((await ask("{ books { id } }", { authorization: "Bearer greedy" })).errors?.[0]?.extensions).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterSeconds: 9,
    });
  });

  test("every limit refuses: depth, cost, aliases, directives, tokens, batch", async () => {
    const refusedBy = async (query: string): Promise<unknown> => (await ask(query)).errors?.[0]?.extensions["limit"];
    expect(await refusedBy(`{ ${"...{ ".repeat(3)} notes ${"} ".repeat(3)} }`)).toBeUndefined();
    expect(await refusedBy("{ books(first: 10001) { id } }")).toBe("cost");
    expect(await refusedBy(`{ ${Array.from({ length: 31 }, (_, i) => `a${i}: notes`).join(" ")} }`)).toBe("aliases");
    expect(await refusedBy(`{ ${"notes ".repeat(300)} }`)).toBe("tokens");
    const costly = async (first: number) =>
      (await (
        await send({ query: "query ($first: Int!) { books(first: $first) { id } }", variables: { first } })
      ).json()) as { errors?: unknown };
    expect((await costly(1)).errors).toBeUndefined();
    expect((await costly(100_000)).errors).toBeDefined();
    const batch = await send(Array.from({ length: 4 }, () => ({ query: "{ notes }" })));
    expect(batch.status).toBe(413);
    expect(await (await send([{ query: "{ notes }" }, { query: "{ notes }" }])).json()).toEqual([
      { data: { notes: 0 } },
      { data: { notes: 0 } },
    ]);
  });

  test("a form of another site cannot send a request", async () => {
    const form = await fetch(url, {
      method: "POST",
      body: "query={notes}",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const plain = await fetch(url, {
      method: "POST",
      body: '{"query":"mutation { write }"}',
      headers: { "content-type": "text/plain" },
    });
    const link = await fetch(`${url}?query=${encodeURIComponent("{ notes }")}`, {
      headers: { accept: "application/json" },
    });
    expect([form.status, plain.status, link.status]).toEqual([403, 403, 403]);
  });

  test("a bug of a subgraph is masked, with its trace id kept", async () => {
    const answer = await ask("{ bug }");
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: "INTERNAL", traceId: expect.any(String) });
    expect(JSON.stringify(answer)).not.toContain("10.1.2.3");
  });

  test("what people wrote never reaches the router's log, not even when a subgraph fails", async () => {
    const query = "query ($first: Int!) { bug books(first: $first) { id } canary: notes }";
    await (await send({ query, variables: { first: 1, canary: "900101-1234567" } })).json();
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join("\n")).not.toMatch(/900101-1234567|canary|secret address/);
  });

  test("an unknown field is refused with a code", async () => {
    const traceparent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`;
    for (const query of ["{ nothing }", "{", "{ books(first: 10001) { id } }"])
      expect((await ask(query, { traceparent })).errors?.[0]?.extensions).toMatchObject({
        code: expect.stringMatching(/^[A-Z_]+$/),
        traceId: "ab".repeat(16),
      });
    expect(await code(ask("{ nothing }"))).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  test("GraphiQL is served in development", async () => {
    const page = await (await fetch(url, { headers: { accept: "text/html" } })).text();
    expect(page).toContain("LLMFlow");
    expect(page).toMatch(/graphiql/i);
  });

  test("a subscription joins inside its events, and a client that leaves ends it at its source", async () => {
    const before = seen.returned;
    const controller = new AbortController();
    const response = await fetch(url, {
      method: "POST",
      signal: controller.signal,
      body: JSON.stringify({ query: "subscription { bookAdded { title note } }" }),
      headers: { "content-type": "application/json", accept: "text/event-stream", authorization: "Bearer acme" },
    });
    const stream = response.body?.getReader();
    let text = "";
    for (let part = await stream?.read(); part && !part.done; part = await stream?.read()) {
      text += Buffer.from(part.value).toString();
      if (text.includes("kim on acme-0")) break;
    }
    expect(text).toContain("kim on acme-0");
    controller.abort();
    for (let i = 0; i < 300 && seen.returned === before; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen.returned).toBe(before + 1);
  });
});
