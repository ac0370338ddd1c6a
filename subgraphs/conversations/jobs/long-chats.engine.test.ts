import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { someViewer } from "../testing/room.js";
import { openScene, type Scene } from "../testing/scene.js";

const LONG = "연차 규정에 대한 긴 설명입니다. ".repeat(60);

const conversationOf = async (scene: Scene, viewer: Viewer, id: string) => {
  const [conversation] = await scene.second.conversations.find(viewer, [id]);
  if (!conversation) throw new Error("no such conversation");
  return conversation;
};
/** Asks one question after another in one chat; resolves to the chat's id. */
async function chat(
  scene: Scene,
  viewer: Viewer,
  questions: readonly string[],
  conversationId?: string,
): Promise<string> {
  let id = conversationId;
  for (const question of questions) {
    const answer = await scene.ask(viewer, { question, conversationId: id, grounding: "NONE" });
    id = answer.conversationId;
    await scene.all(viewer, answer.id);
    await expect
      .poll(() => scene.second.session.read(viewer.tenantId, answer.conversationId))
      .toEqual(expect.arrayContaining([expect.objectContaining({ role: "user", content: question })]));
  }
  return id ?? "";
}
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `질문 ${from + i}번은 무엇인가요? ${LONG}`);

describe("a chat longer than its model's window, without a model for small works", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ window: 8000, counts: true });
  });
  afterAll(() => scene?.close());
  beforeEach(() => scene.reset());

  test("keeps its beginning as a summary in the system prompt, refreshed, and the newest messages as they were", async () => {
    const viewer = someViewer();
    const id = await chat(scene, viewer, numbered(1, 8));
    await expect.poll(async () => (await conversationOf(scene, viewer, id)).summary.text).toContain("질문 1번");
    const first = (await conversationOf(scene, viewer, id)).summary;
    const n = scene.llm.requests.length + 1;
    await chat(scene, viewer, ["그래서 며칠인가요?"], id);
    const [system, ...rest] = (await scene.llm.request(n)).messages;
    expect(system?.content).toContain("질문 1번");
    expect(rest.map(({ content }) => content).join()).not.toContain("질문 1번");
    expect(rest.map(({ content }) => content).join()).toContain("질문 8번");
    await chat(scene, viewer, numbered(9, 14), id);
    await expect.poll(async () => (await conversationOf(scene, viewer, id)).summary.through).not.toBe(first.through);
    const { total } = await scene.second.conversations.messages(viewer, id, { first: 1, after: undefined });
    expect(total, "the durable history keeps every message").toBe(30);
  });

  test("counts a message with the model's own tokenizer", async () => {
    const viewer = someViewer();
    const id = await chat(scene, viewer, ["one two three four five"]);
    const { rows } = await scene.second.conversations.messages(viewer, id, { first: 10, after: undefined });
    expect(rows.map(({ role, tokens }) => [role, tokens])).toEqual([
      ["USER", 5],
      ["ASSISTANT", 4],
    ]);
  });
});

describe("with a model for small works", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ assists: true });
  });
  afterAll(() => scene?.close());
  beforeEach(() => scene.reset());

  test("a follow-up is searched for as the model rewrites it, and shows how; the work is counted", async () => {
    const viewer = someViewer();
    const before = await scene.ask(viewer);
    await scene.all(viewer, before.id);
    scene.llm.say(["시간제 직원의 ", "연차는 며칠인가요? 담당 010-1234-5678"], ["시간제도 15일이다 [1]."]);
    const answer = await scene.ask(viewer, { conversationId: before.conversationId, question: "그럼 시간제는?" });
    const entries = await scene.all(viewer, answer.id);
    const searchQuery = "시간제 직원의 연차는 며칠인가요? 담당 [PHONE_NUMBER]";
    expect(scene.searched.at(-1)?.query).toBe(searchQuery);
    expect(entries.flatMap(({ event }) => (event.type === "stage" ? [event.searchQuery] : []))).toContain(searchQuery);
    expect(await scene.stored(viewer, answer.id)).toMatchObject({ question: "그럼 시간제는?", searchQuery });
    const { rows } = await scene.second.services.usage.report(viewer, {
      ofTenant: false,
      by: "MODEL",
      from: new Date(Date.now() - 3_600_000),
      until: new Date(Date.now() + 3_600_000),
      currency: "USD",
    });
    expect(rows).toMatchObject([{ key: "double", calls: 3 }]);
  });

  test("a follow-up that the model does not rewrite is searched for by rule", async () => {
    const viewer = someViewer();
    const before = await scene.ask(viewer);
    await scene.all(viewer, before.id);
    scene.llm.say(["<cut>"], ["네."]);
    const answer = await scene.ask(viewer, { conversationId: before.conversationId, question: "그럼 신청은?" });
    expect((await scene.all(viewer, answer.id)).at(-1)?.event.type).toBe("completed");
    expect((await scene.stored(viewer, answer.id)).searchQuery).toBe("연차는 며칠인가요? 그럼 신청은?");
  });

  test("a question that stands alone is not rewritten", async () => {
    const viewer = someViewer();
    const before = await scene.ask(viewer);
    await scene.all(viewer, before.id);
    const n = scene.llm.requests.length;
    const question = "노트북 교체 주기와 신청 절차는 무엇인가요?";
    const answer = await scene.ask(viewer, { conversationId: before.conversationId, question });
    await scene.all(viewer, answer.id);
    expect(scene.llm.requests).toHaveLength(n + 1);
    expect((await scene.stored(viewer, answer.id)).searchQuery).toBe(question);
  });
});
