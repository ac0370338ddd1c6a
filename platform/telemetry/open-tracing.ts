import { NO_TRACING, type TraceReceiver, type Tracing } from "./tracing.js";

/** Tracing to these receivers; the SDK is only loaded where there is one. */
export async function createTracing(service: string, receivers: readonly TraceReceiver[]): Promise<Tracing> {
  if (receivers.length === 0) return NO_TRACING;
  const { createOtlpTracing } = await import("./otlp-tracing.js");
  return createOtlpTracing(service, receivers);
}
