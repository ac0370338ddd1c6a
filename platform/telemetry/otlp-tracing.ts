import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  RandomIdGenerator,
} from "@opentelemetry/sdk-trace-node";
import type { TraceAttributes, TraceReceiver, Tracing } from "./tracing.js";

/** Spans that wait to be sent, per receiver; what comes beyond is dropped. */
const QUEUE = 2048;
const BATCH = 256;
const EVERY_MS = 1000;
const SEND_LIMIT_MS = 5000;
const CLOSE_LIMIT_MS = 3000;

const defined = (attributes: TraceAttributes): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** Spans over OTLP/HTTP with protobuf, in batches and in the background. */
export function createOtlpTracing(service: string, receivers: readonly TraceReceiver[]): Tracing {
  const ids = new RandomIdGenerator();
  // The first span of a trace must bear the id that the client and the logs know: it is handed over between two lines below.
  let traceIdOfNext: string | undefined;
  const provider = new BasicTracerProvider({
    sampler: new AlwaysOnSampler(),
    idGenerator: { generateSpanId: ids.generateSpanId, generateTraceId: () => traceIdOfNext ?? ids.generateTraceId() },
    spanProcessors: receivers.map(
      ({ url, headers }) =>
        new BatchSpanProcessor(new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: SEND_LIMIT_MS }), {
          maxQueueSize: QUEUE,
          maxExportBatchSize: BATCH,
          scheduledDelayMillis: EVERY_MS,
          exportTimeoutMillis: SEND_LIMIT_MS,
        }),
    ),
  });
  const tracer = provider.getTracer("llmflow");
  return {
    start(name, { traceId, spanId }, attributes = {}, at) {
      const under =
        spanId === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
      traceIdOfNext = traceId;
      const span = tracer.startSpan(
        name,
        {
          attributes: { "llmflow.service": service, ...defined(attributes) },
          ...(at === undefined ? {} : { startTime: new Date(at) }),
        },
        under,
      );
      traceIdOfNext = undefined;
      return {
        context: { traceId, spanId: span.spanContext().spanId },
        set: (more) => void span.setAttributes(defined(more)),
        fail: (message) => void span.setStatus({ code: SpanStatusCode.ERROR, message }),
        end: (time) => span.end(time === undefined ? undefined : new Date(time)),
      };
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_LIMIT_MS);
      });
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
