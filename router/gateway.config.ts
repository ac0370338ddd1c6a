import {
  createGatewayRuntime,
  Logger as GatewayLogger,
  type GatewayPlugin,
  type GatewayRuntime,
} from "@graphql-hive/gateway";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import { GraphQLError } from "graphql";
import type { CallerKey } from "../platform/auth/envelope.js";
import { describeError, RequestError } from "../platform/errors/errors.js";
import type { Logger } from "../platform/logging/logger.js";
import { type OperationLimits, operationLimits } from "./limits.js";
import { plannedInRust } from "./planner.js";
import { signedFetch } from "./signed-fetch.js";
import type { ViewerPluginOptions } from "./viewer.js";
import { viewerPlugin } from "./viewer.js";

export interface GatewayOptions extends ViewerPluginOptions {
  /** The composed supergraph, plain Federation 2. */
  readonly supergraphSdl: string;
  /** Room name → its GraphQL URL; these replace the URLs in the supergraph. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly key: CallerKey;
  readonly limits: OperationLimits;
  readonly logger: Logger;
  /** GraphiQL, introspection and CORS for Apollo Sandbox. */
  readonly development: boolean;
  readonly plugins?: readonly GatewayPlugin[];
}

const QUERY_TIMEOUT_MS = 30_000;
const SANDBOX = ["https://studio.apollographql.com", "https://sandbox.embed.apollographql.com"];
/** One of these must be on every request that a form or a link could otherwise send. */
const CSRF_HEADERS = ["authorization", "x-csrf-prevention", "apollo-require-preflight", "graphql-client-name"];

/** Codes a subgraph or this router set on purpose; their messages were written for the client. */
const PUBLIC_CODE = /^[A-Z][A-Z_]+$/;

const AWAY = { code: "UNAVAILABLE", message: "A part of the platform does not answer just now. Try again shortly." };
/** What the gateway itself says of a room that fails; its own words name internal addresses. */
const OF_ROOMS: Readonly<Record<string, { code: string; message: string }>> = {
  DOWNSTREAM_SERVICE_ERROR: AWAY,
  RESPONSE_VALIDATION_FAILED: AWAY,
  GATEWAY_TIMEOUT: {
    code: "TIMEOUT",
    message: "A part of the platform took too long to answer. Look whether a change was made before you try it again.",
  },
  INTERNAL_SERVER_ERROR: {
    code: "INTERNAL",
    message: "Something went wrong on our side. Quote the trace id to your operator.",
  },
};
const INTERNAL = OF_ROOMS["INTERNAL_SERVER_ERROR"] as (typeof OF_ROOMS)[string];

/** The gateway logs failed requests with their bodies, which hold what people wrote. Of an error only its code and its room are kept. */
function withoutContent(attributes: unknown): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > 4) return;
    const { code, serviceName, name } = value as Record<string, unknown>;
    if (typeof code === "string") kept["code"] ??= code;
    if (typeof serviceName === "string") kept["room"] ??= serviceName;
    if (value instanceof Error && typeof name === "string") kept["error"] ??= name;
    for (const part of Object.values(value)) visit(part, depth + 1);
    if (value instanceof GraphQLError) visit(value.extensions, depth + 1);
  };
  visit(attributes, 0);
  return kept;
}

/** Hides everything that was not meant for a client, and gives each error a stable code. */
function maskGatewayError(error: unknown, logger: Logger): Error {
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (original instanceof RequestError) return original.toGraphQL("");
  if (!(error instanceof GraphQLError)) {
    logger.error({ error: describeError(error) }, "unexpected error in the router");
    return new GraphQLError(INTERNAL.message, { extensions: { code: INTERNAL.code } });
  }
  // `request` and `response` are what was sent to a room, with its address, and what came back.
  const { code, traceId, request, response, ...rest } = error.extensions as Record<string, unknown>;
  const path = error.path ? { path: error.path } : {};
  const traced = traceId ? { traceId } : {};
  const ofRoom = OF_ROOMS[String(code)];
  if (typeof code === "string" && PUBLIC_CODE.test(code) && !ofRoom) {
    if (request === undefined && response === undefined) return error;
    return new GraphQLError(error.message, { ...path, extensions: { ...rest, code, ...traced } });
  }
  if (!original && code === undefined && request === undefined)
    return new GraphQLError(error.message, {
      ...(error.nodes ? { nodes: error.nodes } : {}),
      ...path,
      extensions: { ...rest, code: "GRAPHQL_VALIDATION_FAILED", ...traced },
    } as never);
  logger.warn({ traceId, code, error: describeError(original ?? error) }, "a subgraph failed");
  const told = ofRoom ?? (request === undefined ? INTERNAL : AWAY);
  return new GraphQLError(told.message, { ...path, extensions: { code: told.code, ...traced } });
}

/** Hive Gateway over our supergraph. The same supergraph runs on Apollo Router and Hive Router; see README.md. */
export function createGateway(options: GatewayOptions): GatewayRuntime {
  const rooms = new Map(Object.entries(options.subgraphs).map(([room, url]) => [url, room]));
  const pullDriven = { subscriptions: { kind: "http", options: { method: "POST" } } };
  return createGatewayRuntime({
    supergraph: options.supergraphSdl,
    logging: new GatewayLogger({
      level: "warn",
      writers: [
        {
          write: (level, attrs, message) =>
            options.logger[level === "trace" ? "debug" : level](
              { gateway: withoutContent(attrs) },
              message ?? "gateway",
            ),
        },
      ],
    }),
    fetchAPI: { fetch: signedFetch(options.key, rooms) as never },
    transportEntries: Object.fromEntries(
      Object.entries(options.subgraphs).map(([room, url]) => [room, { location: url, options: pullDriven }]),
    ) as never,
    plugins: () => [viewerPlugin(options), operationLimits(options.limits), ...(options.plugins ?? [])] as never[],
    batching: { limit: options.limits.batch },
    upstreamTimeout: ({ executionRequest }: { executionRequest?: { operationType?: string } }) =>
      executionRequest?.operationType === "subscription" ? undefined : QUERY_TIMEOUT_MS,
    upstreamRetry: ({ executionRequest }: { executionRequest?: { operationType?: string } }) => ({
      maxRetries: executionRequest?.operationType === "query" ? 1 : 0,
    }),
    executionCancellation: true,
    upstreamCancellation: true,
    csrfPrevention: { requestHeaders: CSRF_HEADERS },
    cors: options.development
      ? { origin: [...SANDBOX, "http://localhost:3000", "http://127.0.0.1:3000"], credentials: false }
      : false,
    graphiql: options.development
      ? { title: "LLMFlow", defaultQuery: "{ datasets(first: 5) { edges { node { id name } } } }" }
      : false,
    renderGraphiQL,
    landingPage: false,
    disableIntrospection: { disableIf: () => !options.development },
    maskedErrors: { maskError: (error: unknown) => maskGatewayError(error, options.logger) },
    productName: "LLMFlow",
    unifiedGraphHandler: plannedInRust,
  } as never);
}
