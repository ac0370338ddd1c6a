import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { UnavailableError } from "../../../platform/errors/errors.js";
import { openReplica, someViewer } from "../testing/room.js";
import { openScene, question, type Scene, textOf } from "../testing/scene.js";
import { sweepAnswers } from "./sweep.js";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => scene.reset());

describe("cancelling", () => {
  test("closes the model's connection while the model is still writing, and keeps what was written", async () => {
    const viewer = someViewer();
    scene.llm.say(["여기까지 ", "<hang>"]);
    const n = scene.llm.requests.length + 1;
    const answer = await scene.ask(viewer);
    await scene.until(viewer, answer.id, "여기까지");
    await scene.second.asking.cancel(viewer, answer.id, "trace");
    // The model hangs: only the worker can end this connection.
    await (await scene.llm.request(n)).closed;
    expect((await scene.all(viewer, answer.id)).at(-1)?.event.type).toBe("cancelled");
    expect(await scene.stored(viewer, answer.id)).toMatchObject({ status: "CANCELLED", text: "여기까지 " });
  });

  test("of an ended answer changes nothing", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    await scene.all(viewer, answer.id);
    expect(await scene.second.asking.cancel(viewer, answer.id, "trace")).toMatchObject({
      status: "COMPLETED",
      cancelRequested: false,
    });
  });

  test("happens when the last listener leaves, and not before", async () => {
    const viewer = someViewer();
    scene.llm.say(["듣는 중 ", "<hang>"]);
    const n = scene.llm.requests.length + 1;
    const answer = await scene.ask(viewer);
    const one = new AbortController();
    const two = new AbortController();
    const readers = [
      scene.all(viewer, answer.id, { replica: scene.first, cancelOnDisconnect: true, signal: one.signal }),
      scene.all(viewer, answer.id, { cancelOnDisconnect: true, signal: two.signal }),
    ];
    await scene.until(viewer, answer.id, "듣는");
    one.abort();
    await readers[0];
    expect(await scene.stored(viewer, answer.id)).toMatchObject({ status: "STREAMING", cancelRequested: false });
    two.abort();
    await readers[1];
    await (await scene.llm.request(n)).closed;
    expect((await scene.all(viewer, answer.id)).at(-1)?.event.type).toBe("cancelled");
  });

  test("happens when the process of the last listener dies", async () => {
    const viewer = someViewer();
    scene.llm.say(["듣는 중 ", "<hang>"]);
    const n = scene.llm.requests.length + 1;
    const answer = await scene.ask(viewer);
    await scene.until(viewer, answer.id, "듣는");
    const dying = await openReplica({ llmUrl: scene.llm.url, queue: scene.queue, leaseMilliseconds: 300 });
    await dying.listeners.renew(viewer.tenantId, answer.id, "a listener that is never heard of again", true);
    await dying.close();
    await (await scene.llm.request(n)).closed;
    expect((await scene.all(viewer, answer.id)).at(-1)?.event.type).toBe("cancelled");
  });
});

describe("failures", () => {
  test("a model that falls silent, or dies in mid-stream, ends the answer as one to try again", async () => {
    const viewer = someViewer();
    for (const end of ["<hang>", "<cut>"] as const) {
      const seen = Promise.withResolvers<void>();
      scene.llm.say(["반쯤 ", { wait: seen.promise }, end]);
      const answer = await scene.ask(viewer);
      await scene.until(viewer, answer.id, "반쯤");
      seen.resolve();
      expect((await scene.all(viewer, answer.id)).at(-1)?.event).toMatchObject({
        type: "failed",
        failure: { component: "LLM", retryable: true },
      });
      expect(await scene.stored(viewer, answer.id)).toMatchObject({ status: "FAILED", text: "반쯤 " });
    }
  });

  test("without retrieval there is no answer, and the reason says so", async () => {
    const viewer = someViewer();
    scene.found = async () => {
      throw new UnavailableError("retrieval", "away");
    };
    const answer = await scene.ask(viewer);
    expect((await scene.all(viewer, answer.id)).at(-1)?.event).toMatchObject({
      type: "failed",
      failure: { code: "UNAVAILABLE", retryable: true },
    });
  });

  test("an answer whose job was never queued is queued by the sweep", async () => {
    const viewer = someViewer();
    const losing = await openReplica({
      llmUrl: scene.llm.url,
      queue: scene.queue,
      wrapQueue: (queue) => ({ ...queue, add: () => Promise.reject(new Error("lost")) }),
    });
    const answer = await losing.asking.ask(viewer, question(), "trace");
    await losing.close();
    expect(answer?.status).toBe("QUEUED");
    await sweepAnswers(
      {
        ...scene.first,
        answers: {
          ...scene.first.answers,
          unfinished: async () => (await scene.first.answers.unfinished(0, 1000)).filter((a) => a.id === answer?.id),
        },
      },
      0,
    );
    expect((await scene.all(viewer, answer?.id ?? "")).at(-1)?.event.type).toBe("completed");
  });

  test("two attempts at one answer: the earlier one is shut out of stream and row", async () => {
    const viewer = someViewer();
    const go = Promise.withResolvers<void>();
    scene.llm.say(["zombie, ", { wait: go.promise }, "zombie"], ["두 번째"]);
    const answer = await scene.ask(viewer);
    await scene.until(viewer, answer.id, "zombie");
    await scene.first.queue.add({
      answerId: answer.id,
      conversationId: answer.conversationId,
      scope: viewer,
      traceId: "trace",
      number: 2,
    });
    const entries = await scene.all(viewer, answer.id);
    go.resolve();
    const restarted = entries.findIndex(({ event }) => event.type === "stage" && event.stage === "RESTARTED");
    expect(restarted).toBeGreaterThan(0);
    expect(textOf(entries.slice(restarted))).toBe("두 번째");
    expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, i) => i + 1));
    expect(await scene.stored(viewer, answer.id)).toMatchObject({ status: "COMPLETED", text: "두 번째", attempt: 2 });
  });
});
