import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadIssuerKeys } from "./keys.js";
import { createIssuerServer } from "./server.js";
import { mintToken, parseLifetime, parseRole } from "./token.js";

const ISSUER = "http://127.0.0.1:4300";
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "issuer-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function serve(path: string) {
  const server = createIssuerServer({ issuer: ISSUER, publicKey: (await loadIssuerKeys(path)).publicKey });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("the development issuer", () => {
  test("mints tokens that its published keys verify, with the product's claims", async () => {
    const path = join(folder, "issuer.json");
    const { server, origin } = await serve(path);
    try {
      const token = await mintToken(await loadIssuerKeys(path), {
        issuer: ISSUER,
        audience: "llmflow",
        tenant: "acme",
        user: "kim",
        departments: ["hr", "it"],
        roles: ["editor"],
        lifetimeSeconds: 60,
      });
      const keys = createRemoteJWKSet(new URL(`${origin}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(token, keys, { issuer: ISSUER, audience: "llmflow" });
      expect(payload).toMatchObject({ sub: "kim", tenant_id: "acme", departments: ["hr", "it"], roles: ["editor"] });
      expect((payload.exp as number) - (payload.iat as number)).toBe(60);
    } finally {
      server.close();
    }
  });

  test("keeps one key pair, readable by its user alone", async () => {
    const path = join(folder, "issuer.json");
    const [one, other] = await Promise.all([loadIssuerKeys(path), loadIssuerKeys(path)]);
    expect(other.keyId).toBe(one.keyId);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("publishes no private part", async () => {
    const { server, origin } = await serve(join(folder, "issuer.json"));
    try {
      expect(await (await fetch(`${origin}/.well-known/jwks.json`)).text()).not.toContain('"d"');
    } finally {
      server.close();
    }
  });

  test("answers what it does not know with a status, not a crash", async () => {
    const { server, origin } = await serve(join(folder, "issuer.json"));
    try {
      expect((await fetch(`${origin}/constructor`)).status).toBe(404);
      expect((await fetch(`${origin}/health`, { method: "POST", body: "x" })).status).toBe(405);
      expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
    } finally {
      server.close();
    }
  });
});

describe("the arguments of a token", () => {
  test.each([
    ["90s", 90],
    ["15m", 900],
    ["1h", 3_600],
    ["7d", 604_800],
  ])("a lifetime of %s is %i seconds", (text, seconds) => expect(parseLifetime(text)).toBe(seconds));

  test.each(["", "1", "h", "-1h", "0s", "1.5h", "31d", "1w"])("a lifetime of %j is refused", (text) => {
    expect(() => parseLifetime(text)).toThrow();
  });

  test("an unknown role is refused with the known ones", () => {
    expect(() => parseRole("root")).toThrow(/one of admin, editor, member, mlops/);
  });
});
