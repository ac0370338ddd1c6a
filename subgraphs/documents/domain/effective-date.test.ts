import { describe, expect, test } from "vitest";
import { findEffectiveDate } from "./effective-date.js";

const dateOf = (...texts: string[]): string | null => findEffectiveDate(texts.map((text) => ({ text })));

describe("effective date", () => {
  test.each([
    ["시행일: 2025. 1. 1.", "2025-01-01"],
    ["시행 2025.01.01", "2025-01-01"],
    ["[시행 2024. 12. 20.] [고용노동부령 제433호]", "2024-12-20"],
    ["시행일자 : 2025년 3월 2일", "2025-03-02"],
    ["이 규정은 2025년 1월 1일부터 시행한다.", "2025-01-01"],
    ["제1조(시행일) 이 규칙은 2023년 7월 15일부터 이를 시행한다.", "2023-07-15"],
    ["개정 2024-12-20", "2024-12-20"],
    ["2024. 5. 3. 일부개정", "2024-05-03"],
    ["Effective date: January 1, 2025", "2025-01-01"],
    ["Effective: 2025-01-01", "2025-01-01"],
    ["This policy takes effect on 1st of March 2024.", "2024-03-01"],
    ["Last revised: Sept. 30, 2023", "2023-09-30"],
  ])("%s is %s", (text, date) => {
    expect(dateOf(text)).toBe(date);
  });

  test("the latest day of force wins, and over a later revision", () => {
    expect(
      dateOf(
        "부칙 이 규정은 2020년 1월 1일부터 시행한다.",
        "이 규정은 2024년 7월 1일부터 시행한다.",
        "개정 2024-12-20",
      ),
    ).toBe("2024-07-01");
  });

  test.each(["2025년 1월 1일 회의록", "매출은 2024. 3. 31. 기준", "시행일: 2025. 2. 30.", "문의 02-2025-0101", ""])(
    "%j names no day of force",
    (text) => {
      expect(dateOf(text)).toBeNull();
    },
  );

  test("the middle of a long document is not searched", () => {
    const elements = Array.from({ length: 200 }, () => "본문");
    elements[100] = "시행일: 2025. 1. 1.";
    expect(dateOf(...elements)).toBeNull();
  });
});
