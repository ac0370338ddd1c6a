import http, { type IncomingMessage } from "node:http";
import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLRequest } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from "@apollo/server/plugin/disabled";
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { Caller } from "../auth/authenticate.js";
import { RequestError } from "../errors/errors.js";
import type { Logger } from "../logging/logger.js";
import type { Metrics } from "../telemetry/metrics.js";
import { TRACE_HEADER, type TraceContext, traceFrom, traceIdFrom } from "../telemetry/trace.js";
import type { TraceSpan, Tracing } from "../telemetry/tracing.js";
import type { GraphContext } from "./context.js";
import { maskError } from "./mask.js";
import { type GraphQLParams, serveSse } from "./sse.js";

export interface SubgraphServerOptions {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly port: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where spans of queries and mutations go. */
  readonly tracing?: Tracing;
  /** Opens the envelope of a request; throws for everything that is not from the router or a room. */
  readonly authenticate: (headers: http.IncomingHttpHeaders, body: string | Uint8Array) => Promise<Caller>;
  /** Called for each refused request, so that it is audited. */
  readonly onRefused?: (error: RequestError, traceId: string) => void;
  /** Extra fields of the context, e.g. the room's services. */
  readonly contextOf: (base: GraphContext) => GraphContext;
  /** Resolves when every store the room needs answers; its error is the reason in `/health/ready`. */
  readonly ready: () => Promise<void>;
}

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The exact bytes of a request, bounded; the envelope signs them. What is too much is read to its end and dropped, so that the
 * connection, which the router shares among requests, stays usable. @throws RequestError BAD_REQUEST
 */
async function readBody(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= MAX_BODY_BYTES) parts.push(part);
    else parts.length = 0;
  }
  if (size > MAX_BODY_BYTES) throw new RequestError("BAD_REQUEST", "The request's body is larger than 2 MiB.");
  return Buffer.concat(parts);
}

const tokenSignal = (viewer: Caller["viewer"]): { signal: AbortSignal; stop: () => void } => {
  const controller = new AbortController();
  if (!viewer) return { signal: controller.signal, stop: () => {} };
  const wait = Math.max(0, Math.min(viewer.expiresAt * 1000 - Date.now(), 2 ** 31 - 1));
  const timer = setTimeout(
    () => controller.abort(new RequestError("TOKEN_EXPIRED", "The token has expired. Resume with a new one.")),
    wait,
  );
  timer.unref();
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
};

/** A running subgraph: its address, and `stop`, which lets requests in flight finish. */
export interface SubgraphServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves one subgraph on one URL: queries and mutations by Apollo Server, subscriptions by pull-driven SSE (chosen by
 * `Accept: text/event-stream`) and by graphql-ws; `/health/live`, `/health/ready`, `/metrics` beside it.
 */
export async function serveSubgraph(options: SubgraphServerOptions): Promise<SubgraphServer> {
  const { logger, metrics, schema } = options;
  const requests = metrics.histogram("llmflow_subgraph_request_seconds", "Time of GraphQL requests to this subgraph", [
    "outcome",
  ]);
  const streams = metrics.gauge("llmflow_subgraph_streams", "Subscriptions that are open now");
  // Not `formatError`: only a plugin sees the request's context, and with it the trace id.
  const masking: ApolloServerPlugin<GraphContext> = {
    async requestDidStart() {
      return {
        async willSendResponse({ response, errors, contextValue }) {
          if (response.body.kind !== "single" || !response.body.singleResult.errors) return;
          response.body.singleResult.errors = response.body.singleResult.errors.map((formatted, i) =>
            maskError(formatted, errors?.[i], contextValue.traceId, logger),
          );
        },
      };
    },
  };
  const apollo = new ApolloServer<GraphContext>({
    schema,
    introspection: true,
    allowBatchedHttpRequests: true,
    csrfPrevention: false, // only the router's signed requests come in here; browsers meet the router
    nodeEnv: "production",
    stopOnTerminationSignals: false,
    // Cache control would watch every field of every answer, and nothing here may be cached between viewers anyway.
    plugins: [ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginCacheControlDisabled(), masking],
    includeStacktraceInErrorResponses: false,
  });
  await apollo.start();
  let draining = false;

  const baseContext = (caller: Caller, { traceId, spanId }: TraceContext, signal: AbortSignal): GraphContext =>
    options.contextOf({
      viewer: caller.viewer,
      caller: caller.caller,
      traceId,
      spanId,
      signal,
      logger: logger.child({ traceId, ...(caller.viewer ? { tenantId: caller.viewer.tenantId } : {}) }),
      loaders: new Map(),
    });

  const refused = (error: unknown, traceId: string): RequestError => {
    const refusal =
      error instanceof RequestError
        ? error
        : new RequestError("INTERNAL", "Something went wrong on our side.", {}, { cause: error });
    if (!(error instanceof RequestError)) logger.error({ traceId, err: error }, "authentication failed unexpectedly");
    options.onRefused?.(refusal, traceId);
    return refusal;
  };

  async function graphql(req: IncomingMessage, res: http.ServerResponse): Promise<void> {
    const trace = traceFrom(req.headers[TRACE_HEADER] as string | undefined);
    const { traceId } = trace;
    const started = performance.now();
    let outcome = "ok";
    let span: TraceSpan | undefined;
    try {
      const body = await readBody(req);
      const caller = await options.authenticate(req.headers, body);
      const params = (body.length ? JSON.parse(body.toString("utf8")) : {}) as GraphQLParams | GraphQLParams[];
      const mask = (error: GraphQLError): ExecutionResult => ({
        errors: [maskError(error.toJSON(), error, traceId, logger) as GraphQLError],
      });
      if (!Array.isArray(params) && (req.headers.accept ?? "").includes("text/event-stream")) {
        const expiry = tokenSignal(caller.viewer);
        const left = new AbortController();
        res.once("close", () => left.abort());
        streams.inc();
        try {
          await serveSse(res, {
            schema,
            params,
            mask,
            expired: expiry.signal,
            context: async () => baseContext(caller, trace, left.signal),
          });
        } finally {
          streams.dec();
          expiry.stop();
        }
        return;
      }
      const left = new AbortController();
      res.once("close", () => left.abort());
      const headers = new HeaderMap();
      for (const [name, value] of Object.entries(req.headers))
        if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
      const request: HTTPGraphQLRequest = { method: req.method ?? "POST", headers, search: "", body: params };
      const operation = Array.isArray(params) ? undefined : (params.operationName ?? undefined);
      span = options.tracing?.start(options.name, trace, { "graphql.operation.name": operation?.slice(0, 100) });
      const within = span?.context ?? trace;
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: request,
        context: async () =>
          baseContext(caller, within, AbortSignal.any([left.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)])),
      });
      for (const [name, value] of answer.headers) res.setHeader(name, value);
      res.statusCode = answer.status ?? 200;
      if (answer.body.kind === "complete") res.end(answer.body.string);
      else {
        for await (const chunk of answer.body.asyncIterator) res.write(chunk);
        res.end();
      }
    } catch (error) {
      outcome = "refused";
      span?.fail("refused");
      const refusal =
        error instanceof SyntaxError
          ? new RequestError("BAD_REQUEST", "The body is not JSON.")
          : refused(error, traceId);
      if (res.headersSent) return void res.destroy();
      const status =
        refusal.code === "UNAVAILABLE"
          ? 503
          : refusal.code === "BAD_REQUEST"
            ? 400
            : refusal.code === "INTERNAL"
              ? 500
              : 401;
      res
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify({ errors: [refusal.toGraphQL(traceId)] }));
    } finally {
      span?.end();
      requests.observe({ outcome }, (performance.now() - started) / 1000);
    }
  }

  const server = http.createServer((req, res) => {
    const path = (req.url ?? "/").split("?")[0];
    if (path === "/graphql" && req.method === "POST") return void graphql(req, res);
    if (path === "/health/live") return void res.end("ok");
    if (path === "/health/ready")
      return void Promise.resolve(draining ? Promise.reject(new Error("draining")) : options.ready()).then(
        () => res.end("ready"),
        (error: unknown) => res.writeHead(503).end(error instanceof Error ? error.message : "not ready"),
      );
    if (path === "/metrics")
      return void metrics.registry
        .metrics()
        .then((text) => res.writeHead(200, { "content-type": metrics.registry.contentType }).end(text));
    res.writeHead(404).end();
  });
  server.keepAliveTimeout = 65_000;
  const sockets = new WebSocketServer({ server, path: "/graphql", maxPayload: MAX_BODY_BYTES });
  // Over WebSocket the envelope is in the connection's parameters and signs the empty body; each connection is authenticated once.
  const ws = useServer<Record<string, unknown>, { caller?: Caller }>(
    {
      schema,
      onConnect: async (ctx) => {
        const headers = Object.fromEntries(
          Object.entries(ctx.connectionParams ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
        );
        ctx.extra.caller = await options.authenticate(headers, "").catch((error: unknown) => {
          throw refused(error, traceIdFrom(headers[TRACE_HEADER]));
        });
        return true;
      },
      context: (ctx) => {
        const trace = traceFrom(String(ctx.connectionParams?.[TRACE_HEADER] ?? ""));
        return baseContext(ctx.extra.caller as Caller, trace, tokenSignal(ctx.extra.caller?.viewer).signal);
      },
      onError: (ctx, _id, _payload, errors) =>
        errors.map((error) =>
          maskError(error.toJSON(), error, traceIdFrom(String(ctx.connectionParams?.[TRACE_HEADER] ?? "")), logger),
        ),
    },
    sockets,
    12_000,
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  logger.info({ port }, `${options.name} is serving`);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async stop() {
      draining = true;
      await ws.dispose();
      server.closeIdleConnections();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const forced = setTimeout(() => server.closeAllConnections(), 5000);
      await closed;
      clearTimeout(forced);
      await apollo.stop();
    },
  };
}
