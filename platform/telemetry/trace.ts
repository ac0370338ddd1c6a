import { randomBytes } from "node:crypto";

/** W3C Trace Context header, the same on every hop. https://www.w3.org/TR/trace-context/ */
export const TRACE_HEADER = "traceparent";
const PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The trace id (32 hex digits) of a `traceparent` header, or a new one when there is none or it is malformed. */
export function traceIdFrom(header: string | undefined): string {
  const match = header?.match(PATTERN);
  return match?.[1] && !/^0+$/.test(match[1]) ? match[1] : randomBytes(16).toString("hex");
}

/** A `traceparent` for the next hop of the same trace. */
export const traceparent = (traceId: string): string => `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
