import { describe, expect, test } from "vitest";
import type { PiiDetector, PiiKind } from "../detector.js";

const CASES: readonly (readonly [text: string, kind: PiiKind, value: string])[] = [
  ["주민등록번호는 900101-1234568 입니다", "KR_RRN", "900101-1234568"],
  ["사업자등록번호 220-81-62517", "KR_BRN", "220-81-62517"],
  ["운전면허 11-12-123456-01 소지자", "KR_DRIVER_LICENSE", "11-12-123456-01"],
  ["휴대폰 010-1234-5678 로 연락", "PHONE_NUMBER", "010-1234-5678"],
  ["카드번호 4111-1111-1111-1111 결제", "CREDIT_CARD", "4111-1111-1111-1111"],
  ["문의: hong@example.com 담당자", "EMAIL", "hong@example.com"],
  ["접속 IP 203.0.113.7 에서 로그인", "IP_ADDRESS", "203.0.113.7"],
  ["mail jane.doe@example.com today", "EMAIL", "jane.doe@example.com"],
  ["card 4111 1111 1111 1111 on file", "CREDIT_CARD", "4111 1111 1111 1111"],
  ["call 010-1234-5678 in Korea", "PHONE_NUMBER", "010-1234-5678"],
];

/** What every detector of personal data has to do, whatever stands behind it. `make` is called for each text. */
export function detectorConformance(name: string, make: () => PiiDetector): void {
  describe(`${name} as a detector of personal data`, () => {
    const detect = (text: string, signal?: AbortSignal) => make().detect(text, { signal });
    const values = async (text: string) =>
      (await detect(text)).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

    test.each(CASES)("%s", async (text, kind, value) => {
      expect(await values(text)).toContainEqual([kind, value]);
    });

    test("offsets count UTF-16 code units, also after characters beyond the basic plane", async () => {
      expect(await values("😀👍🏽 메일 hong@example.com 😀")).toContainEqual(["EMAIL", "hong@example.com"]);
    });

    test("findings are ordered, inside the text and do not overlap", async () => {
      const text = CASES.map(([one]) => one).join("\n");
      const findings = await detect(text);
      expect(findings.length).toBeGreaterThanOrEqual(CASES.length);
      let last = 0;
      for (const { start, end, score } of findings) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    });

    test.each(["", "  \n", "연차는 15일이며 제12조에 따른다.", "Leave is 15 days, see section 12."])(
      "nothing is found in %j",
      async (text) => {
        expect(await detect(text)).toEqual([]);
      },
    );

    test("a text longer than a request takes is read to its end", async () => {
      const text = `${"연차는 15일이다. ".repeat(3_000)}hong@example.com`;
      expect(await values(text)).toEqual([["EMAIL", "hong@example.com"]]);
    });

    test("many texts at once get each its own findings", async () => {
      const detector = make();
      const texts = Array.from({ length: 100 }, (_, i) => `담당자 ${i}: user${i}@example.com`);
      const found = await Promise.all(texts.map((text) => detector.detect(text)));
      for (const [i, findings] of found.entries())
        expect(findings.map(({ start, end }) => texts[i]?.slice(start, end))).toContain(`user${i}@example.com`);
    });

    test("an aborted detection rejects", async () => {
      await expect(detect("010-1234-5678", AbortSignal.abort())).rejects.toThrow();
    });
  });
}
