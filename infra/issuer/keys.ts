import { link, readFile, rm, writeFile } from "node:fs/promises";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { z } from "zod";

const ALGORITHM = "ES256";

const keySchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal(ALGORITHM),
  use: z.literal("sig"),
});

/** The key pair of a development issuer. */
export interface IssuerKeys {
  readonly keyId: string;
  readonly algorithm: typeof ALGORITHM;
  readonly privateKey: CryptoKey;
  /** What `/.well-known/jwks.json` shows. */
  readonly publicKey: JWK;
}

/** Reads the issuer's key pair, or makes it (mode 0600) when there is none yet. Two starters agree on one pair. */
export async function loadIssuerKeys(path: string): Promise<IssuerKeys> {
  const existing = await readKeys(path);
  if (existing !== null) return existing;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const stored = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: "sig" };
  const staging = `${path}.${process.pid}`;
  await writeFile(staging, `${JSON.stringify(stored)}\n`, { mode: 0o600 });
  try {
    await link(staging, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(staging, { force: true });
  }
  const written = await readKeys(path);
  if (written === null) throw new Error(`${path} vanished while it was written`);
  return written;
}

async function readKeys(path: string): Promise<IssuerKeys | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const { d, ...publicKey } = keySchema.parse(JSON.parse(text));
  const privateKey = await importJWK({ ...publicKey, d }, ALGORITHM);
  if (privateKey instanceof Uint8Array) throw new Error(`${path} does not hold a key pair`);
  return { keyId: publicKey.kid, algorithm: ALGORITHM, privateKey, publicKey };
}
