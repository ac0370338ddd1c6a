import type { CallerKey } from "../platform/auth/envelope.js";
import { ENVELOPE_HEADER, signEnvelope } from "../platform/auth/envelope.js";
import { TRACE_HEADER, traceparent } from "../platform/telemetry/trace.js";
import type { RouterContext } from "./viewer.js";

interface FetchOptions {
  body?: unknown;
  headers?: Record<string, string>;
  method?: string;
  signal?: AbortSignal | null;
}
type Fetch = (url: string, options?: FetchOptions, context?: RouterContext) => Promise<Response>;

/**
 * The router's only way to a subgraph. It runs once per attempt, below retries and batching, so every attempt carries an
 * envelope of its own over the exact body that is sent. A URL that is no subgraph's is refused.
 * @param rooms subgraph URL → room name (the envelope's audience)
 */
export function signedFetch(key: CallerKey, rooms: ReadonlyMap<string, string>): Fetch {
  return async (url, options = {}, context) => {
    const room = rooms.get(url.split("?")[0] ?? url);
    if (room === undefined) throw new Error(`The router was asked to call an unknown subgraph URL: ${url}`);
    const body =
      options.body == null ? "" : typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    const headers: Record<string, string> = {
      ...options.headers,
      [ENVELOPE_HEADER]: await signEnvelope(key, room, context?.viewer, body),
      [TRACE_HEADER]: traceparent(context?.traceId ?? crypto.randomUUID().replaceAll("-", ""), context?.spanId),
    };
    return fetch(url, { method: options.method ?? "POST", body, headers, signal: options.signal ?? null });
  };
}
