import { readFile } from "node:fs/promises";
import http from "node:http";
import { getGraphQLWSOptions } from "@graphql-hive/gateway";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { z } from "zod";
import { createAuditLog } from "../platform/audit/audit.js";
import { parseEnvelopeKeys } from "../platform/auth/envelope.js";
import { tokenVerifier } from "../platform/auth/tokens.js";
import { ConfigError, readConfig } from "../platform/config/config.js";
import { describeError, RequestError } from "../platform/errors/errors.js";
import { createLogger } from "../platform/logging/logger.js";
import { createPostgres } from "../platform/postgres/postgres.js";
import { createRedis } from "../platform/redis/redis.js";
import { createMetrics } from "../platform/telemetry/metrics.js";
import { TRACE_HEADER, traceIdFrom } from "../platform/telemetry/trace.js";
import { createGateway } from "./gateway.config.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { createRateLimits } from "./rate-limits.js";

const config = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.string().default("info"),
  SUPERGRAPH_FILE: z.string().default(new URL("../schema/supergraph.graphql", import.meta.url).pathname),
  REDIS_URL: z.string().min(1),
  DATABASE_URL: z.string().min(1),
  ENVELOPE_KEYS: z.string().min(2),
  ENVELOPE_KEY_ID: z.string().default("router"),
  JWT_ISSUER: z.string().min(1),
  JWT_AUDIENCE: z.string().min(1),
  JWKS_URL: z.string().min(1),
  DOCUMENTS_URL: z.string().min(1),
  KNOWLEDGE_GRAPH_URL: z.string().min(1),
  RETRIEVAL_URL: z.string().min(1),
  CONVERSATIONS_URL: z.string().min(1),
  /** "production" turns introspection, GraphiQL and CORS for Sandbox off. */
  LLMFLOW_MODE: z.enum(["development", "production"]).default("development"),
  RATE_PER_USER: z.coerce.number().int().positive().default(600),
  RATE_PER_TENANT: z.coerce.number().int().positive().default(6000),
  RATE_ANONYMOUS: z.coerce.number().int().positive().default(600),
});

const DRAIN_MS = 10_000;
/** As much as a room takes; the room's own text fields have smaller limits. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_BODY_MS = 10_000;

async function start(): Promise<void> {
  const env = readConfig(config, process.env);
  const logger = createLogger("router", env.LOG_LEVEL);
  // A call to a room that is given up rejects once more, after everybody has stopped listening.
  process.on("unhandledRejection", (error) => logger.error({ error: describeError(error) }, "unhandled rejection"));
  const metrics = createMetrics("router");
  const secret = parseEnvelopeKeys(env.ENVELOPE_KEYS).get(env.ENVELOPE_KEY_ID);
  if (!secret) throw new ConfigError([`ENVELOPE_KEY_ID: there is no key "${env.ENVELOPE_KEY_ID}" in ENVELOPE_KEYS`]);
  const redis = createRedis(env.REDIS_URL, "router", logger);
  const postgres = createPostgres({ url: env.DATABASE_URL, schema: "audit", logger, poolSize: 2 });
  const audit = createAuditLog("router", postgres, logger);
  const refusals = metrics.counter("llmflow_router_refused_total", "Requests the router refused, by code", ["code"]);
  const seconds = metrics.histogram("llmflow_router_request_seconds", "Time of HTTP requests to the router by status", [
    "status",
  ]);
  const sockets = metrics.gauge("llmflow_router_websockets", "WebSocket connections that are open now");

  const subgraphs = {
    documents: env.DOCUMENTS_URL,
    "knowledge-graph": env.KNOWLEDGE_GRAPH_URL,
    retrieval: env.RETRIEVAL_URL,
    conversations: env.CONVERSATIONS_URL,
  };
  const gateway = createGateway({
    supergraphSdl: await readFile(env.SUPERGRAPH_FILE, "utf8"),
    subgraphs,
    key: { keyId: env.ENVELOPE_KEY_ID, secret },
    limits: DEFAULT_LIMITS,
    logger,
    development: env.LLMFLOW_MODE === "development",
    verifyToken: tokenVerifier({ issuer: env.JWT_ISSUER, audience: env.JWT_AUDIENCE, jwksUrl: env.JWKS_URL }),
    admit: createRateLimits(redis, {
      perUser: env.RATE_PER_USER,
      perTenant: env.RATE_PER_TENANT,
      anonymous: env.RATE_ANONYMOUS,
    }),
    onRefused: (error, traceId, viewer) => {
      refusals.inc({ code: error.code });
      void audit.note(viewer, { action: "request.admit", outcome: "REFUSED", reason: error.code, traceId });
    },
  });

  let draining = false;
  const subgraphsReady = async (): Promise<void> => {
    await Promise.all(
      Object.entries(subgraphs).map(async ([room, url]) => {
        const response = await fetch(url.replace(/\/graphql$/, "/health/ready"), { signal: AbortSignal.timeout(3000) });
        if (!response.ok) throw new Error(`${room} is not ready`);
      }),
    );
  };
  const server = http.createServer((req, res) => {
    const started = performance.now();
    res.once("close", () => seconds.observe({ status: String(res.statusCode) }, (performance.now() - started) / 1000));
    const path = req.url?.split("?")[0];
    if (path === "/health/live") return void res.end("ok");
    if (path === "/health/ready")
      return void (draining ? Promise.reject(new Error("draining")) : subgraphsReady()).then(
        () => res.end("ready"),
        (error: unknown) => res.writeHead(503).end(error instanceof Error ? error.message : "not ready"),
      );
    if (path === "/metrics")
      return void metrics.registry
        .metrics()
        .then((text) => res.writeHead(200, { "content-type": metrics.registry.contentType }).end(text));
    const refusal = bodyRefusal(req);
    if (refusal) return refuseBody(req, res, refusal);
    void gateway(req, res);
  });
  server.keepAliveTimeout = 65_000;
  const socketServer = new WebSocketServer({ server, path: "/graphql", maxPayload: 1024 * 1024 });
  socketServer.on("connection", (socket) => {
    sockets.inc();
    socket.once("close", () => sockets.dec());
  });
  const ws = useServer(
    getGraphQLWSOptions(gateway, (ctx: { extra: { request: http.IncomingMessage } }) => ({
      req: ctx.extra.request,
      // A POST, as the upgrade's own GET would refuse mutations.
      request: new Request("http://router/graphql", { method: "POST", headers: headersOf(ctx.extra.request) }),
    })) as never,
    socketServer,
    12_000,
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.PORT, env.HOST, resolve);
  });
  const address = server.address();
  logger.info({ port: typeof address === "object" ? address?.port : env.PORT }, "router is serving");

  const stop = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    logger.info("draining");
    const forced = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    await ws.dispose();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await closed;
    clearTimeout(forced);
    await gateway[Symbol.asyncDispose]();
    await postgres.close();
    redis.disconnect();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
}

/** Why a body is not read at all; undefined when it may be. */
function bodyRefusal(req: http.IncomingMessage): { status: number; message: string } | undefined {
  if (req.headers["transfer-encoding"] !== undefined)
    return { status: 411, message: "Send the request's length (Content-Length)." };
  return Number(req.headers["content-length"] ?? 0) > MAX_BODY_BYTES
    ? { status: 413, message: "The request's body is larger than 2 MiB." }
    : undefined;
}

/** Answers once the body has passed unread, so that a client that is still sending hears why; one that does not come to an end is cut off. */
function refuseBody(
  req: http.IncomingMessage,
  res: http.ServerResponse,
  { status, message }: { status: number; message: string },
): void {
  const limit = setTimeout(() => req.destroy(), MAX_BODY_MS);
  req.once("close", () => clearTimeout(limit));
  req.once("end", () => {
    const error = new RequestError("BAD_REQUEST", message).toGraphQL(traceIdFrom(req.headers[TRACE_HEADER] as string));
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ errors: [error] }));
  });
  req.resume();
}

const headersOf = (req: http.IncomingMessage): Headers => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) if (typeof value === "string") headers.set(name, value);
  return headers;
};

start().catch((error: unknown) => {
  createLogger("router").fatal({ error: describeError(error) }, "could not start");
  process.exit(1);
});
