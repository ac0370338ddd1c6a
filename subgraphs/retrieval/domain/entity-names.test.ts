import { expect, test } from "vitest";
import { namedIn, spellingDistance } from "./entity-names.js";

test("the spelling distance counts letters to change, add or drop", () => {
  expect(spellingDistance("kitten", "sitting")).toBe(3);
  expect([spellingDistance("", "abc"), spellingDistance("abc", "abc")]).toEqual([3, 0]);
});

test("each entity is shown with the stretch of the question that means it", () => {
  const [portal, leave] = namedIn("Who runs the Leave-Portall and 연차휴가를?", [
    { name: "Leave Portal" },
    { name: "연차휴가" },
  ]);
  expect(portal).toEqual({ name: "Leave Portal", written: "Leave-Portall", spellingDistance: 1 });
  expect(leave).toEqual({ name: "연차휴가", written: "연차휴가를", spellingDistance: 0 });
});
