import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { passage } from "../testing/passages.js";
import { someViewer } from "../testing/room.js";
import { openScene, question, RULE, type Scene, textOf } from "../testing/scene.js";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => scene.reset());

describe("an answer's stream", () => {
  test("holds every event once, in order, without gaps, and ends with the stored answer", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    expect(answer.status).toBe("QUEUED");
    const entries = await scene.all(viewer, answer.id);
    expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, i) => i + 1));
    const stages = entries.flatMap(({ event }) => (event.type === "stage" ? [event.stage] : []));
    expect(stages).toEqual(["QUEUED", "RETRIEVING", "RETRIEVED", "GENERATING"]);
    expect(entries.at(-1)?.event.type).toBe("completed");
    expect(textOf(entries)).toBe("연차는 15일을 준다 [1].");
    expect(await scene.stored(viewer, answer.id)).toMatchObject({
      status: "COMPLETED",
      text: "연차는 15일을 준다 [1].",
      citations: [{ marker: 1, chunkId: "chk_rule", support: "SUPPORTED" }],
      usage: { promptTokens: 100, completionTokens: 4 },
      finalSequence: entries.length,
    });
  });

  test("resumes after every sequence, on another replica, with exactly the rest", async () => {
    const viewer = someViewer();
    scene.llm.say([..."연차 열닷새를 준다".split("").map((c) => c), " [1]."]);
    const answer = await scene.ask(viewer);
    const whole = await scene.all(viewer, answer.id, { replica: scene.first });
    for (const { sequence } of whole)
      expect(await scene.all(viewer, answer.id, { after: sequence })).toEqual(whole.slice(sequence));
  });

  test("two readers, one of them late, see the same events", async () => {
    const viewer = someViewer();
    const go = Promise.withResolvers<void>();
    scene.llm.say(["먼저 ", { wait: go.promise }, "나중"]);
    const answer = await scene.ask(viewer);
    const early = scene.all(viewer, answer.id, { replica: scene.first });
    await scene.until(viewer, answer.id, "먼저");
    const late = scene.all(viewer, answer.id);
    go.resolve();
    expect(await early).toEqual(await late);
    expect(textOf(await late)).toBe("먼저 나중");
  });

  test("that was forgotten is rebuilt as its end, with the sequence it had", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    const whole = await scene.all(viewer, answer.id);
    await scene.first.stream.forget(viewer.tenantId, [answer.id]);
    const end = whole.at(-1);
    expect(await scene.all(viewer, answer.id)).toEqual([
      { sequence: end?.sequence, event: { type: "completed", at: expect.any(Number) } },
    ]);
    expect(await scene.all(viewer, answer.id, { after: 3 })).toHaveLength(1);
    expect(await scene.all(viewer, answer.id, { after: end?.sequence ?? 0 })).toEqual([]);
  });

  test("belongs to its user: another user of the tenant, and another tenant, find nothing", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    for (const stranger of [
      someViewer({ tenantId: viewer.tenantId, roles: ["admin"] }),
      someViewer({ userId: viewer.userId }),
    ]) {
      await expect(scene.all(stranger, answer.id)).rejects.toThrow("no such answer");
      expect(await scene.second.asking.cancel(stranger, answer.id, "trace")).toBeUndefined();
      expect(await scene.second.asking.regenerate(stranger, answer.id, "trace")).toBeUndefined();
      expect(
        await scene.second.asking.ask(stranger, question({ conversationId: answer.conversationId }), "trace"),
      ).toBeUndefined();
      expect(await scene.second.conversations.find(stranger, [answer.conversationId])).toEqual([]);
      expect(
        (await scene.second.conversations.messages(stranger, answer.conversationId, { first: 10, after: undefined }))
          .rows,
      ).toEqual([]);
    }
    await scene.all(viewer, answer.id);
  });
});

describe("the model's text", () => {
  test("markers cut over deltas and markers that point nowhere never reach a reader", async () => {
    const viewer = someViewer();
    scene.llm.say(["15일 [", "9", "] 또는 ", "[", "1", "]", " 그리고 [1, ", "4]"]);
    const answer = await scene.ask(viewer);
    const entries = await scene.all(viewer, answer.id);
    expect(textOf(entries)).not.toMatch(/\[(?!1\])/);
    expect(await scene.stored(viewer, answer.id)).toMatchObject({
      removedMarkers: [9, 4],
      citations: [{ marker: 1 }, { marker: 1 }],
    });
  });

  test("personal data cut over deltas is masked in stream and store", async () => {
    const viewer = someViewer();
    scene.llm.say(["담당자 전화는 010-", "1234", "-56", "78입니다."]);
    const answer = await scene.ask(viewer, { question: "내 번호 010-9999-8888 로 연락해 줘" });
    expect(answer.question).toBe("내 번호 [PHONE_NUMBER] 로 연락해 줘");
    expect(textOf(await scene.all(viewer, answer.id))).toBe("담당자 전화는 [PHONE_NUMBER]입니다.");
  });

  test("a passage that an effective later one replaces is shown as superseded and is not in the prompt", async () => {
    const viewer = someViewer();
    scene.found = async () => [
      passage({
        ...RULE,
        chunkId: "chk_old",
        documentId: "doc_old",
        effectiveDate: "2019-01-01",
        text: "입사 1년이 지난 직원에게 연차 12일을 준다.",
      }),
      RULE,
    ];
    const asked = scene.llm.requests.length;
    const answer = await scene.ask(viewer);
    await scene.all(viewer, answer.id);
    expect((await scene.stored(viewer, answer.id)).passages.map((p) => [p.chunkId, p.marker, p.supersededBy])).toEqual([
      ["chk_old", null, "chk_rule"],
      ["chk_rule", 1, null],
    ]);
    const prompt = (await scene.llm.request(asked + 1)).messages.at(-1)?.content;
    expect(prompt).toContain("15일");
    expect(prompt).not.toContain("12일");
  });

  test("without passages a grounded answer says so and the model is not asked", async () => {
    const viewer = someViewer();
    scene.found = async () => [];
    const asked = scene.llm.requests.length;
    const answer = await scene.ask(viewer, { grounding: "REQUIRED" });
    await scene.all(viewer, answer.id);
    expect(await scene.stored(viewer, answer.id)).toMatchObject({
      status: "COMPLETED",
      text: expect.stringContaining("찾지 못했습니다"),
    });
    expect(scene.llm.requests).toHaveLength(asked);
  });
});
