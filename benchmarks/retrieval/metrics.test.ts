import { expect, test } from "vitest";
import { meanQuality, pairedBootstrap, qualityOf } from "./metrics.js";

test("recall, all-gold, nDCG and MRR follow their definitions", () => {
  const perfect = qualityOf(["a", "b", "c"], ["a", "b"]);
  expect(perfect).toEqual({ recall5: 1, allGold5: 1, ndcg10: 1, mrr10: 1 });
  const late = qualityOf(["x", "a", "y", "z", "w", "b"], ["a", "b"]);
  expect(late).toMatchObject({ recall5: 0.5, allGold5: 0, mrr10: 0.5 });
  expect(late.ndcg10).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(7)) / (1 + 1 / Math.log2(3)));
  expect(qualityOf([], ["a"])).toEqual({ recall5: 0, allGold5: 0, ndcg10: 0, mrr10: 0 });
});

test("an id that is ranked twice counts once; what lies behind the tenth does not count", () => {
  expect(qualityOf(["a", "a", "a", "a", "a", "b"], ["a", "b"]).recall5).toBe(1);
  const deep = qualityOf([..."bcdefghijk", "a"], ["a"]);
  expect(deep).toEqual({ recall5: 0, allGold5: 0, ndcg10: 0, mrr10: 0 });
});

test("the mean over questions", () => {
  expect(meanQuality([qualityOf(["a"], ["a"]), qualityOf(["x"], ["a"])]).recall5).toBe(0.5);
});

test("the paired bootstrap tells a steady difference from noise, and says the same twice", () => {
  const some = Array.from({ length: 100 }, (_, i) => (i * 7919) % 2);
  const steady = pairedBootstrap(
    some.map((value) => value + 0.1),
    some,
  );
  expect(steady.mean).toBeCloseTo(0.1);
  expect(steady.low).toBeCloseTo(0.1);
  const noise = pairedBootstrap(some, [...some].reverse());
  expect(noise.low).toBeLessThan(0);
  expect(noise.high).toBeGreaterThan(0);
  expect(pairedBootstrap(some, [...some].reverse())).toEqual(noise);
});
