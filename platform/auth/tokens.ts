import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { RequestError } from "../errors/errors.js";
import { type Viewer, viewerFromClaims } from "./viewer.js";

export interface TokenOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** Replaces the remote key set, e.g. for keys held in memory. */
  readonly keySet?: JWTVerifyGetKey;
}

const ALGORITHMS = ["RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA"];

/** Verifies a user's JWT: signature (JWKS), issuer, audience, expiry. @throws RequestError UNAUTHENTICATED, or TOKEN_EXPIRED, or UNAVAILABLE when the keys cannot be fetched. */
export function tokenVerifier(options: TokenOptions): (token: string) => Promise<Viewer> {
  const keys =
    options.keySet ??
    createRemoteJWKSet(new URL(options.jwksUrl), {
      timeoutDuration: 3000,
      cooldownDuration: 5000,
      cacheMaxAge: 600_000,
    });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ["exp", "sub"],
        clockTolerance: 5,
      });
      return viewerFromClaims(payload);
    } catch (error) {
      if (error instanceof RequestError) throw error;
      if (error instanceof errors.JWTExpired)
        throw new RequestError("TOKEN_EXPIRED", "The token has expired. Get a new one and try again.");
      if (error instanceof errors.JOSEError && error.code !== "ERR_JWKS_TIMEOUT") {
        throw new RequestError("UNAUTHENTICATED", `The token was refused: ${error.message}.`, {}, { cause: error });
      }
      throw new RequestError(
        "UNAVAILABLE",
        "The identity provider's keys cannot be fetched. Try again shortly.",
        {},
        { cause: error },
      );
    }
  };
}

/** The token of an `Authorization: Bearer …` header. */
export const bearerToken = (header: string | undefined): string | undefined =>
  header?.match(/^Bearer ([\w~+/.=-]+)$/i)?.[1];
