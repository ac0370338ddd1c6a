import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { describeError, isAbort, RequestError } from "../errors/errors.js";
import type { Logger } from "../logging/logger.js";

/** Codes that graphql-js and Apollo Server set themselves for a client's mistake; their messages are safe to show. */
const CLIENT_CODES = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "OPERATION_RESOLUTION_FAILURE",
  "BAD_REQUEST",
  "PERSISTED_QUERY_NOT_FOUND",
]);

/** The error as a client may see it: a stable code and the trace id, no stack, no internal address. Bugs are logged and masked. */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  traceId: string,
  logger: Logger,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const place = {
    ...(formatted.path ? { path: formatted.path } : {}),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
  };
  if (original instanceof RequestError)
    return { ...place, message: original.message, extensions: { ...original.details, code: original.code, traceId } };
  const code = formatted.extensions?.["code"];
  if (typeof code === "string" && CLIENT_CODES.has(code))
    return { ...place, message: formatted.message, extensions: { code, traceId } };
  // graphql-js raises coercion and validation errors without a code and without an original error.
  if (
    original instanceof GraphQLError &&
    !original.originalError &&
    (code === undefined || code === "INTERNAL_SERVER_ERROR") &&
    original.path === undefined
  )
    return { ...place, message: original.message, extensions: { code: "GRAPHQL_VALIDATION_FAILED", traceId } };
  if (isAbort(original))
    return {
      ...place,
      message: "The request took too long or was given up.",
      extensions: { code: "TIMEOUT", traceId },
    };
  logger.error({ traceId, error: describeError(original), path: formatted.path }, "unexpected error");
  return {
    ...place,
    message: "Something went wrong on our side. Quote the trace id to your operator.",
    extensions: { code: "INTERNAL", traceId },
  };
}
