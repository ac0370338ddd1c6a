import { expect, test } from "vitest";
import { numbered } from "../testing/passages.js";
import { type CitedPiece, createCitationParser } from "./citations.js";

const PASSAGES = numbered("입사 1년이 지난 직원에게 연차 15일을 준다.", "연차는 사내 포털에서 3일 전까지 신청한다.");

function parse(pieces: readonly string[]) {
  const parser = createCitationParser(PASSAGES);
  const out: CitedPiece[] = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  return {
    text: out.map((piece) => (piece.type === "text" ? piece.text : "")).join(""),
    markers: out.flatMap((piece) => (piece.type === "citation" ? [piece.citation.marker] : [])),
    removed: [...parser.removed],
  };
}

/** What a client takes for a citation: a number in brackets of any kind, with whatever blanks. */
const bracketed = (text: string): number[] =>
  [...text.normalize("NFKC").matchAll(/[[【〔⟦]\s*(\d+(?:\s*[,-]\s*\d+)*)\s*[\]】〕⟧]/g)].flatMap((match) =>
    (match[1]?.match(/\d+/g) ?? []).map(Number),
  );

test.each([
  ["15일 ［1］.", "15일 [1].", [1]],
  ["15일 【１】.", "15일 [1].", [1]],
  ["15일 【1†source】.", "15일 [1].", [1]],
  ["15일 [[1]].", "15일 [1].", [1]],
  ["15일 [출처 1], [passage 2], [^1].", "15일 [1], [2], [1].", [1, 2, 1]],
  ["15일 [1-2].", "15일 [1][2].", [1, 2]],
  ["15일 [1;2; 9].", "15일 [1][2].", [1, 2]],
  ["15일 [\u200B1\u200B].", "15일 [1].", [1]],
  ["15일 [①].", "15일 [1].", [1]],
  ["15일 [1](https://evil.example/?q=1)", "15일 [1] (https://evil.example/?q=1)", [1]],
  ["2024년 [2024] 기준 [9999, 1]", "2024년 (2024) 기준 (9999, 1)", []],
  ["배열 [a], [표 1], [PHONE_NUMBER], [[문서]] 끝", "배열 [a], [표 1], [PHONE_NUMBER], [[문서]] 끝", []],
])("%s is read as what it means", (whole, text, markers) => {
  expect(parse([whole])).toMatchObject({ text, markers });
});

test.each(["[[9]1]", "[1[9]]", "[9[9]2]", "[ [9] 2 ]", "[[[9]2]", "[2[9]2", "[                                  9]"])(
  "%s leaves nothing that looks like a citation and is none",
  (whole) => {
    const { text, markers } = parse([whole]);
    expect(bracketed(text)).toEqual(markers);
  },
);

const PIECES = [
  "[",
  "]",
  "［",
  "】",
  "【",
  "1",
  "2",
  "9",
  "７",
  "12",
  ",",
  " ",
  "-",
  "출처 ",
  "p",
  "(",
  "†s",
  "\u200B",
  "연차",
  "15일. ",
  "[1]",
  "[9]",
  "[[",
  "]]",
];

/** A fixed sequence of numbers in [0, 1), so that a failure can be seen again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test("whatever a model writes and wherever it is cut, every bracketed number in the text is a citation of a passage in the prompt", () => {
  for (let seed = 1; seed <= 120; seed++) {
    const next = chance(seed);
    const whole = Array.from(
      { length: 4 + Math.floor(next() * 14) },
      () => PIECES[Math.floor(next() * PIECES.length)],
    ).join("");
    const expected = parse([whole]);
    expect(bracketed(expected.text), JSON.stringify(whole)).toEqual(expected.markers);
    expect(expected.markers.every((marker) => marker === 1 || marker === 2)).toBe(true);
    for (let cut = 1; cut < whole.length; cut++)
      expect(parse([whole.slice(0, cut), whole.slice(cut)]), JSON.stringify([whole, cut])).toEqual(expected);
    expect(parse([...whole].flatMap((c) => c.split(""))), JSON.stringify(whole)).toEqual(expected);
  }
});
