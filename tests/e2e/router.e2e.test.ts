import { describe, expect, test } from "vitest";
import { ROUTER_SECRET_HEADER } from "../../platform/auth/authenticate.js";
import { ENVELOPE_HEADER, parseEnvelopeKeys, signEnvelope } from "../../platform/auth/envelope.js";
import type { Viewer } from "../../platform/auth/viewer.js";
import { createDataset } from "../documents.js";
import { processOf } from "../processes.js";
import { apiOf, newTenant, post, tokenOf, variable } from "../product.js";

const kim = { tenant: newTenant("router"), user: "kim", departments: ["hr"] } as const;
const ROOMS = ["documents", "knowledge-graph", "retrieval", "conversations"] as const;
const PROCESSES = ["router", ...ROOMS, ...ROOMS.map((room) => `${room}-worker`)];
const get = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
const portOf = async (name: string): Promise<number> => (await processOf(name)).port as number;

describe("a process", () => {
  test.each(PROCESSES)("%s tells that it lives, that it is ready, and its measures", async (name) => {
    const origin = `http://127.0.0.1:${await portOf(name)}`;
    expect((await get(`${origin}/health/live`)).status).toBe(200);
    expect((await get(`${origin}/health/ready`)).status).toBe(200);
    const metrics = await get(`${origin}/metrics`);
    expect(metrics.headers.get("content-type")).toMatch(/^text\/plain/);
    const text = await metrics.text();
    expect(text).toMatch(/^process_cpu_seconds_total\{/m);
    // Its own measures are there from the start; they have values once there was something to measure.
    expect(text).toMatch(/^# TYPE llmflow_\w+_seconds histogram$/m);
    expect(text).not.toMatch(new RegExp(kim.tenant));
  });
});

describe("the router", () => {
  const url = (): string => variable("ROUTER_URL");

  test("takes no request that a foreign page's form or link can send", async () => {
    const query = "{ datasets { totalCount } }";
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const response = await fetch(url(), {
        method: "POST",
        headers: { "content-type": type },
        body: JSON.stringify({ query }),
      });
      expect(response.status, type).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toContain('"data"');
    }
    const link = await get(`${url()}?query=${encodeURIComponent(query)}`);
    expect(link.status).toBeGreaterThanOrEqual(400);
  });

  test("takes no mutation by GET, whoever asks", async () => {
    const mutation = encodeURIComponent('mutation { createDataset(input: { name: "By link" }) { dataset { id } } }');
    const response = await get(`${url()}?query=${mutation}`, { authorization: `Bearer ${await tokenOf(kim)}` });
    expect(response.status).toBeGreaterThanOrEqual(400);
  });

  test("shows a page to try the API in development", async () => {
    const page = await get(url(), { accept: "text/html" });
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("GraphiQL");
  });

  test("shows nothing of the rooms' own fields", async () => {
    const { errors, text } = await post({ query: '{ __type(name: "Query") { fields { name } } }' }, await tokenOf(kim));
    expect(errors).toEqual([]);
    expect(text).not.toMatch(/_entities|_service|graphRank|rankPassages/);
    const inner = await post({ query: "{ _service { sdl } }" }, await tokenOf(kim));
    expect(inner.errors[0]?.extensions?.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });
});

describe("a room", () => {
  const QUERIES: Readonly<Record<(typeof ROOMS)[number], string>> = {
    documents: "{ datasets { totalCount } }",
    "knowledge-graph": "{ entities { totalCount } }",
    retrieval: '{ search(query: "anything") { problem { code } passages { text } } }',
    conversations: "{ conversations { totalCount } }",
  };
  const call = async (
    room: (typeof ROOMS)[number],
    body: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; text: string }> => {
    const response = await fetch(variable(`${room.toUpperCase().replace("-", "_")}_URL`), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, text: await response.text() };
  };
  const secret = parseEnvelopeKeys;
  const viewer: Viewer = {
    tenantId: kim.tenant,
    userId: kim.user,
    departments: [...kim.departments],
    roles: ["editor"],
    expiresAt: Math.floor(Date.now() / 1000) + 600,
  };
  const routerKey = () => ({ keyId: "router", secret: secret(variable("ENVELOPE_KEYS")).get("router") as Uint8Array });

  test.each(ROOMS)(
    "%s answers only the router: an envelope is good once, for one body, by a known key",
    async (room) => {
      const body = JSON.stringify({ query: QUERIES[room] });
      const refused = async (headers: Record<string, string>, sent = body): Promise<void> => {
        const { status, text } = await call(room, sent, headers);
        expect(status, text).toBe(401);
        expect(text).toContain("UNAUTHENTICATED");
      };
      await refused({});
      await refused({ authorization: `Bearer ${await tokenOf(kim)}` });
      await refused({ [ROUTER_SECRET_HEADER]: "guessed", authorization: `Bearer ${await tokenOf(kim)}` });
      await refused({ [ENVELOPE_HEADER]: "nonsense" });

      const sign = (audience: string = room, key = routerKey()): Promise<string> =>
        signEnvelope(key, audience, viewer, body);
      const envelope = await sign();
      const answer = await call(room, body, { [ENVELOPE_HEADER]: envelope });
      expect(answer.status, answer.text).toBe(200);
      expect(answer.text).not.toContain("errors");
      await refused({ [ENVELOPE_HEADER]: envelope });
      await refused({ [ENVELOPE_HEADER]: await sign(room === "documents" ? "retrieval" : "documents") });
      await refused({ [ENVELOPE_HEADER]: await sign() }, `${body} `);
      await refused({ [ENVELOPE_HEADER]: await sign(room, { keyId: "router", secret: new Uint8Array(32).fill(7) }) });
      await refused({ [ENVELOPE_HEADER]: await sign(room, { ...routerKey(), keyId: "nobody" }) });
    },
  );

  test.each(ROOMS)(
    "%s sees the same viewer from a router that cannot sign, by its secret and the user's token",
    async (room) => {
      await createDataset(apiOf(kim), `Seen from ${room}`, "hr");
      const through = await apiOf(kim).run<unknown>(QUERIES[room]);
      const trusted = { [ROUTER_SECRET_HEADER]: variable("ROUTER_SECRET") };
      const body = JSON.stringify({ query: QUERIES[room] });
      const direct = await call(room, body, { ...trusted, authorization: `Bearer ${await tokenOf(kim)}` });
      expect(JSON.parse(direct.text)).toEqual({ data: through });
      const nobody = await call(room, body, trusted);
      expect(nobody.text).toContain("UNAUTHENTICATED");
      const expired = await tokenOf(kim, { issuedAt: Math.floor(Date.now() / 1000) - 7200, lifetimeSeconds: 60 });
      expect((await call(room, body, { ...trusted, authorization: `Bearer ${expired}` })).text).toContain(
        "TOKEN_EXPIRED",
      );
    },
  );
});
