import type { Viewer } from "../auth/viewer.js";
import { RequestError } from "../errors/errors.js";
import type { Logger } from "../logging/logger.js";

/** What every resolver gets. `signal` aborts when the client leaves or the request's time is up. */
export interface GraphContext {
  readonly viewer: Viewer | undefined;
  /** Key id of who called: the router, or another room. */
  readonly caller: string;
  readonly traceId: string;
  /** The span of its trace that this request's work belongs under, if one is recorded. */
  readonly spanId?: string | undefined;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Per-request memo for data loaders; see {@link loaderOf}. */
  readonly loaders: Map<symbol, unknown>;
}

/** The signed-in viewer. @throws RequestError UNAUTHENTICATED */
export function requireViewer(context: GraphContext): Viewer {
  if (!context.viewer)
    throw new RequestError("UNAUTHENTICATED", "Sign in first: send an Authorization header with a Bearer token.");
  return context.viewer;
}

/** The loader of this request under `key`, made on first use, so that one request never loads a row twice. */
export function loaderOf<T>(context: GraphContext, key: symbol, make: () => T): T {
  const existing = context.loaders.get(key) as T | undefined;
  if (existing !== undefined) return existing;
  const created = make();
  context.loaders.set(key, created);
  return created;
}
