import { describe, expect, test } from "vitest";
import { detectLanguage } from "./language.js";

describe("a text's language follows its script and words", () => {
  test.each([
    ["연차 휴가 신청 방법이 뭐야?", "ko"],
    ["VPN 접속이 안 됩니다", "ko"],
    ["AWS S3 bucket 권한 신청은 Jira 에서", "ko"],
    ["How many days of leave do I get?", "en"],
    ["remote work", "en"],
    ["Employees may work remotely for up to three days per week with the approval of their manager.", "en"],
    ["Die Mitarbeiter können bis zu drei Tage pro Woche zu Hause arbeiten.", "other"],
    ["申請は三日前まで", "other"],
    ["12345 !!", "other"],
    ["", "other"],
  ])("%s → %s", (text, expected) => {
    expect(detectLanguage(text)).toBe(expected);
  });
});
