import { describe, expect, test } from "vitest";
import { createWordWrap } from "./word-wrap.js";

const wrap = (pieces: readonly string[], columns: number): string => {
  const words = createWordWrap("  ", columns);
  return pieces.map((piece) => words.push(piece)).join("") + words.end();
};

describe("wrapping a text that comes in pieces", () => {
  test("does not depend on where the pieces are cut", () => {
    const text = "Employees may work remotely up to three days.\n\nAsk your lead [1].";
    const whole = wrap([text], 24);
    expect(whole).toBe("  Employees may work\n  remotely up to three\n  days.\n\n  Ask your lead [1].");
    expect(wrap([...text], 24)).toBe(whole);
  });

  test("counts a Hangul syllable as two columns", () => {
    expect(wrap(["연차 휴가는 사흘 전에"], 14)).toBe("  연차 휴가는\n  사흘 전에");
  });
});
