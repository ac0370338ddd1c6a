import { randomBytes } from "node:crypto";
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { authenticator, ROUTER_SECRET_HEADER } from "./authenticate.js";
import { ENVELOPE_HEADER, envelopeVerifier, signEnvelope } from "./envelope.js";
import { memoryNonces } from "./nonces.js";
import { tokenVerifier } from "./tokens.js";
import { type Viewer, viewerFromClaims } from "./viewer.js";

const secret = new Uint8Array(randomBytes(32));
const key = { keyId: "router", secret };
const routerSecret = "r".repeat(40);
const viewer: Viewer = viewerFromClaims({
  sub: "kim",
  tenant_id: "acme",
  departments: ["hr"],
  roles: ["member"],
  exp: Math.floor(Date.now() / 1000) + 600,
});
const body = JSON.stringify({ query: "{ datasets { totalCount } }" });
let door: ReturnType<typeof authenticator>;
let mint: (
  claims: Record<string, unknown>,
  options?: { issuer?: string; audience?: string; expires?: string },
) => Promise<string>;

beforeAll(async () => {
  const pair = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "k1", alg: "ES256" };
  mint = (claims, { issuer = "https://issuer.test", audience = "llmflow", expires = "10m" } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(expires)
      .sign(pair.privateKey);
  door = authenticator({
    openEnvelope: envelopeVerifier({
      audience: "documents",
      keys: new Map([["router", secret]]),
      nonces: memoryNonces(),
    }),
    verifyToken: tokenVerifier({
      issuer: "https://issuer.test",
      audience: "llmflow",
      jwksUrl: "http://unused.test",
      keySet: createLocalJWKSet({ keys: [jwk] }),
    }),
    routerSecret,
  });
});

const claims = { sub: "kim", tenant_id: "acme", departments: ["hr"], roles: ["member"] };

describe("the subgraph's door", () => {
  test("both ways in give the same viewer", async () => {
    const signed = await door({ [ENVELOPE_HEADER]: await signEnvelope(key, "documents", viewer, body) }, body);
    const plain = await door(
      { [ROUTER_SECRET_HEADER]: routerSecret, authorization: `Bearer ${await mint(claims)}` },
      body,
    );
    expect({ ...plain.viewer, expiresAt: 0 }).toEqual({ ...signed.viewer, expiresAt: 0 });
  });

  test("an envelope is good once", async () => {
    const headers = { [ENVELOPE_HEADER]: await signEnvelope(key, "documents", viewer, body) };
    await door(headers, body);
    await expect(door(headers, body)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringContaining("used before"),
    });
  });

  test("an altered body, a foreign audience, an unknown key and a wrong secret are refused", async () => {
    const envelope = await signEnvelope(key, "documents", viewer, body);
    await expect(door({ [ENVELOPE_HEADER]: envelope }, `${body} `)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(
      door({ [ENVELOPE_HEADER]: await signEnvelope(key, "retrieval", viewer, body) }, body),
    ).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(
      door({ [ENVELOPE_HEADER]: await signEnvelope({ keyId: "stranger", secret }, "documents", viewer, body) }, body),
    ).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(
      door(
        {
          [ENVELOPE_HEADER]: await signEnvelope(
            { keyId: "router", secret: new Uint8Array(32) },
            "documents",
            viewer,
            body,
          ),
        },
        body,
      ),
    ).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(door({ [ENVELOPE_HEADER]: "nonsense" }, body)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("an old envelope is refused", async () => {
    const old = await new SignJWT({ body: "x" })
      .setProtectedHeader({ alg: "HS256", typ: "llmflow-envelope", kid: "router" })
      .setIssuer("router")
      .setAudience("documents")
      .setJti("n")
      .setIssuedAt(Math.floor(Date.now() / 1000) - 120)
      .setExpirationTime("1h")
      .sign(secret);
    await expect(door({ [ENVELOPE_HEADER]: old }, body)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("a forged envelope does not burn the nonce of a good one", async () => {
    const envelope = await signEnvelope(key, "documents", viewer, body);
    await expect(door({ [ENVELOPE_HEADER]: envelope }, "other")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(door({ [ENVELOPE_HEADER]: envelope }, body)).resolves.toMatchObject({ caller: "router" });
  });

  test("a user's token alone, or the secret alone with a bad token, opens nothing", async () => {
    const token = await mint(claims);
    await expect(door({ authorization: `Bearer ${token}` }, body)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(
      door({ [ROUTER_SECRET_HEADER]: "wrong", authorization: `Bearer ${token}` }, body),
    ).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    const withSecret = (t: string) =>
      door({ [ROUTER_SECRET_HEADER]: routerSecret, authorization: `Bearer ${t}` }, body);
    await expect(withSecret(await mint(claims, { issuer: "https://other.test" }))).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    await expect(withSecret(await mint(claims, { audience: "other" }))).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    await expect(withSecret(await mint(claims, { expires: "-1m" }))).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    await expect(withSecret(await mint({ sub: "kim" }))).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringContaining("tenant_id"),
    });
  });

  test("tenant names that could leave their key or filter are refused", () => {
    for (const tenant_id of ["a:b", 'a"', "../a", "A", "", "a b"])
      expect(() => viewerFromClaims({ ...claims, tenant_id, exp: 1 })).toThrow(/tenant_id/);
  });
});
