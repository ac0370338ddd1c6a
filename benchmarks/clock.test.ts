import { expect, test } from "vitest";
import { stampOf, timeOf } from "./clock.js";

test("a time survives being written in letters", () => {
  for (const time of [0, 25, 26, 1_234_567_890_123]) expect(timeOf(stampOf(time))).toBe(time);
  expect(stampOf(1)).toMatch(/^[a-z]{12}$/);
  expect(() => timeOf("<PHONE>")).toThrow("not a stamp");
});
