import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../../platform/auth/viewer.js";
import type { UsageReport } from "../ports.js";
import { someViewer } from "../testing/room.js";
import { openScene, type Scene } from "../testing/scene.js";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => scene.reset());

const HOUR_MS = 3_600_000;
const reportOf = (viewer: Viewer, ofTenant = false): Promise<UsageReport> =>
  scene.second.services.usage.report(viewer, {
    ofTenant,
    by: "MODEL",
    from: new Date(Date.now() - HOUR_MS),
    until: new Date(Date.now() + HOUR_MS),
    currency: "USD",
  });

describe("usage", () => {
  test("of an answer is on it, with its cost, and outlives its chat", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    await scene.all(viewer, answer.id);
    // 100 tokens at 10 and 4 at 1,000 per million.
    expect((await scene.stored(viewer, answer.id)).usage).toMatchObject({
      promptTokens: 100,
      completionTokens: 4,
      estimated: false,
      model: "double",
      cost: 0.005,
      currency: "USD",
      firstTokenMilliseconds: expect.any(Number),
    });
    await scene.second.conversations.remove(viewer, answer.conversationId, "trace");
    const { total, rows } = await reportOf(viewer);
    expect(total).toMatchObject({
      calls: 1,
      failed: 0,
      promptTokens: 100,
      completionTokens: 4,
      cost: 0.005,
      unpriced: 0,
    });
    expect(rows).toEqual([{ ...total, key: "double" }]);
  });

  test("of an answer that was called off is an estimate, and says so", async () => {
    const viewer = someViewer();
    scene.llm.say(["여기까지 ", "<hang>"]);
    const answer = await scene.ask(viewer);
    await scene.until(viewer, answer.id, "여기까지");
    await scene.second.asking.cancel(viewer, answer.id, "trace");
    await scene.all(viewer, answer.id);
    const { usage } = await scene.stored(viewer, answer.id);
    expect(usage).toMatchObject({ estimated: true, model: "double" });
    expect(usage?.promptTokens).toBeGreaterThan(50);
    expect(usage?.completionTokens).toBeGreaterThan(0);
    expect((await reportOf(viewer)).total).toMatchObject({ calls: 1, estimated: 1, failed: 0 });
  });

  test("of an answer for which no model was asked is nothing", async () => {
    const viewer = someViewer();
    scene.found = async () => [];
    const answer = await scene.ask(viewer, { grounding: "REQUIRED" });
    await scene.all(viewer, answer.id);
    expect((await scene.stored(viewer, answer.id)).usage).toMatchObject({ model: null, promptTokens: 0, cost: null });
    expect((await reportOf(viewer)).total).toMatchObject({ calls: 0, promptTokens: 0, cost: null });
  });

  test("is counted per user, summed per tenant, and never over tenants", async () => {
    const viewer = someViewer();
    const colleague = someViewer({ tenantId: viewer.tenantId });
    const stranger = someViewer({ userId: viewer.userId });
    for (const who of [viewer, colleague, colleague, stranger]) await scene.all(who, (await scene.ask(who)).id);
    expect((await reportOf(viewer)).total.calls).toBe(1);
    expect((await reportOf(colleague)).total.calls).toBe(2);
    expect((await reportOf(viewer, true)).total.calls).toBe(3);
    expect((await reportOf(stranger, true)).total.calls).toBe(1);
  });
});
