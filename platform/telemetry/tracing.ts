import type { TraceContext } from "./trace.js";

export type TraceAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work in a trace. Times are milliseconds since the epoch. */
export interface TraceSpan {
  readonly context: TraceContext;
  set(attributes: TraceAttributes): void;
  /** Marks it as failed; what is said is for operators and holds nobody's words. */
  fail(reason: string): void;
  end(at?: number): void;
}

/** Where spans go. Nothing here waits for a receiver or fails with it. */
export interface Tracing {
  /** Begins a span under the place given: the first of its trace where that has no span. */
  start(name: string, under: TraceContext, attributes?: TraceAttributes, at?: number): TraceSpan;
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

const NO_SPAN = { set: () => {}, fail: () => {}, end: () => {} };

/** Spans that go nowhere. */
export const NO_TRACING: Tracing = {
  start: (_name, { traceId, spanId }) => ({ ...NO_SPAN, context: { traceId, spanId } }),
  close: async () => {},
};

/** A receiver of OTLP over HTTP with protobuf. */
export interface TraceReceiver {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What names the receivers in the environment; see `tracingConfig`. */
export interface TracingConfig {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
  readonly LANGFUSE_BASE_URL?: string | undefined;
  readonly LANGFUSE_PUBLIC_KEY?: string | undefined;
  readonly LANGFUSE_SECRET_KEY?: string | undefined;
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, "");

/** `a=1,b=2`, values percent-encoded. https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
function headersFrom(list: string): Record<string, string> {
  const pairs = list.split(",").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [name.trim(), decodeURIComponent(value.join("=").trim())] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => name !== ""));
}

/** The receivers that the environment names: any of OTLP, and Langfuse with its keys. None: nothing is traced. */
export function receiversOf(config: TracingConfig): TraceReceiver[] {
  const receivers: TraceReceiver[] = [];
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT)
    receivers.push({
      url: `${withoutSlash(config.OTEL_EXPORTER_OTLP_ENDPOINT)}/v1/traces`,
      headers: headersFrom(config.OTEL_EXPORTER_OTLP_HEADERS ?? ""),
    });
  const { LANGFUSE_BASE_URL: base, LANGFUSE_PUBLIC_KEY: name, LANGFUSE_SECRET_KEY: secret } = config;
  if (base && name && secret)
    receivers.push({
      url: `${withoutSlash(base)}/api/public/otel/v1/traces`,
      headers: { authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}` },
    });
  return receivers;
}
