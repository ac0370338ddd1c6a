import { SignJWT } from "jose";
import type { IssuerKeys } from "./keys.js";

export const ROLES = ["admin", "editor", "member", "mlops", "auditor", "service"] as const;
export type Role = (typeof ROLES)[number];

const MAX_LIFETIME_SECONDS = 30 * 24 * 3600;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export interface TokenRequest {
  readonly issuer: string;
  readonly audience: string;
  /** The tenant's slug. */
  readonly tenant: string;
  readonly user: string;
  readonly departments: readonly string[];
  readonly roles: readonly Role[];
  readonly name?: string;
  readonly lifetimeSeconds: number;
  /** Seconds since 1970; the present when absent. */
  readonly issuedAt?: number;
}

/** Signs a token with the product's claims: `sub`, `tenant_id`, `departments`, `roles`, `iss`, `aud`, `exp`. */
export async function mintToken(keys: IssuerKeys, request: TokenRequest): Promise<string> {
  const issuedAt = request.issuedAt ?? Math.floor(Date.now() / 1000);
  const claims = {
    tenant_id: request.tenant,
    departments: [...request.departments],
    roles: [...request.roles],
    ...(request.name === undefined ? {} : { name: request.name }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: keys.algorithm, kid: keys.keyId, typ: "JWT" })
    .setIssuer(request.issuer)
    .setAudience(request.audience)
    .setSubject(request.user)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + request.lifetimeSeconds)
    .setJti(crypto.randomUUID())
    .sign(keys.privateKey);
}

/** Seconds of a duration like `90s`, `15m`, `1h` or `7d`. Throws on anything else, and beyond 30 days. */
export function parseLifetime(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (!(seconds > 0)) throw new Error(`"${text}" is not a duration: write 90s, 15m, 1h or 7d`);
  if (seconds > MAX_LIFETIME_SECONDS) throw new Error(`"${text}" is too long: at most 30d`);
  return seconds;
}

/** Narrows a role given as text. Throws naming the known ones. */
export function parseRole(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (role === undefined) throw new Error(`"${text}" is not a role: one of ${ROLES.join(", ")}`);
  return role;
}
