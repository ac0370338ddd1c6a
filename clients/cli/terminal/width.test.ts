import { describe, expect, test } from "vitest";
import { oneLine, plainText, shorten, toColumns, widthOf } from "./width.js";

describe("columns of text", () => {
  test("a Hangul syllable takes two, composed or in pieces", () => {
    expect(widthOf("연차.pdf")).toBe(8);
    expect(widthOf("연차.pdf".normalize("NFD"))).toBe(8);
    expect(widthOf("handbook")).toBe(8);
  });

  test("a fitted text has exactly the width asked for, also when a wide character falls on the edge", () => {
    for (const text of ["연차관리규정.pdf", "a연차관리규정.pdf", "short"])
      for (let columns = 1; columns < 20; columns++) expect(widthOf(toColumns(text, columns))).toBe(columns);
    expect(shorten("연차관리규정", 6)).toBe("연차…");
  });

  test("what a document holds cannot steer the terminal", () => {
    expect(oneLine("a\u001b[2J\n b\u202e")).toBe("a[2J b");
    expect(plainText("a\u001b[31m\nb\r")).toBe("a[31m\nb");
  });
});
