import { describe, expect, test } from "vitest";
import { sentenceSpans, sentences } from "./sentences.js";

describe("a false end splits no sentence", () => {
  const whole = [
    "기본 연차는 3.5일로 계산한다.",
    "제3조에 따라 연차를 부여한다.",
    "이 규정은 2025. 1. 1.부터 시행한다.",
    "이 규정은 2025. 1. 1. 부터 시행한다.",
    "시행일: 2025. 1. 1.",
    "Dr. Kim signed the form.",
    "Bring documents, e.g. a passport, to the desk.",
    "Mr. J. R. Smith leads the U.S. office.",
    "1. 항목은 그룹웨어에서 신청한다.",
    "가. 정규직은 15일을 받는다.",
    "자세한 내용은 https://intra.example.com/hr/leave.html?id=1.2 를 참고한다.",
    "그는 “오늘 간다. 내일 온다.”라고 말했다.",
    '그는 "정말요? 좋아요!"라며 웃었다.',
    "음... 그러니까 이건 예외다.",
    "연차(예: 3일 전. 반차는 1일 전.)는 미리 신청한다.",
    "Version 1.2.3 of the handbook applies to approx. 40 people.",
    "See Fig. 3 and Sec. 2.1 for details.",
    "담당자 이메일은 hr@example.com 이다.",
  ];
  test.each(whole)("%s", (text) => {
    expect(sentences(text)).toEqual([text]);
  });
});

describe("a true end splits", () => {
  test.each([
    ["연차는 15일이다. 신청은 3일 전까지 한다.", ["연차는 15일이다.", "신청은 3일 전까지 한다."]],
    ["신청은 어디서 하나요? 그룹웨어에서 합니다!", ["신청은 어디서 하나요?", "그룹웨어에서 합니다!"]],
    ["신청했다.그리고 승인받았다.", ["신청했다.", "그리고 승인받았다."]],
    ["Leave is 15 days. Apply early.", ["Leave is 15 days.", "Apply early."]],
    ["The limit was set in 2019. The board agreed.", ["The limit was set in 2019.", "The board agreed."]],
    ["We sell pens, paper, etc. The shop is open.", ["We sell pens, paper, etc.", "The shop is open."]],
    ['She said "stop." Then she left.', ['She said "stop."', "Then she left."]],
    [
      "제1조 (목적)\n이 규정은 연차를 정한다.\n제2조 (정의)\n용어는 다음과 같다.",
      ["제1조 (목적)", "이 규정은 연차를 정한다.", "제2조 (정의)", "용어는 다음과 같다."],
    ],
    ["준비물\n- 신분증\n- 통장 사본", ["준비물", "- 신분증", "- 통장 사본"]],
    ["첫 문단\n\n둘째 문단", ["첫 문단", "둘째 문단"]],
    ["条件は以下。次へ。", ["条件は以下。", "次へ。"]],
  ])("%s", (text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });
});

test("a line broken because it was full does not end a sentence", () => {
  const text = "연차 휴가를 사용하고자 하는 직원은 사용 예정일의 3일 전까지\n그룹웨어에서 신청하여야 한다.";
  expect(sentences(text)).toHaveLength(1);
});

test("only white space lies between spans, whatever the text", () => {
  const pieces = [
    "연차",
    "다.",
    " ",
    "\n",
    "\n\n",
    "3.5",
    "e.g.",
    "“",
    "”",
    "(",
    ")",
    "?",
    "!",
    "…",
    "1.",
    "가.",
    "U.S.",
    "Smith",
    "https://a.b/c.",
    "제3조",
    "😀",
    "\t",
    "-",
    ".",
  ];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random(60) }, () => pieces[random(pieces.length)]).join("");
    let at = 0;
    for (const { start, end } of sentenceSpans(text)) {
      expect(text.slice(at, start).trim()).toBe("");
      expect(end).toBeGreaterThan(start);
      expect(text.slice(start, end)).toBe(text.slice(start, end).trim());
      at = end;
    }
    expect(text.slice(at).trim()).toBe("");
  }
});

test("200,000 characters of unclosed brackets or bare markers end within the test's time", () => {
  for (const piece of ["(", "“", "A. ", "1. ", "가 ", ".", "\n"]) {
    const text = piece.repeat(200_000 / piece.length);
    expect(sentenceSpans(text).at(-1)?.end ?? 0).toBeLessThanOrEqual(text.length);
  }
});
