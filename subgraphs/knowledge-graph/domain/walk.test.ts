import { describe, expect, test } from "vitest";
import { chooseChunks, inverseFrequency, seedShares, type WalkChunk, walk } from "./walk.js";

const chunk = (id: string, mentions: [string, number, boolean?][], privateMentions = 0): WalkChunk => ({
  id,
  mentions: mentions.map(([entityId, chunkCount, lead = false]) => ({ entityId, chunkCount, lead })),
  others: privateMentions > 0 ? [{ chunkCount: 1, lead: false, count: privateMentions }] : [],
});
const scored = (scores: Record<string, number>) =>
  Object.entries(scores).map(([chunkId, score]) => ({ chunkId, score }));

describe("the restart", () => {
  test("only the five best are seeds, and the sharper the lead the greater the share", () => {
    const shares = seedShares(scored({ a: 1, b: 0.5, c: 0.4, d: 0.3, e: 0.2, f: 0.1 }));
    expect([...shares.keys()]).toEqual(["a", "b", "c", "d", "e"]);
    expect(shares.get("a")).toBeCloseTo(
      0.901 ** 2 / (0.901 ** 2 + 0.401 ** 2 + 0.301 ** 2 + 0.201 ** 2 + 0.101 ** 2),
      10,
    );
  });
  test("rare entities have a greater inverse frequency, and it is never negative", () => {
    expect(inverseFrequency(100, 2)).toBeGreaterThan(inverseFrequency(100, 20));
    expect(inverseFrequency(1, 5)).toBe(0);
  });
});

describe("the order", () => {
  test("a passage that only a bridge entity leads to comes before unrelated hybrid hits", () => {
    const order = walk({
      candidates: scored({ first: 1, noise1: 0.3, noise2: 0.3, noise3: 0.3, noise4: 0.29, noise5: 0.28 }),
      chunks: [
        chunk("first", [["bridge", 2, true]], 1),
        chunk("second", [["bridge", 2, true]], 1),
        chunk("noise1", [], 3),
        chunk("noise2", [], 3),
      ],
      questionEntities: [],
      totalChunks: 100,
      hops: 2,
    });
    expect(order.slice(0, 2).map((c) => c.chunkId)).toEqual(["first", "second"]);
    expect(order[1]).toMatchObject({ entityIds: ["bridge"] });
  });
  test("the question's entities pull their chunks up", () => {
    const input = {
      candidates: scored({ a: 0.5, b: 0.5 }),
      chunks: [chunk("a", [["x", 2]]), chunk("b", [["y", 2]]), chunk("c", [["y", 2]])],
      totalChunks: 50,
      hops: 2,
    };
    expect(walk({ ...input, questionEntities: [{ id: "y", chunkCount: 2 }] })[0]?.chunkId).toBe("b");
    expect(walk({ ...input, questionEntities: [] })[0]?.chunkId).toBe("a");
  });
  test("an entity of more than 30 chunks conducts nothing", () => {
    const order = walk({
      candidates: scored({ a: 1 }),
      chunks: [chunk("a", [["hub", 31]]), chunk("b", [["hub", 31]])],
      questionEntities: [],
      totalChunks: 100,
      hops: 2,
    });
    expect(order.map((c) => c.chunkId)).toEqual(["a"]);
  });
  test("with one hop two walked chunks do not make their shared entity conduct", () => {
    const input = {
      candidates: scored({ a: 1, b: 0.9, c: 0.9, d: 0.9, e: 0.9, f: 0.1 }),
      chunks: [
        chunk("a", [["x", 3]]),
        chunk("f", [
          ["x", 3],
          ["far", 2],
        ]),
        chunk("g", [
          ["x", 3],
          ["far", 2],
        ]),
      ],
      questionEntities: [],
      totalChunks: 100,
    };
    const entities = (hops: number) => walk({ ...input, hops }).find((c) => c.chunkId === "g")?.entityIds;
    expect(entities(1)).toEqual(["x"]);
    expect(entities(2)).toContain("far");
  });
  test("hybrid hits that the graph does not know follow by their own score, none is lost", () => {
    const order = walk({
      candidates: scored({ a: 0.9, b: 0.8, c: 0.7, d: 0.6, e: 0.5, f: 0.2, g: 0.4 }),
      chunks: [],
      questionEntities: [],
      totalChunks: 0,
      hops: 2,
    });
    expect(order.map((c) => c.chunkId)).toEqual(["a", "b", "c", "d", "e", "g", "f"]);
  });
  test("no mass is lost while everything is connected or private", () => {
    const order = walk({
      candidates: scored({ a: 1 }),
      chunks: [chunk("a", [["x", 2]], 2), chunk("b", [["x", 2]])],
      questionEntities: [],
      totalChunks: 10,
      hops: 2,
    });
    const total = order.reduce((sum, c) => sum + c.score, 0);
    expect(total).toBeGreaterThan(0.4);
    expect(total).toBeLessThanOrEqual(1);
  });
  test("no candidates, no graph: an empty order", () => {
    expect(walk({ candidates: [], chunks: [], questionEntities: [], totalChunks: 0, hops: 2 })).toEqual([]);
  });
});

test("too many chunks: seeds stay, then the best by score and links", () => {
  const links = new Map([
    ["far", 1],
    ["near", 9],
    ["scored", 1],
  ]);
  expect(chooseChunks(scored({ a: 1, b: 0.9, c: 0.8, d: 0.7, e: 0.6, scored: 0.5 }), links, 7)).toEqual([
    "a",
    "b",
    "c",
    "d",
    "e",
    "scored",
    "near",
  ]);
});
