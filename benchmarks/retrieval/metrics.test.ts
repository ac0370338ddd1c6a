import { expect, test } from "vitest";
import { meanQuality, qualityOf, quantile } from "./metrics.js";

test("recall, all-gold and nDCG follow their definitions", () => {
  const perfect = qualityOf(["a", "b", "c"], ["a", "b"]);
  expect(perfect).toEqual({ recall5: 1, allGold5: 1, ndcg10: 1 });
  const late = qualityOf(["x", "a", "y", "z", "w", "b"], ["a", "b"]);
  expect(late.recall5).toBe(0.5);
  expect(late.allGold5).toBe(0);
  expect(late.ndcg10).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(7)) / (1 + 1 / Math.log2(3)));
  expect(qualityOf([], ["a"])).toEqual({ recall5: 0, allGold5: 0, ndcg10: 0 });
});

test("an id that is ranked twice counts once", () => {
  expect(qualityOf(["a", "a", "a", "a", "a", "b"], ["a", "b"]).recall5).toBe(1);
});

test("means and quantiles", () => {
  expect(meanQuality([qualityOf(["a"], ["a"]), qualityOf(["x"], ["a"])]).recall5).toBe(0.5);
  expect([quantile([3, 1, 2], 0.5), quantile([], 0.5)]).toEqual([2, 0]);
});
