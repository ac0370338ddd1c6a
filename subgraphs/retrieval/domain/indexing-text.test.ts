import { expect, test } from "vitest";
import { cutToBytes, searchTextOf, textWithHeadings } from "./indexing-text.js";

test("a cut never splits a character and never exceeds the bytes", () => {
  const text = "가나😀다";
  for (let bytes = 0; bytes <= 20; bytes++) {
    const cut = cutToBytes(text, bytes);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
    expect(text.startsWith(cut)).toBe(true);
    expect(cut).not.toContain("\ufffd");
  }
});

test("a short text is left as it is; a long one is cut between words where asked", () => {
  expect(cutToBytes("연차 휴가", 100)).toBe("연차 휴가");
  expect(cutToBytes("alpha beta gamma", 12, " ")).toBe("alpha beta");
});

test("headings are put above the text unless it begins with them; the title stands in where there are none", () => {
  const chunk = { text: "3일 전까지 신청한다.", headingPath: ["제2장 휴가", "제5조 신청"], title: "연차관리규정" };
  expect(textWithHeadings(chunk)).toBe("제2장 휴가 > 제5조 신청\n3일 전까지 신청한다.");
  expect(textWithHeadings({ ...chunk, headingPath: [] })).toBe("연차관리규정\n3일 전까지 신청한다.");
  expect(textWithHeadings({ ...chunk, headingPath: ["3일"] })).toBe("3일 전까지 신청한다.");
  expect(textWithHeadings({ ...chunk, headingPath: [], title: null })).toBe("3일 전까지 신청한다.");
});

test("the search text of the largest chunk fits a row", () => {
  expect(Buffer.byteLength(searchTextOf("연차휴가신청절차 ".repeat(20_000)))).toBeLessThanOrEqual(65_535);
});
