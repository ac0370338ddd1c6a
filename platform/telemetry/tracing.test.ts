import { describe, expect, test } from "vitest";
import { createTracing } from "./open-tracing.js";
import { startOtlpReceiver } from "./otlp-receiver.js";
import { traceFrom, traceparent } from "./trace.js";
import { NO_TRACING, receiversOf } from "./tracing.js";

const TRACE = "ab".repeat(16);
const SPAN = "cd".repeat(8);

describe("a traceparent", () => {
  test("of a span that was recorded is a place to go on; of one that was not, only its trace is", () => {
    expect(traceFrom(traceparent(TRACE, SPAN))).toEqual({ traceId: TRACE, spanId: SPAN });
    expect(traceFrom(traceparent(TRACE))).toEqual({ traceId: TRACE, spanId: undefined });
  });

  test.each([undefined, "", "00-1-2-3", `00-${"0".repeat(32)}-${SPAN}-01`, `ff-${TRACE}-${SPAN}-01`])(
    "that is malformed (%s) begins a new trace",
    (header) => {
      const { traceId, spanId } = traceFrom(header);
      expect(traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
      expect(spanId).toBeUndefined();
    },
  );
});

describe("spans", () => {
  test("come to a receiver of OTLP with their trace's own id, parents, times and attributes", async () => {
    await using receiver = await startOtlpReceiver();
    const tracing = await createTracing(
      "test",
      receiversOf({ OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`, OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%2Cb" }),
    );
    const root = tracing.start(
      "root",
      { traceId: TRACE, spanId: undefined },
      { text: "글", count: 3, gone: undefined },
      1000,
    );
    const child = tracing.start("child", root.context);
    child.fail("it broke");
    child.end();
    root.set({ ratio: 0.5, yes: true });
    root.end(2500);
    tracing.start("elsewhere", { traceId: TRACE, spanId: SPAN }).end();
    await tracing.close();
    expect(receiver.requests[0]).toMatchObject({ path: "/v1/traces", headers: { "x-key": "a,b" } });
    const named = Object.fromEntries(receiver.spans.map((span) => [span.name, span]));
    expect(named["root"]).toMatchObject({
      traceId: TRACE,
      parentSpanId: "",
      startMs: 1000,
      endMs: 2500,
      attributes: { text: "글", count: 3, ratio: 0.5, yes: true, "llmflow.service": "test" },
    });
    expect(named["child"]).toMatchObject({ traceId: TRACE, parentSpanId: named["root"]?.spanId, status: 2 });
    expect(named["elsewhere"]).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
  });

  test("come to Langfuse under its path and with its keys", async () => {
    await using receiver = await startOtlpReceiver();
    const keys = { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk" };
    const tracing = await createTracing("test", receiversOf({ LANGFUSE_BASE_URL: receiver.url, ...keys }));
    tracing.start("one", { traceId: TRACE, spanId: undefined }).end();
    await tracing.close();
    expect(receiver.requests).toMatchObject([
      {
        path: "/api/public/otel/v1/traces",
        headers: { authorization: `Basic ${btoa("pk:sk")}`, "content-type": "application/x-protobuf" },
      },
    ]);
  });

  test.each([500, "<hang>"] as const)("for a receiver that fails (%s) are let go, and nobody waits", async (answer) => {
    await using receiver = await startOtlpReceiver(answer);
    const tracing = await createTracing("test", receiversOf({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }));
    for (let n = 0; n < 5000; n++) tracing.start("many", { traceId: TRACE, spanId: undefined }).end();
    await tracing.close();
    expect(receiver.spans.length).toBeLessThan(5000);
  });

  test("go nowhere where no receiver is named", async () => {
    expect(receiversOf({ LANGFUSE_BASE_URL: "http://langfuse", LANGFUSE_PUBLIC_KEY: "pk" })).toEqual([]);
    expect(await createTracing("test", [])).toBe(NO_TRACING);
  });
});
