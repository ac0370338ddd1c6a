import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { tokenVerifier } from "../../platform/auth/tokens.js";
import type { Viewer } from "../../platform/auth/viewer.js";

const ISSUER = "https://issuer.benchmark";
const AUDIENCE = "llmflow";

/** A user's token, and the public key with which each router checks it. */
export async function createIdentity(): Promise<{ token: string; publicKey: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "benchmark", alg: "ES256", use: "sig" };
  const token = await new SignJWT({ tenant_id: "acme", departments: ["research"], roles: ["editor"], name: "Kim" })
    .setProtectedHeader({ alg: "ES256", kid: "benchmark" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject("kim")
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
  return { token, publicKey: jwk };
}

/** The product's own check of a token, over a key that is already there. */
export const verifierOf = (publicKey: JWK): ((token: string) => Promise<Viewer>) =>
  tokenVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUrl: `${ISSUER}/jwks`,
    keySet: createLocalJWKSet({ keys: [publicKey] }),
  });
