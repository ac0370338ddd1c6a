import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "../errors/errors.js";
import { ENVELOPE_HEADER, type OpenedEnvelope } from "./envelope.js";
import { bearerToken } from "./tokens.js";
import type { Viewer } from "./viewer.js";

/** Header in which a router that cannot sign proves that it is ours. */
export const ROUTER_SECRET_HEADER = "x-llmflow-router-secret";

export interface AuthenticatorOptions {
  readonly openEnvelope: (envelope: string, body: string | Uint8Array) => Promise<OpenedEnvelope>;
  readonly verifyToken: (token: string) => Promise<Viewer>;
  /** Unset: only signed envelopes are accepted. */
  readonly routerSecret?: string;
}

/** Who calls a subgraph: the caller's key id ("router-secret" for the second way) and the viewer, if any. */
export interface Caller {
  readonly caller: string;
  readonly viewer: Viewer | undefined;
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? undefined : value);

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The one door of every subgraph. Either a signed envelope, or (router that cannot sign) the router's secret together with
 * the user's own JWT. Anything else is refused. @throws RequestError UNAUTHENTICATED | TOKEN_EXPIRED | UNAVAILABLE
 */
export function authenticator(
  options: AuthenticatorOptions,
): (headers: IncomingHttpHeaders, body: string | Uint8Array) => Promise<Caller> {
  return async (headers, body) => {
    const envelope = single(headers[ENVELOPE_HEADER]);
    if (envelope !== undefined) return options.openEnvelope(envelope, body);
    const secret = single(headers[ROUTER_SECRET_HEADER]);
    if (options.routerSecret !== undefined && secret !== undefined && equal(secret, options.routerSecret)) {
      const token = bearerToken(single(headers.authorization));
      return { caller: "router-secret", viewer: token === undefined ? undefined : await options.verifyToken(token) };
    }
    throw new RequestError(
      "UNAUTHENTICATED",
      "Subgraphs answer only to the router. Send the request to the router's URL.",
    );
  };
}
