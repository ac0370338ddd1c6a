import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../../platform/auth/viewer.js";
import type { Message } from "../domain/answer.js";
import { someViewer } from "../testing/room.js";
import { openScene, type Scene } from "../testing/scene.js";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => scene.reset());

const messagesOf = async (viewer: Viewer, id: string, terms?: readonly string[]): Promise<readonly Message[]> =>
  (await scene.second.conversations.messages(viewer, id, { first: 100, after: undefined }, terms)).rows;
const saidIn = async (viewer: Viewer, id: string): Promise<string[]> =>
  (await messagesOf(viewer, id)).map(({ content }) => content);

/** A chat of these questions; the reply to each repeats it. */
async function chat(viewer: Viewer, ...questions: string[]): Promise<string> {
  let conversationId: string | undefined;
  for (const question of questions) {
    scene.llm.say([`답: ${question}`]);
    const answer = await scene.ask(viewer, { question, conversationId });
    conversationId = answer.conversationId;
    await scene.all(viewer, answer.id);
  }
  return conversationId ?? "";
}

describe("a branch", () => {
  test("has everything up to its message, answers and all, and goes its own way", async () => {
    const viewer = someViewer();
    const id = await chat(viewer, "첫째?", "둘째?", "셋째?");
    const messages = await messagesOf(viewer, id);
    const point = { messageId: messages[3]?.id ?? "", including: true, title: "가지" };
    const branch = await scene.second.conversations.branch(viewer, point, "trace");
    expect(branch).toMatchObject({
      title: "가지",
      branchedFrom: { conversationId: id, messageId: messages[2]?.id },
    });
    const copied = await messagesOf(viewer, branch?.id ?? "");
    expect(copied.map(({ role, content }) => [role, content])).toEqual(
      messages.slice(0, 4).map(({ role, content }) => [role, content]),
    );
    const [copy] = await scene.second.answers.find(viewer, [copied[3]?.answerId ?? ""]);
    expect(copy).toMatchObject({
      conversationId: branch?.id,
      questionId: copied[2]?.id,
      text: "답: 둘째?",
      rating: null,
    });
    scene.llm.say(["새 답"]);
    const anew = await scene.second.asking.regenerate(viewer, copy?.id ?? "", "trace");
    await scene.all(viewer, anew?.id ?? "");
    expect(await saidIn(viewer, branch?.id ?? "")).toEqual(["첫째?", "답: 첫째?", "둘째?", "새 답"]);
    expect(await saidIn(viewer, id)).toEqual(["첫째?", "답: 첫째?", "둘째?", "답: 둘째?", "셋째?", "답: 셋째?"]);
    await scene.second.conversations.remove(viewer, id, "trace");
    expect(await saidIn(viewer, branch?.id ?? "")).toHaveLength(4);
    expect((await scene.second.conversations.find(viewer, [branch?.id ?? ""]))[0]?.branchedFrom).toBeNull();
  });

  test("in which a message was edited asks it in its new words, as it was asked, and knows what came before only", async () => {
    const viewer = someViewer();
    const id = await chat(viewer, "첫째?", "둘째?", "셋째?");
    const messages = await messagesOf(viewer, id);
    scene.llm.say(["고친 답"]);
    const n = scene.llm.requests.length + 1;
    const edited = { messageId: messages[2]?.id ?? "", question: "고친 둘째?", idempotencyKey: "once" };
    const [answer, twin] = await Promise.all([
      scene.first.asking.edit(viewer, edited, "trace"),
      scene.second.asking.edit(viewer, edited, "trace"),
    ]);
    expect(twin?.id).toBe(answer?.id);
    expect(answer).toMatchObject({ question: "고친 둘째?", grounding: "AUTO" });
    await scene.all(viewer, answer?.id ?? "");
    const asked = (await scene.llm.request(n)).messages.map(({ content }) => content).join("\n");
    expect(asked).toContain("첫째?");
    expect(asked).not.toContain("셋째?");
    expect(await saidIn(viewer, answer?.conversationId ?? "")).toEqual(["첫째?", "답: 첫째?", "고친 둘째?", "고친 답"]);
    expect(await saidIn(viewer, id)).toHaveLength(6);
    const { total } = await scene.second.conversations.list(viewer, { first: 10, after: undefined });
    expect(total).toBe(2);
  });

  test("of another user's chat there is none", async () => {
    const viewer = someViewer();
    const [question] = await messagesOf(viewer, await chat(viewer, "비밀?"));
    for (const stranger of [someViewer({ tenantId: viewer.tenantId }), someViewer({ userId: viewer.userId })]) {
      const messageId = question?.id ?? "";
      const point = { messageId, including: true, title: undefined };
      expect(await scene.second.conversations.branch(stranger, point, "trace")).toBeUndefined();
      const edited = { messageId, question: "?", idempotencyKey: undefined };
      expect(await scene.second.asking.edit(stranger, edited, "trace")).toBeUndefined();
      expect((await scene.second.conversations.list(stranger, { first: 10, after: undefined })).total).toBe(0);
    }
  });
});

describe("a search over one's own chats", () => {
  test("finds those in which all words stand, in any case, and takes signs of patterns as they are", async () => {
    const viewer = someViewer();
    const leave = await chat(viewer, "Annual LEAVE 연차 100% 규정?");
    await chat(viewer, "출장비 규정?");
    await chat(someViewer({ tenantId: viewer.tenantId }), "연차 규정?");
    const found = async (...terms: string[]): Promise<string[]> =>
      (await scene.second.conversations.list(viewer, { first: 10, after: undefined }, terms)).rows.map(({ id }) => id);
    expect(await found("leave", "연차")).toEqual([leave]);
    expect(await found("규정")).toHaveLength(2);
    expect(await found("100%")).toEqual([leave]);
    expect(await found("%%")).toEqual([]);
    expect(await found("\\")).toEqual([]);
    expect(await found("연차", "출장비")).toEqual([]);
    expect((await messagesOf(viewer, leave, ["답:", "leave"])).map(({ role }) => role)).toEqual(["ASSISTANT"]);
  });
});
