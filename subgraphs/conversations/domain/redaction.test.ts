import { expect, test } from "vitest";
import { numbered } from "../testing/passages.js";
import { createCitationParser } from "./citations.js";
import { redactAnswer, redactText, SOURCE_DELETED } from "./redaction.js";

const PASSAGES = numbered(
  "입사 1년이 지난 직원에게 연차 15일을 준다. 반차는 0.5일로 센다.",
  "출장비는 영수증을 첨부하여 재무팀에 제출한다.",
);

const answerOf = (whole: string) => {
  const pieces = createCitationParser(PASSAGES).push(whole);
  return {
    text: pieces.map((piece) => (piece.type === "text" ? piece.text : "")).join(""),
    citations: pieces.flatMap((piece) => (piece.type === "citation" ? [piece.citation] : [])),
    passages: PASSAGES,
    facts: [
      { subject: "연차", relationType: "R", object: "인사팀", weight: 1, evidence: ["chk_1"] },
      { subject: "출장비", relationType: "R", object: "재무팀", weight: 1, evidence: ["chk_1", "chk_2"] },
    ],
  };
};

test("of a deleted document no sentence that cites or repeats it is left, and all others are", () => {
  for (const text of [
    "연차는 15일을 준다 [1]. 출장비는 재무팀에 낸다 [2].",
    "연차는 15일을 준다. [1] 출장비는 재무팀에 낸다. [2]",
  ]) {
    const left = redactAnswer(answerOf(text), "doc_1");
    expect(left.text).not.toContain("15일");
    expect(left.text).toContain(`${SOURCE_DELETED} [1]`);
    expect(left.text).toContain("출장비는 재무팀에 낸다");
    expect(left.text).toContain("[2]");
    expect(left.passages.map((p) => p.text)).toEqual(["", PASSAGES[1]?.text]);
    expect(left.facts.map((fact) => fact.subject)).toEqual(["출장비"]);
  }
});

test("words of the document are found without a marker, whatever their spacing", () => {
  const { quoted } = redactAnswer(answerOf("알 수 없습니다."), "doc_1");
  expect(redactText("들은 대로다. 입사 1년이 지난  직원에게 연차 15일을 준다고 한다. 끝.", new Set(), quoted)).toBe(
    `들은 대로다. ${SOURCE_DELETED}. 끝.`,
  );
  expect(quoted("직원에게 물어보십시오.")).toBe(false);
});

test("redacting again changes nothing", () => {
  const answer = answerOf("연차는 15일을 준다 [1]. 출장비는 재무팀에 낸다 [2].");
  const once = redactAnswer(answer, "doc_1");
  expect(redactAnswer({ ...answer, ...once }, "doc_1")).toMatchObject({
    text: once.text,
    passages: once.passages,
    facts: once.facts,
  });
});
