import { describe, expect, test } from "vitest";
import { baseScores, denseShare, reciprocalRanks, walkThenRest } from "./fusion.js";
import type { Candidate } from "./passage.js";

const list = (...hits: [string, number][]): Candidate[] =>
  hits.map(([chunkId, score]) => ({ chunkId, score, documentId: "doc_1", generation: 1 }));

describe("base score", () => {
  const dense = list(["a", 0.9], ["b", 0.88], ["c", 0.8]);

  test("cosines are scaled between the list's own ends, BM25 by its best, half each", () => {
    const scores = Object.fromEntries(baseScores(dense, list(["b", 12], ["d", 6])).map((s) => [s.chunkId, s.score]));
    expect(scores["a"]).toBeCloseTo(0.5);
    expect(scores["b"]).toBeCloseTo(0.5 * 0.8 + 0.5);
    expect(scores["c"]).toBeCloseTo(0);
    expect(scores["d"]).toBeCloseTo(0.25);
  });

  test("a Korean question weighs both lists alike, another one the meaning more", () => {
    const words = list(["d", 6]);
    const top = (language: "ko" | "en"): number[] => baseScores(dense, words, denseShare(language)).map((s) => s.score);
    expect(top("ko").slice(0, 2)).toEqual([0.5, 0.5]);
    expect(top("en")[0]).toBeCloseTo(0.65);
  });

  test("one list alone, one hit alone and no hit at all are ordered too", () => {
    expect(baseScores([], list(["x", 3], ["y", 2])).map(({ chunkId }) => chunkId)).toEqual(["x", "y"]);
    expect(baseScores(list(["x", 0.8]), [])).toEqual([{ chunkId: "x", score: 0.5 }]);
    expect(baseScores([], [])).toEqual([]);
  });

  test("equal scores come in a stable order", () => {
    const twins = [list(["b", 1], ["a", 1]), list(["a", 1], ["b", 1])];
    expect(twins.map((twin) => baseScores(twin, []).map(({ chunkId }) => chunkId))).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });
});

test("reciprocal rank fusion sums 1/(60 + rank) over the lists", () => {
  const fused = reciprocalRanks([list(["a", 9], ["b", 8]), list(["b", 1]), []]);
  expect(fused).toEqual([
    { chunkId: "b", score: 1 / 62 + 1 / 61 },
    { chunkId: "a", score: 1 / 61 },
  ]);
});

test("the walk's order is the ranking; hybrid hits that it did not reach follow", () => {
  const order = walkThenRest(
    [
      { chunkId: "g", score: 0.2 },
      { chunkId: "a", score: 0.1 },
    ],
    [
      { chunkId: "a", score: 0.9 },
      { chunkId: "z", score: 0.5 },
    ],
  );
  expect(order).toEqual([
    { chunkId: "g", score: 0.2 },
    { chunkId: "a", score: 0.1 },
    { chunkId: "z", score: 0 },
  ]);
});
