import { expect, test } from "vitest";
import { normalizeForMatching, normalizeText } from "./normalize.js";

test("decomposed Hangul becomes whole syllables", () => {
  expect(normalizeText("연차".normalize("NFD"))).toBe("연차");
});

test("zero-width, bidirectional and tag characters vanish", () => {
  expect(normalizeText("연\u200B차\u202E 휴\uFEFF가\u{E0041}\u{E0042}")).toBe("연차 휴가");
});

test("paragraphs survive, runs of blanks and control characters do not", () => {
  expect(normalizeText("  a\t\tb \r\n\r\n\r\n\r\n c\u0000\u0007 ")).toBe("a b\n\nc");
});

test("compatibility forms compare equal to plain ones", () => {
  expect(normalizeForMatching("ＶＰＮ　①  ﬁle")).toBe("vpn 1 file");
});
