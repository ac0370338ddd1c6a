import { describe, expect, test } from "vitest";
import { covered, median, quantile } from "./samples.js";

describe("samples", () => {
  test("a quantile lies between its neighbours in proportion", () => {
    expect(quantile([4, 1, 3, 2], 0)).toBe(1);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });

  test("time that two engines work side by side is counted once", () => {
    expect(
      covered([
        { start: 5, end: 9 },
        { start: 0, end: 4 },
        { start: 1, end: 2 },
        { start: 8, end: 10 },
      ]),
    ).toBe(9);
    expect(covered([])).toBe(0);
  });
});
