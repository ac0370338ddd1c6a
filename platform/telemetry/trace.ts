import { randomBytes } from "node:crypto";

/** W3C Trace Context header, the same on every hop. https://www.w3.org/TR/trace-context/ */
export const TRACE_HEADER = "traceparent";
const PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const SAMPLED = 1;

/** A place in a trace: the trace (32 hex digits) and the span (16) under which what follows belongs, if one was recorded. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string | undefined;
}

/** The place that a `traceparent` header names; a new trace when there is none or it is malformed. */
export function traceFrom(header: string | undefined): TraceContext {
  const [, traceId, spanId, flags] = header?.match(PATTERN) ?? [];
  if (traceId === undefined || /^0+$/.test(traceId))
    return { traceId: randomBytes(16).toString("hex"), spanId: undefined };
  const isRecorded = (Number.parseInt(flags ?? "0", 16) & SAMPLED) === SAMPLED && !/^0+$/.test(spanId ?? "");
  return { traceId, spanId: isRecorded ? spanId : undefined };
}

/** The trace id (32 hex digits) of a `traceparent` header, or a new one when there is none or it is malformed. */
export const traceIdFrom = (header: string | undefined): string => traceFrom(header).traceId;

/** A `traceparent` for the next hop. Without a span that was recorded, its flags say that there is none to look for. */
export const traceparent = (traceId: string, spanId?: string): string =>
  spanId === undefined ? `00-${traceId}-${randomBytes(8).toString("hex")}-00` : `00-${traceId}-${spanId}-01`;
