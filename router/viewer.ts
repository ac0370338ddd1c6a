import type { GatewayPlugin } from "@graphql-hive/gateway";
import type { GraphQLError } from "graphql";
import { bearerToken } from "../platform/auth/tokens.js";
import type { Viewer } from "../platform/auth/viewer.js";
import { RequestError } from "../platform/errors/errors.js";
import { TRACE_HEADER, type TraceContext, traceFrom } from "../platform/telemetry/trace.js";

/** What the router knows of each request; the signing fetch reads it. */
export interface RouterContext {
  viewer?: Viewer;
  traceId: string;
  /** The client's own span, where it says that it records one. */
  spanId?: string | undefined;
  request?: Request;
  connectionParams?: Record<string, unknown>;
  /** The user's own authorization header, for subgraph calls of routers that cannot sign. */
  authorization?: string;
}

export interface ViewerPluginOptions {
  readonly verifyToken: (token: string) => Promise<Viewer>;
  /** Counts the request against the viewer's and the tenant's budget. @throws RequestError RATE_LIMITED */
  readonly admit: (viewer: Viewer | undefined) => Promise<void>;
  readonly onRefused: (error: RequestError, traceId: string, viewer: Viewer | undefined) => void;
}

const connectionHeader = (params: Record<string, unknown> | undefined): string | undefined => {
  const value = params?.["authorization"] ?? params?.["Authorization"];
  return typeof value === "string" ? (/^Bearer /i.test(value) ? value : `Bearer ${value}`) : undefined;
};

/** Verifies the token (header, or connection parameters of a WebSocket), and puts viewer and trace id on the context. */
export function viewerPlugin(options: ViewerPluginOptions): GatewayPlugin {
  const traces = new WeakMap<Request, TraceContext>();
  const traceOf = (request: Request | undefined): TraceContext => {
    const known = request && traces.get(request);
    if (known) return known;
    const trace = traceFrom(request?.headers.get(TRACE_HEADER) ?? undefined);
    if (request) traces.set(request, trace);
    return trace;
  };
  return {
    // Errors that no subgraph made (parsing, validation, limits) get the trace id here.
    onResultProcess({ request, result }: { request: Request; result: { errors?: readonly GraphQLError[] } | object }) {
      const results = (Array.isArray(result) ? result : [result]) as { errors?: readonly GraphQLError[] }[];
      for (const { errors = [] } of results)
        for (const error of errors) error.extensions["traceId"] ||= traceOf(request).traceId;
    },
    async onContextBuilding({
      context,
      extendContext,
    }: {
      context: RouterContext;
      extendContext: (extra: Partial<RouterContext>) => void;
    }) {
      const headers = context.request?.headers;
      const { traceId, spanId } = traceOf(context.request);
      const authorization = headers?.get("authorization") ?? connectionHeader(context.connectionParams);
      let viewer: Viewer | undefined;
      try {
        if (authorization) {
          const token = bearerToken(authorization);
          if (!token) throw new RequestError("UNAUTHENTICATED", 'The Authorization header is not "Bearer <token>".');
          viewer = await options.verifyToken(token);
        }
        await options.admit(viewer);
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        options.onRefused(error, traceId, viewer);
        throw error.toGraphQL(traceId);
      }
      extendContext({ traceId, spanId, ...(viewer ? { viewer } : {}), ...(authorization ? { authorization } : {}) });
    },
  } as unknown as GatewayPlugin;
}
