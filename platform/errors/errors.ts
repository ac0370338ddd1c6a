import { GraphQLError } from "graphql";

/** Stable codes of errors that concern the request itself. A user's mistake is data (see `platform/graphql/problems.ts`), not one of these. */
export const ERROR_CODES = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "BAD_REQUEST",
  "BAD_CURSOR",
  "RATE_LIMITED",
  "TOO_COMPLEX",
  "UNAVAILABLE",
  "TIMEOUT",
  "TOKEN_EXPIRED",
  "STREAM_GONE",
  "INTERNAL",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error a caller may see: what happened and what to do. Everything else is masked as INTERNAL. */
export class RequestError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, string | number | boolean>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "RequestError";
  }

  /** The same error in GraphQL's form; `traceId` lets an operator find it in the logs. */
  toGraphQL(traceId: string): GraphQLError {
    return new GraphQLError(this.message, { extensions: { ...this.details, code: this.code, traceId } });
  }
}

/** A store or service did not answer in time or refused to: the caller may try again. */
export class UnavailableError extends RequestError {
  constructor(
    readonly component: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super("UNAVAILABLE", message, { component }, options);
    this.name = "UnavailableError";
  }
}

/** True for the errors that an aborted signal or a time limit raises. */
export const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");

/** A short, safe description of any thrown value for a log line. */
export function describeError(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: "NonError", message: String(error) };
  return { name: error.name, message: error.message, ...(error.stack ? { stack: error.stack } : {}) };
}
