import { describe, expect, test } from "vitest";
import { exactForm, sameQuestion, similarFrom } from "./same-question.js";

test.each([
  ["연차는 며칠인가요?", "연차는 며칠인가요"],
  ["연차는 며칠인가요?", "연차 며칠이야?"],
  ["연차는 며칠입니까?", "연차가 며칠인가요?"],
  ["노트북 교체 주기는 몇 년인가요?", "노트북 교체 주기 몇 년이죠 알려주세요"],
  ["출장비 신청은 어디에서 하나요?", "출장비 신청 어디에서 하나요?"],
  ["How many days of leave are there?", "how many days of leave are there"],
  ["What is the leave policy?", "What is leave policy please"],
])("%s and %s are one question", (a, b) => {
  expect(sameQuestion(a, b)).toBe(true);
  expect(sameQuestion(b, a)).toBe(true);
});

describe("questions that differ by", () => {
  test.each([
    ["a number", "입사 1년 차의 연차는?", "입사 2년 차의 연차는?"],
    ["a number", "Who approves expenses over 500?", "Who approves expenses over 5000?"],
    ["a number", "제3조는 무엇인가요?", "제13조는 무엇인가요?"],
    ["a number", "2024년 휴가 규정은?", "2025년 휴가 규정은?"],
    ["a number", "1.5배를 주나요?", "15배를 주나요?"],
    ["a name", "김철수의 부서는?", "김철호의 부서는?"],
    ["a name", "김민수는 언제 입사했나요?", "김민지는 언제 입사했나요?"],
    ["a name", "Who is Alice Kim?", "Who is Alice Lim?"],
    ["a name", "인사팀의 연락처는?", "재무팀의 연락처는?"],
    ["a name", "서울 사무소 주소는?", "부산 사무소 주소는?"],
    ["a name", "What is the policy of Acme?", "What is the policy of Apex?"],
    ["a word", "연차는 며칠인가요?", "병가는 며칠인가요?"],
    ["a word", "출장비 신청 방법은?", "출장비 취소 방법은?"],
    ["a word", "휴가 승인권자는 누구인가요?", "휴가 대리인은 누구인가요?"],
    ["a word", "When does leave start?", "When does leave end?"],
    ["a negation", "승인이 필요한 휴가는?", "승인이 필요하지 않은 휴가는?"],
    ["a negation", "재택이 되나요?", "재택이 안 되나요?"],
    ["a negation", "Is approval needed?", "Is approval not needed?"],
    ["a negation", "Who can attend?", "Who can't attend?"],
    ["a negation", "보고해야 하나요?", "보고하지 말아야 하나요?"],
    ["who does it", "팀장이 사원을 평가하나요?", "팀장을 사원이 평가하나요?"],
    ["who does it", "Does Kim report to Lee?", "Does Lee report to Kim?"],
    ["one word more", "연차는 며칠인가요?", "미사용 연차는 며칠인가요?"],
  ])("%s are two: %s %s", (_, a, b) => {
    expect(sameQuestion(a, b)).toBe(false);
    expect(exactForm(a)).not.toBe(exactForm(b));
  });
});

test("a model that nobody measured has no similar questions", () => {
  expect(similarFrom("llmflow/multilingual-e5-small-q4")).toBeGreaterThan(0.9);
  expect(similarFrom("BAAI/bge-m3")).toBeUndefined();
});
