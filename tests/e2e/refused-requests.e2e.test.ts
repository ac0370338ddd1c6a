import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadIssuerKeys } from "../../infra/issuer/keys.js";
import { createDataset } from "../documents.js";
import {
  type Api,
  apiOf,
  expectCode,
  newTenant,
  post,
  type RawAnswer,
  type TokenChanges,
  tokenOf,
} from "../product.js";

const kim = { tenant: newTenant("refused"), user: "kim", departments: ["hr"] } as const;
let api: Api;
let datasetId: string;
beforeAll(async () => {
  api = apiOf(kim);
  datasetId = await createDataset(api, "Refused", "hr");
});

describe("a token", () => {
  const refusal = async (changes: TokenChanges): Promise<RawAnswer> =>
    post({ query: "{ datasets { totalCount } }" }, await tokenOf(kim, changes));

  test("that has expired is refused as expired", async () => {
    expectCode(
      await refusal({ issuedAt: Math.floor(Date.now() / 1000) - 7200, lifetimeSeconds: 3600 }),
      "TOKEN_EXPIRED",
    );
  });

  test("of another issuer, for another audience, signed by another key, altered or malformed is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "foreign-"));
    try {
      const keys = await loadIssuerKeys(join(folder, "keys.json"));
      for (const changes of [{ issuer: "https://evil.example" }, { audience: "another" }, { keys }])
        expectCode(await refusal(changes), "UNAUTHENTICATED");
    } finally {
      await rm(folder, { recursive: true });
    }
    const good = await tokenOf(kim);
    const [header, payload, signature] = good.split(".") as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...claims, tenant_id: "other" })).toString("base64url");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    for (const token of [`${header}.${other}.${signature}`, `${none}.${payload}.`, "nonsense", good.slice(0, -10)])
      expectCode(await post({ query: "{ datasets { totalCount } }" }, token), "UNAUTHENTICATED");
  });

  test("without a usable tenant is refused", async () => {
    for (const tenant of ["", "Not A Slug", "../other"])
      expectCode(
        await post({ query: "{ datasets { totalCount } }" }, await tokenOf({ ...kim, tenant })),
        "UNAUTHENTICATED",
      );
  });
});

describe("an operation", () => {
  const limitOf = (answer: RawAnswer): unknown => answer.errors[0]?.extensions?.["limit"];
  test("that is too deep, too costly, has too many aliases, directives or tokens is refused by that limit", async () => {
    const nested = "dataset { documents(first: 1) { edges { node { ".repeat(5);
    const deep = `query ($id: ID!) { document(id: $id) { ${nested} id ${"} } } } ".repeat(5)} } }`;
    const costly =
      "{ datasets(first: 100) { edges { node { documents(first: 100) { edges { node { id name } } } } } } }";
    const aliases = `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: models { id }`).join(" ")} }`;
    const directives = `{ ${Array.from({ length: 51 }, () => "models @include(if: true) { id }").join(" ")} }`;
    const tokens = `{ ${"models { id } ".repeat(1100)} }`;
    for (const [limit, query] of Object.entries({ depth: deep, cost: costly, aliases, directives, tokens })) {
      const answer = await api.raw(query, { id: "doc_x" });
      expectCode(answer, "TOO_COMPLEX");
      expect(limitOf(answer), answer.text).toBe(limit);
    }
  });

  test("in too large a batch is refused; one in a small batch is answered", async () => {
    const token = await tokenOf(kim);
    const one = { query: "{ datasets { totalCount } }" };
    const { status } = await post(
      Array.from({ length: 6 }, () => one),
      token,
    );
    expect(status).toBe(413);
    const small = await post([one, one], token);
    expect(JSON.parse(small.text)).toEqual([
      { data: { datasets: { totalCount: 1 } } },
      { data: { datasets: { totalCount: 1 } } },
    ]);
  });

  test("that is no GraphQL, no JSON, unknown to the schema or far too large is refused in words", async () => {
    const token = await tokenOf(kim);
    for (const body of [{ query: "{ datasets {" }, { query: "{ secrets }" }, {}, "no json", { query: 7 }, null]) {
      const { errors, status, text } = await post(body, token);
      expect(errors[0]?.message, text).toMatch(/\w+ \w+/);
      expect(errors[0]?.extensions?.code, text).toMatch(/^[A-Z_]+$/);
      expect(status).toBeLessThan(500);
    }
    const large = await api.raw(
      'mutation ($id: ID!, $v: String!) { addText(input: { datasetId: $id, name: "l.txt", text: $v }) { problem { code } } }',
      {
        id: datasetId,
        v: "long ".repeat(300_000),
      },
    );
    expect(large.data, large.text.slice(0, 300)).toEqual({ addText: { problem: { code: "TEXT_TOO_LONG" } } });
    expectCode(
      await api.raw("query ($v: String!) { search(query: $v) { problem { code } } }", { v: "x".repeat(3_000_000) }),
      "BAD_REQUEST",
    );
  });
});
