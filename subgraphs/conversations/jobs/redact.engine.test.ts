import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SOURCE_DELETED } from "../domain/redaction.js";
import { passage } from "../testing/passages.js";
import { someViewer } from "../testing/room.js";
import { openScene, RULE, type Scene, textOf } from "../testing/scene.js";
import { redactDocument } from "./redact.js";

const OTHER = passage({ chunkId: "chk_other", documentId: "doc_other", text: "출장비는 재무팀에 제출한다." });
const signal = new AbortController().signal;
let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => {
  scene.reset();
  scene.found = async () => [RULE, OTHER];
  scene.llm.say(["연차는 15일을 준다 [1]. ", "출장비는 재무팀에 제출한다 [2]."]);
});

describe("deleting a document", () => {
  test("takes its words out of every user's answers, messages, streams and sessions, once, with one count", async () => {
    const [kim, lee] = [someViewer(), someViewer()].map((one, _, [first]) => ({
      ...one,
      tenantId: first?.tenantId ?? "",
    }));
    if (!kim || !lee) throw new Error("no viewers");
    const answers = [await scene.ask(kim), await scene.ask(kim), await scene.ask(lee)];
    for (const [i, answer] of answers.entries()) await scene.all(i === 2 ? lee : kim, answer.id);
    const rating = {
      rating: "DOWN",
      reason: null,
      correctedAnswer: "입사 1년이 지난 직원에게 연차 15일을 준다!",
    } as const;
    await scene.second.answers.rate(kim, answers[0]?.id ?? "", rating, "trace");
    const redact = () => redactDocument(scene.second, kim.tenantId, "doc_rule", signal);
    const removed = { citations: 3, passages: 3, answers: 3, feedback: 1 };
    expect(await redact()).toEqual(removed);
    expect(await redact()).toEqual(removed);
    for (const [i, { id, conversationId }] of answers.entries()) {
      const viewer = i === 2 ? lee : kim;
      const stored = await scene.stored(viewer, id);
      expect(stored.text).toBe(`${SOURCE_DELETED} [1]. 출장비는 재무팀에 제출한다 [2].`);
      expect(stored.citations).toMatchObject([
        { marker: 1, quote: "", boxes: [], sourceDeleted: true, passageHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        { marker: 2, quote: OTHER.text, sourceDeleted: false },
      ]);
      expect(JSON.stringify(stored)).not.toContain("15일");
      const events = await scene.all(viewer, id);
      expect(JSON.stringify(events)).not.toContain("15일");
      expect(events.at(-1)?.event.type).toBe("completed");
      const { rows } = await scene.second.conversations.messages(viewer, conversationId, {
        first: 10,
        after: undefined,
      });
      expect(rows.map(({ content }) => content)).not.toContainEqual(expect.stringContaining("15일"));
      expect(await scene.second.session.read(viewer.tenantId, conversationId)).toBeUndefined();
    }
  });

  test("in another tenant leaves this one's answers as they are", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    await scene.all(viewer, answer.id);
    expect(await redactDocument(scene.second, someViewer().tenantId, "doc_rule", signal)).toEqual({});
    expect((await scene.stored(viewer, answer.id)).text).toContain("15일");
  });

  test("while an answer is being written redacts that answer too", async () => {
    const viewer = someViewer();
    const go = Promise.withResolvers<void>();
    scene.llm.say(["연차는 15일을 ", { wait: go.promise }, "준다 [1]."]);
    const answer = await scene.ask(viewer);
    await scene.until(viewer, answer.id, "15일");
    await redactDocument(scene.second, viewer.tenantId, "doc_rule", signal);
    const rest = scene.all(viewer, answer.id);
    go.resolve();
    expect((await rest).at(-1)?.event.type).toBe("completed");
    expect(await scene.stored(viewer, answer.id)).toMatchObject({
      text: `${SOURCE_DELETED} [1].`,
      citations: [{ sourceDeleted: true, quote: "" }],
    });
    expect(textOf(await scene.all(viewer, answer.id))).toBe("");
  });

  test("is the only thing that changes a citation", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    await scene.all(viewer, answer.id);
    const change = (assignment: string) =>
      scene.second.postgres.system(async (tx) => {
        await tx.query("SELECT set_config('llmflow.tenant_id', $1, true)", [viewer.tenantId]);
        await tx.query(`UPDATE citations SET ${assignment} WHERE answer_id = $1`, [answer.id]);
      });
    for (const assignment of [
      "quote = 'x'",
      "support = 'SUPPORTED', marker = 7",
      "quote = '', boxes = '[]', source_deleted = true, file_name = 'x'",
    ])
      await expect(change(assignment)).rejects.toThrow("immutable");
    await expect(
      scene.second.postgres.as(viewer, (tx) => tx.query("DELETE FROM citations WHERE answer_id = $1", [answer.id])),
    ).rejects.toThrow("permission denied");
  });
});
