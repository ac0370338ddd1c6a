import { expect, test } from "vitest";
import { numbered } from "../testing/passages.js";
import { type CitedPiece, createCitationParser, withoutMarkers } from "./citations.js";

const PASSAGES = numbered(
  "입사 1년이 지난 직원에게 연차 15일을 준다. 반차는 0.5일로 센다.",
  "연차는 사내 포털에서 3일 전까지 신청한다.",
);

function parse(pieces: readonly string[], passages = PASSAGES) {
  const parser = createCitationParser(passages);
  const out: CitedPiece[] = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  return {
    text: out.map((piece) => (piece.type === "text" ? piece.text : "")).join(""),
    citations: out.flatMap((piece) => (piece.type === "citation" ? [piece.citation] : [])),
    removed: parser.removed,
  };
}

test("wherever the stream is cut, text, citations and removed markers are the same", () => {
  const whole = "연차는 15일을 준다 [1]. 포털에서 3일 전까지 신청한다. [2][7] 목록 [a], 배열 [0] 끝[1, 2]";
  const expected = parse([whole]);
  expect(expected.text).toBe("연차는 15일을 준다 [1]. 포털에서 3일 전까지 신청한다. [2] 목록 [a], 배열  끝[1][2]");
  expect(expected.citations.map((citation) => citation.marker)).toEqual([1, 2, 1, 2]);
  expect(expected.removed).toEqual([7, 0]);
  for (let a = 0; a <= whole.length; a++)
    for (let b = a; b <= whole.length; b += 11)
      expect(parse([whole.slice(0, a), whole.slice(a, b), whole.slice(b)])).toEqual(expected);
  expect(parse([...whole])).toEqual(expected);
});

test("a marker never stands in the text without a passage of the prompt", () => {
  expect(parse(["모릅니다 [9]. 아마 [12] 그렇습니다 [3"])).toMatchObject({
    text: "모릅니다 . 아마  그렇습니다 ",
    citations: [],
    removed: [9, 12, 3],
  });
  expect(parse(["없습니다 [1]"], [])).toMatchObject({ text: "없습니다 ", removed: [1] });
});

test("a passage that was left out of the prompt cannot be cited", () => {
  expect(
    parse(
      ["3일 전 [2]"],
      PASSAGES.map((p) => (p.marker === 2 ? { ...p, marker: null } : p)),
    ).removed,
  ).toEqual([2]);
});

test("the sentence before the marker is judged, wherever its full stop stands", () => {
  for (const text of [
    "입사 1년이 지나면 연차 15일을 준다 [1].",
    "입사 1년이 지나면 연차 15일을 준다. [1]",
    "전혀 다른 말이다. 입사 1년이 지나면 연차 15일을 준다.[1]",
  ])
    expect(parse([text]).citations).toMatchObject([
      { marker: 1, support: "SUPPORTED", quote: expect.stringContaining("연차 15일") },
    ]);
});

test("a figure that the passage does not hold makes the claim unsupported", () => {
  expect(parse(["입사 1년이 지난 직원에게 연차 16일을 준다 [1]."]).citations).toMatchObject([
    { support: "UNSUPPORTED" },
  ]);
});

test("a claim about something else is unsupported", () => {
  expect(parse(["주차장은 지하에 있다 [2]."]).citations).toMatchObject([{ support: "UNSUPPORTED" }]);
});

test("brackets that are no markers pass at once", () => {
  const parser = createCitationParser(PASSAGES);
  expect(parser.push("[PHONE")).toEqual([{ type: "text", text: "[PHONE" }]);
  expect(parser.push("_NUMBER] 값[")).toEqual([{ type: "text", text: "_NUMBER] 값" }]);
});

test("markers of an earlier answer are taken out of the history", () => {
  expect(withoutMarkers("연차는 15일입니다 [1][2]. 배열 [x]")).toBe("연차는 15일입니다. 배열 [x]");
});
