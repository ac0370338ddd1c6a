import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { RequestError } from "../errors/errors.js";
import type { NonceStore } from "./nonces.js";
import { claimsFromViewer, type Viewer, viewerFromClaims } from "./viewer.js";

/** Header in which a router or a room carries the viewer to a subgraph. */
export const ENVELOPE_HEADER = "x-llmflow-envelope";
/** How long an envelope may travel, in seconds. A retry is signed afresh, so this can be short. */
export const ENVELOPE_LIFETIME_SECONDS = 30;
const CLOCK_TOLERANCE_SECONDS = 5;

/** A caller's signing key: `keyId` says who signs, `secret` is at least 32 bytes and known to the subgraphs. */
export interface CallerKey {
  readonly keyId: string;
  readonly secret: Uint8Array;
}

/**
 * A secret as the key object that jose wants, made once: imported anew, the key costs many times the hash itself.
 * Kept by the secret's own array, so that a key that is let go is forgotten.
 */
const imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();
function hmacKey(secret: Uint8Array): Promise<CryptoKey> {
  const known = imported.get(secret);
  if (known) return known;
  const usages = ["sign", "verify"] as const;
  const key = crypto.subtle.importKey("raw", new Uint8Array(secret), { name: "HMAC", hash: "SHA-256" }, false, usages);
  imported.set(secret, key);
  return key;
}

const hashBody = (body: string | Uint8Array): string => createHash("sha256").update(body).digest("base64url");

/**
 * Signs one HTTP request to one subgraph: key id, audience, time, nonce, the viewer's claims (absent for an anonymous
 * caller) and the SHA-256 of the exact body. Compact JWS, HS256. Sign each attempt anew: a nonce is good once.
 */
export async function signEnvelope(
  key: CallerKey,
  audience: string,
  viewer: Viewer | undefined,
  body: string | Uint8Array,
): Promise<string> {
  const payload = { body: hashBody(body), ...(viewer ? { viewer: claimsFromViewer(viewer) } : {}) };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "HS256", typ: "llmflow-envelope", kid: key.keyId })
    .setIssuer(key.keyId)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${ENVELOPE_LIFETIME_SECONDS}s`)
    .setJti(randomUUID())
    .sign(await hmacKey(key.secret));
}

export interface EnvelopeVerifierOptions {
  /** The subgraph's own name. */
  readonly audience: string;
  /** Every caller's key by its id. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly nonces: NonceStore;
}

export interface OpenedEnvelope {
  readonly caller: string;
  readonly viewer: Viewer | undefined;
}

const refuse = (why: string, cause?: unknown): RequestError =>
  new RequestError("UNAUTHENTICATED", `The request's envelope was refused: ${why}.`, {}, { cause });

/** Opens envelopes addressed to one subgraph. @throws RequestError UNAUTHENTICATED for an unknown key, a foreign audience, an old, altered or replayed request. */
export function envelopeVerifier(
  options: EnvelopeVerifierOptions,
): (envelope: string, body: string | Uint8Array) => Promise<OpenedEnvelope> {
  return async (envelope, body) => {
    let kid: string | undefined;
    try {
      kid = decodeProtectedHeader(envelope).kid;
    } catch (cause) {
      throw refuse("it is not a signed envelope", cause);
    }
    const secret = kid === undefined ? undefined : options.keys.get(kid);
    if (kid === undefined || secret === undefined) throw refuse("its key is unknown");
    const { payload } = await jwtVerify(envelope, await hmacKey(secret), {
      algorithms: ["HS256"],
      typ: "llmflow-envelope",
      issuer: kid,
      audience: options.audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: ENVELOPE_LIFETIME_SECONDS,
      requiredClaims: ["jti", "iat", "exp", "body"],
    }).catch((cause: unknown) => {
      throw refuse(cause instanceof Error ? cause.message : "it cannot be verified", cause);
    });
    const expected = Buffer.from(hashBody(body));
    const actual = Buffer.from(String(payload["body"]));
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual))
      throw refuse("the body is not the one that was signed");
    // The nonce is claimed last: a forged envelope must not be able to burn a good one.
    const fresh = await options.nonces.claim(
      `${kid}:${payload.jti}`,
      ENVELOPE_LIFETIME_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS,
    );
    if (!fresh) throw refuse("it was used before");
    return { caller: kid, viewer: payload["viewer"] === undefined ? undefined : viewerFromClaims(payload["viewer"]) };
  };
}

/** Parses `ENVELOPE_KEYS`: a JSON object of key id → base64url secret. @throws Error naming the key that is too short. */
export function parseEnvelopeKeys(json: string): Map<string, Uint8Array> {
  const raw = JSON.parse(json) as Record<string, string>;
  return new Map(
    Object.entries(raw).map(([keyId, value]) => {
      const secret = new Uint8Array(Buffer.from(value, "base64url"));
      if (secret.length < 32) throw new Error(`ENVELOPE_KEYS: the key "${keyId}" is shorter than 32 bytes`);
      return [keyId, secret];
    }),
  );
}
