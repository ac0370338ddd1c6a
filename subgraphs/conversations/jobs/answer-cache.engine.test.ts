import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { createLogger } from "../../../platform/logging/logger.js";
import { TeiEmbedder } from "../../../platform/models/tei-embedder.js";
import { createRedis, type Redis } from "../../../platform/redis/redis.js";
import { createAnswerCache } from "../adapters/redis-answer-cache.js";
import type { Question } from "../domain/asking.js";
import { cacheUrl, embedderUrl, someViewer } from "../testing/room.js";
import { openScene, type Scene } from "../testing/scene.js";
import { redactDocument } from "./redact.js";

const logger = createLogger("conversations-test", "silent");
let redis: Redis;
let scene: Scene;

beforeAll(async () => {
  redis = createRedis(cacheUrl(), "test:answers", logger);
  scene = await openScene({ cache: createAnswerCache(redis, new TeiEmbedder({ url: embedderUrl() })) });
});
afterAll(async () => {
  await scene?.close();
  redis?.disconnect();
});
beforeEach(() => scene.reset());

const SHARED = { piiInput: "MASK", piiOutput: "MASK", answerCache: true } as const;

/** Somebody of a tenant in which the rule may be read, and whose people share answers. */
async function newcomer(): Promise<Viewer> {
  const viewer = someViewer();
  await published(viewer, 1);
  await scene.first.services.settings.updatePolicy(viewer, SHARED, "trace");
  return viewer;
}
const published = (viewer: Viewer, revision: number): Promise<void> =>
  scene.first.visibility.publish(viewer.tenantId, "doc_rule", {
    generation: revision,
    department: "hr",
    datasetId: "ds_1",
    revision,
  });
const colleague = (viewer: Viewer, fields: Partial<Viewer> = {}): Viewer =>
  someViewer({ tenantId: viewer.tenantId, ...fields });

async function answerTo(viewer: Viewer, fields: Partial<Question> = {}, from: Scene = scene) {
  const { id } = await from.ask(viewer, fields);
  await from.all(viewer, id);
  return from.stored(viewer, id);
}

describe("an answer that was made before", () => {
  test("is given again, with its citations, to whoever may read exactly the same, and the model is not asked", async () => {
    const viewer = await newcomer();
    const first = await answerTo(viewer);
    expect(first.cache).toMatchObject({ outcome: "MISS", reason: "NOT_ASKED_BEFORE" });
    const asked = scene.llm.requests.length;
    const again = await answerTo(colleague(viewer));
    expect(again.cache).toMatchObject({ outcome: "HIT_EXACT", reason: "SAME_QUESTION" });
    expect(again).toMatchObject({
      text: first.text,
      citations: first.citations,
      passages: first.passages,
      prompt: first.prompt,
    });
    const similar = await answerTo(colleague(viewer), { question: "연차가 며칠입니까?" });
    expect(similar.cache).toMatchObject({ outcome: "HIT_SIMILAR", similarity: expect.any(Number) });
    expect(scene.llm.requests).toHaveLength(asked);
  });

  test.each<[string, Partial<Viewer>, Partial<Question>]>([
    ["another department", { departments: ["it"] }, {}],
    ["a department more", { departments: ["hr", "it"] }, {}],
    ["another role", { roles: ["admin"] }, {}],
    ["another data set", {}, { datasetIds: ["ds_2"] }],
    ["another grounding", {}, { grounding: "REQUIRED" }],
    ["another model", {}, { model: "double-2" }],
    ["a question that differs by a figure", {}, { question: "연차는 3년에 며칠인가요?" }],
    ["a question that says the contrary", {}, { question: "연차는 며칠이 아닌가요?" }],
  ])("is not given to one with %s", async (_, person, fields) => {
    const viewer = await newcomer();
    await answerTo(viewer);
    const other = await answerTo(colleague(viewer, person), fields);
    expect(other.cache?.outcome).toBe("MISS");
  });

  test("is not given in another tenant, though everything else is the same", async () => {
    const viewer = await newcomer();
    await answerTo(viewer);
    const stranger = { ...(await newcomer()), userId: viewer.userId };
    expect((await answerTo(stranger)).cache?.outcome).toBe("MISS");
  });

  test("is made anew after any change to the documents it was asked of", async () => {
    const viewer = await newcomer();
    await answerTo(viewer);
    await published(viewer, 2);
    expect((await answerTo(viewer)).cache?.outcome).toBe("MISS");
    expect((await answerTo(viewer)).cache?.outcome).toBe("HIT_EXACT");
    await scene.first.visibility.publish(viewer.tenantId, "doc_new", {
      generation: 1,
      department: null,
      datasetId: "ds_9",
      revision: 1,
    });
    expect((await answerTo(viewer)).cache?.outcome).toBe("MISS");
    await scene.first.visibility.hide(viewer.tenantId, "doc_new", 2);
    expect((await answerTo(viewer)).cache?.outcome).toBe("MISS");
  });

  test("goes with a document that is deleted, and is counted", async () => {
    const viewer = await newcomer();
    await answerTo(viewer);
    const before = await cached(viewer);
    expect(before.some((value) => value.includes("15일"))).toBe(true);
    const removed = await redactDocument(scene.second, viewer.tenantId, "doc_rule", new AbortController().signal);
    expect(removed).toMatchObject({ cachedAnswers: 1 });
    expect((await cached(viewer)).some((value) => value.includes("15일"))).toBe(false);
  });
});

async function cached(viewer: Viewer): Promise<string[]> {
  const keys = await redis.keys(`t:${viewer.tenantId}:answers:*:answer:*`);
  return keys.length === 0 ? [] : (await redis.mget(...keys)).map((value) => value ?? "");
}

test("askers of the same at the same time wait for one computation", async () => {
  const viewer = await newcomer();
  const go = Promise.withResolvers<void>();
  const asked = scene.llm.requests.length;
  scene.llm.say([{ wait: go.promise }, "연차는 15일을 준다 [1]."]);
  const askers = [viewer, colleague(viewer), colleague(viewer), colleague(viewer)];
  const ids = await Promise.all(askers.map(async (asker) => (await scene.ask(asker)).id));
  await scene.llm.request(asked + 1);
  go.resolve();
  await Promise.all(ids.map((id, i) => scene.all(askers[i] as Viewer, id)));
  expect(scene.llm.requests).toHaveLength(asked + 1);
  const outcomes = await Promise.all(
    ids.map(async (id, i) => (await scene.stored(askers[i] as Viewer, id)).cache?.outcome),
  );
  expect(outcomes.sort()).toEqual(["HIT_EXACT", "HIT_EXACT", "HIT_EXACT", "MISS"]);
});

test.each<[string, string, Partial<Question>]>([
  ["TIME_DEPENDENT", "depends on when it is asked", { question: "오늘 신청하면 연차는 며칠인가요?" }],
  ["PERSONAL_DATA", "held personal data", { question: "010-9999-8888 의 연차는 며칠인가요?" }],
  ["NO_DOCUMENTS", "asks no documents", { grounding: "NONE" }],
])("%s: a question that %s is not looked up", async (reason, _, fields) => {
  const viewer = await newcomer();
  expect((await answerTo(viewer, fields)).cache).toMatchObject({ outcome: "BYPASSED", reason });
  expect(await cached(viewer)).toEqual([]);
});

test("a tenant that has not said so shares no answers", async () => {
  const viewer = await newcomer();
  await scene.first.services.settings.updatePolicy(viewer, { ...SHARED, answerCache: false }, "trace");
  for (let i = 0; i < 2; i++)
    expect((await answerTo(viewer)).cache).toMatchObject({ outcome: "BYPASSED", reason: "OFF" });
  expect(await cached(viewer)).toEqual([]);
});

test("a follow-up and a second try are computed", async () => {
  const viewer = await newcomer();
  const first = await answerTo(viewer);
  const next = await answerTo(viewer, { conversationId: first.conversationId });
  expect(next.cache).toMatchObject({ outcome: "BYPASSED", reason: "FOLLOW_UP" });
  const again = await scene.second.asking.regenerate(viewer, first.id, "trace");
  await scene.all(viewer, again?.id ?? "");
  expect((await scene.stored(viewer, again?.id ?? "")).cache).toMatchObject({
    outcome: "BYPASSED",
    reason: "REGENERATED",
  });
});

test.each([
  ["is not carried by what it cites", ["연차는 16일을 준다 [1]."]],
  ["cites nothing", ["연차는 잘 모르겠습니다."]],
])("an answer that %s is kept for nobody", async (_, script) => {
  const viewer = await newcomer();
  scene.llm.say(script);
  await answerTo(viewer);
  expect(await cached(viewer)).toEqual([]);
});

test("without the cache answers are made, and say so", async () => {
  const nowhere = createRedis("redis://127.0.0.1:1", "test:nowhere", logger);
  const without = await openScene({ cache: createAnswerCache(nowhere, undefined) });
  try {
    without.reset();
    const viewer = await newcomer();
    const answer = await answerTo(viewer, {}, without);
    expect(answer).toMatchObject({
      status: "COMPLETED",
      text: "연차는 15일을 준다 [1].",
      degraded: ["CACHE"],
      cache: { outcome: "UNAVAILABLE" },
    });
  } finally {
    await without.close();
    nowhere.disconnect();
  }
});
