import { afterAll, beforeAll, expect, test } from "vitest";
import { createTracing } from "../../../platform/telemetry/open-tracing.js";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../../../platform/telemetry/otlp-receiver.js";
import { receiversOf, type Tracing } from "../../../platform/telemetry/tracing.js";
import { someViewer } from "../testing/room.js";
import { openScene, question, type Scene } from "../testing/scene.js";
import { userReference } from "./answer-trace.js";

const TRACE = "ab".repeat(16);
const CLIENT_SPAN = "cd".repeat(8);

let receiver: OtlpReceiver;
let tracing: Tracing;
let scene: Scene;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  const keys = { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk" };
  tracing = await createTracing("test", receiversOf({ LANGFUSE_BASE_URL: receiver.url, ...keys }));
  scene = await openScene({ tracing });
});
afterAll(async () => {
  await scene?.close();
  await tracing?.close();
  await receiver?.[Symbol.asyncDispose]();
});

/** The spans of a trace, once its answer's own is there. */
async function spansOf(traceId: string): Promise<Record<string, ReceivedSpan>> {
  const ofTrace = () => receiver.spans.filter((span) => span.traceId === traceId);
  await expect.poll(() => ofTrace().map(({ name }) => name), { timeout: 15_000 }).toContain("answer");
  return Object.fromEntries(ofTrace().map((span) => [span.name, span]));
}

test("a question is one trace under its client's span: search, reranking and generation, with usage, cost, user and session", async () => {
  scene.reset();
  scene.stages = [
    { name: "VECTOR", status: "OK", milliseconds: 3 },
    { name: "RERANK", status: "OK", milliseconds: 2 },
  ];
  const viewer = someViewer();
  const asked = await scene.first.asking.ask(viewer, question(), TRACE, CLIENT_SPAN);
  const id = asked?.id ?? "";
  await scene.all(viewer, id);
  const { answer, retrieval, rerank, generation } = await spansOf(TRACE);
  expect(answer).toMatchObject({ traceId: TRACE, parentSpanId: CLIENT_SPAN, status: 0 });
  expect([retrieval?.parentSpanId, generation?.parentSpanId]).toEqual([answer?.spanId, answer?.spanId]);
  expect(rerank?.parentSpanId).toBe(retrieval?.spanId);
  expect((rerank?.endMs ?? 0) - (rerank?.startMs ?? 0)).toBeCloseTo(2, 1);
  for (const span of [answer, retrieval, rerank, generation])
    expect(span?.attributes).toMatchObject({
      "user.id": viewer.userId,
      "session.id": asked?.conversationId,
      "langfuse.trace.name": "ask",
      "langfuse.trace.metadata.tenant": viewer.tenantId,
    });
  expect(retrieval?.attributes).toMatchObject({
    "langfuse.observation.type": "retriever",
    "langfuse.observation.input": JSON.stringify("연차는 며칠인가요?"),
    "langfuse.observation.output": expect.stringContaining('"chunkId":"chk_rule"'),
  });
  const stored = await scene.stored(viewer, id);
  expect(generation?.attributes).toMatchObject({
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "double",
    "langfuse.observation.output": JSON.stringify(stored.text),
    "langfuse.observation.usage_details": JSON.stringify({ input: 100, output: 4, total: 104 }),
    "langfuse.observation.cost_details": JSON.stringify({ total: 0.005 }),
    "langfuse.observation.completion_start_time": expect.stringMatching(/^"\d{4}-\d\d-\d\dT.*Z"$/),
    "gen_ai.usage.input_tokens": 100,
  });
  expect(answer?.attributes["langfuse.trace.output"]).toBe(JSON.stringify(stored.text));
});

test("nobody's personal data leaves in a trace: not the question's, not the model's, not the user's", async () => {
  scene.llm.say(["담당자는 010-", "1234-5678, kim", "@example.com 입니다."]);
  const viewer = someViewer({ userId: "lee.minho@example.com" });
  const traceId = "12".repeat(16);
  const asked = await scene.first.asking.ask(
    viewer,
    question({ question: "내 번호 010-9999-8888 의 연차는?" }),
    traceId,
  );
  await scene.all(viewer, asked?.id ?? "");
  const { answer } = await spansOf(traceId);
  expect(answer).toMatchObject({ parentSpanId: "", attributes: { "user.id": userReference(viewer.userId) } });
  expect(answer?.attributes["langfuse.trace.output"]).toContain("[PHONE_NUMBER]");
  expect(receiver.bytes()).not.toMatch(/010-\d{4}|@example\.com|minho/);
});

test("an answer that fails is a trace that failed, and says why", async () => {
  scene.llm.say(["반쯤 ", "<cut>"]);
  const viewer = someViewer();
  const traceId = "34".repeat(16);
  const asked = await scene.first.asking.ask(viewer, question(), traceId);
  expect((await scene.all(viewer, asked?.id ?? "")).at(-1)?.event.type).toBe("failed");
  const { answer, generation } = await spansOf(traceId);
  for (const span of [answer, generation])
    expect(span).toMatchObject({
      status: 2,
      attributes: { "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "UNAVAILABLE" },
    });
});

test("a receiver that hangs holds up no answer", async () => {
  await using hanging = await startOtlpReceiver("<hang>");
  const slow = await createTracing("test", receiversOf({ OTEL_EXPORTER_OTLP_ENDPOINT: hanging.url }));
  const other = await openScene({ tracing: slow });
  try {
    other.reset();
    const viewer = someViewer();
    for (let n = 0; n < 3; n++) {
      const asked = await other.ask(viewer);
      expect((await other.all(viewer, asked.id)).at(-1)?.event.type).toBe("completed");
    }
  } finally {
    await other.close();
    await slow.close();
  }
});
