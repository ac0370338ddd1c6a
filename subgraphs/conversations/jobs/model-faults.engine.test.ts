import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { someViewer } from "../testing/room.js";
import { openScene, type Scene, textOf } from "../testing/scene.js";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => scene.reset());

describe("a model's server", () => {
  test.each(["<429>", "<reset>"])(
    "that fails (%s) before the first word is asked again, and the answer knows nothing of it",
    async (fault) => {
      const viewer = someViewer();
      scene.llm.say([fault], [fault], ["그래도 답"]);
      const n = scene.llm.requests.length;
      const answer = await scene.ask(viewer);
      const entries = await scene.all(viewer, answer.id);
      expect(textOf(entries)).toBe("그래도 답");
      expect(scene.llm.requests.length - n).toBe(3);
      expect(await scene.stored(viewer, answer.id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    },
  );

  test("that refuses a storm of questions ends each as one to try again, and answers the next once it is over", async () => {
    const viewer = someViewer();
    scene.llm.say(["<429>"]);
    const asked = await Promise.all(Array.from({ length: 12 }, () => scene.ask(viewer)));
    const ends = await Promise.all(asked.map(async ({ id }) => (await scene.all(viewer, id)).at(-1)?.event));
    for (const end of ends)
      expect(end).toMatchObject({
        type: "failed",
        failure: { code: "UNAVAILABLE", component: "LLM", retryable: true },
      });
    scene.reset();
    const next = await scene.ask(viewer);
    expect((await scene.all(viewer, next.id)).at(-1)?.event.type).toBe("completed");
  });

  test("that broke off after its first word is never asked again", async () => {
    const viewer = someViewer();
    scene.llm.say(["halb ", "<cut>"], ["anders"]);
    const n = scene.llm.requests.length;
    const answer = await scene.ask(viewer);
    expect((await scene.all(viewer, answer.id)).at(-1)?.event).toMatchObject({ type: "failed" });
    expect(scene.llm.requests.length - n).toBe(1);
  });
});
