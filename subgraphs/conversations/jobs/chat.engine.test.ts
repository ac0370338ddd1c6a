import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tenantKey } from "../../../platform/redis/redis.js";
import { someViewer } from "../testing/room.js";
import { openScene, type Scene } from "../testing/scene.js";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => scene.reset());

describe("chats", () => {
  test("a repeated idempotency key is one question, also when both come at once", async () => {
    const viewer = someViewer();
    const twins = await Promise.all([
      scene.ask(viewer, { idempotencyKey: "k" }),
      scene.ask(viewer, { idempotencyKey: "k" }),
    ]);
    const again = await scene.ask(viewer, { idempotencyKey: "k" });
    expect(new Set([...twins, again].map((answer) => answer.id)).size).toBe(1);
    expect((await scene.second.conversations.list(viewer, { first: 10, after: undefined })).total).toBe(1);
    await scene.all(viewer, again.id);
    const other = await scene.ask(someViewer({ tenantId: viewer.tenantId }), { idempotencyKey: "k" });
    expect(other.id).not.toBe(again.id);
  });

  test("the next question knows the last one, from the session and, without it, from the durable history", async () => {
    const viewer = someViewer();
    const before = await scene.ask(viewer);
    await scene.all(viewer, before.id);
    const { conversationId } = before;
    const key = tenantKey(viewer.tenantId, "chat", "session", conversationId, "messages");
    const askAgain = async (): Promise<readonly { role: string; content: string }[]> => {
      const n = scene.llm.requests.length + 1;
      const next = await scene.ask(viewer, { conversationId, question: "그럼 신청은?" });
      const entries = await scene.all(viewer, next.id);
      expect(entries.at(-1)?.event.type).toBe("completed");
      return (await scene.llm.request(n)).messages;
    };
    await expect.poll(() => scene.first.redis.llen(key)).toBe(2);
    expect(
      (await scene.first.redis.lrange(key, 0, -1)).map((entry) => Object.keys(JSON.parse(entry) as object).sort()),
    ).toEqual(Array(2).fill(["content", "id", "role", "timestamp", "tokens"]));
    expect(await scene.first.redis.ttl(key)).toBeGreaterThan(86_000);
    expect((await askAgain()).map((message) => message.role)).toEqual(["system", "user", "assistant", "user"]);
    expect(scene.searched.findLast((entry) => entry.viewer === viewer.userId)?.query).toBe(
      "연차는 며칠인가요? 그럼 신청은?",
    );
    await scene.first.redis.del(key);
    expect(await askAgain()).toHaveLength(6);
  });

  test("a regenerated answer takes the old one's place in the chat", async () => {
    const viewer = someViewer();
    const before = await scene.ask(viewer);
    await scene.all(viewer, before.id);
    scene.llm.say(["새 답"]);
    const n = scene.llm.requests.length + 1;
    const after = await scene.first.asking.regenerate(viewer, before.id, "trace");
    await scene.all(viewer, after?.id ?? "");
    expect((await scene.llm.request(n)).messages.map((message) => message.role)).toEqual(["system", "user"]);
    const { rows } = await scene.second.conversations.messages(viewer, before.conversationId, {
      first: 10,
      after: undefined,
    });
    expect(rows.map((row) => [row.role, row.content])).toEqual([
      ["USER", "연차는 며칠인가요?"],
      ["ASSISTANT", "새 답"],
    ]);
  });

  test("a deleted conversation is gone with its stream, and its answer under way stops", async () => {
    const viewer = someViewer();
    scene.llm.say(["쓰는 중 ", "<hang>"]);
    const n = scene.llm.requests.length + 1;
    const answer = await scene.ask(viewer);
    await scene.until(viewer, answer.id, "쓰는");
    const ids = await scene.second.conversations.remove(viewer, answer.conversationId, "trace");
    await scene.second.asking.abandon(viewer, answer.conversationId, ids ?? []);
    await (await scene.llm.request(n)).closed;
    expect(await scene.second.answers.find(viewer, [answer.id])).toEqual([]);
  });
});
