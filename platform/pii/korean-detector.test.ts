import { describe, expect, test } from "vitest";
import type { PiiKind } from "./detector.js";
import { createKoreanDetector, resolveOverlaps } from "./korean-detector.js";
import { mask } from "./mask.js";
import { seededRandom, syntheticValue } from "./synthetic-values.js";

const detector = createKoreanDetector();
const found = async (text: string) =>
  (await detector.detect(text)).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

describe("each kind is found in the forms people write", () => {
  test.each<[string, PiiKind, string]>([
    ["주민등록번호는 900101-1234568 입니다", "KR_RRN", "900101-1234568"],
    ["주민번호 9001011234568", "KR_RRN", "9001011234568"],
    ["주민등록번호(2020년 이후): 210305-3456789", "KR_RRN", "210305-3456789"],
    ["주민등록번호 ９００１０１－１２３４５６８ 기재", "KR_RRN", "９００１０１－１２３４５６８"],
    ["생년월일/성별 900101-1******", "KR_RRN", "900101-1******"],
    ["외국인등록번호 900101-5234567", "KR_FRN", "900101-5234567"],
    ["사업자등록번호 220-81-62517", "KR_BRN", "220-81-62517"],
    ["여권번호는 M12345678이다", "KR_PASSPORT", "M12345678"],
    ["Passport No. M123A4567", "KR_PASSPORT", "M123A4567"],
    ["운전면허 11-12-123456-01", "KR_DRIVER_LICENSE", "11-12-123456-01"],
    ["면허번호: 서울 12-123456-01", "KR_DRIVER_LICENSE", "서울 12-123456-01"],
    ["휴대폰 010-1234-5678로 연락", "PHONE_NUMBER", "010-1234-5678"],
    ["010 1234 5678", "PHONE_NUMBER", "010 1234 5678"],
    ["연락처01012345678입니다", "PHONE_NUMBER", "01012345678"],
    ["전화 02)123-4567", "PHONE_NUMBER", "02)123-4567"],
    ["인사팀(02-5550-0147, 내선 3)", "PHONE_NUMBER", "02-5550-0147"],
    ["(010)1234-5678", "PHONE_NUMBER", "(010)1234-5678"],
    ["Call (415) 555-2671", "PHONE_NUMBER", "(415) 555-2671"],
    ["전화: (031) 123-4567", "PHONE_NUMBER", "(031) 123-4567"],
    ["+82 10-1234-5678", "PHONE_NUMBER", "+82 10-1234-5678"],
    ["+82(0)10 1234 5678", "PHONE_NUMBER", "+82(0)10 1234 5678"],
    ["Tel: +1 (415) 555-2671", "PHONE_NUMBER", "+1 (415) 555-2671"],
    ["call 415-555-2671 today", "PHONE_NUMBER", "415-555-2671"],
    ["London +44 20 7946 0958.", "PHONE_NUMBER", "+44 20 7946 0958"],
    [
      "010\u200B-1234\u2011-5678".replace("-\u2011", "\u2011").replace("\u2011-", "\u2011"),
      "PHONE_NUMBER",
      "010\u200B-1234\u20115678",
    ],
    ["국민은행 123456-01-234567로 입금", "KR_BANK_ACCOUNT", "123456-01-234567"],
    ["카드번호 4111-1111-1111-1111", "CREDIT_CARD", "4111-1111-1111-1111"],
    ["Amex 3782 822463 10005", "CREDIT_CARD", "3782 822463 10005"],
    ["문의: hong.gildong+hr@example.co.kr로", "EMAIL", "hong.gildong+hr@example.co.kr"],
    ["...........hong@example.com", "EMAIL", "hong@example.com"],
    ["hong [at] example.com", "EMAIL", "hong [at] example.com"],
    ["접속 IP 203.0.113.7에서", "IP_ADDRESS", "203.0.113.7"],
    ["from 2001:db8::8a2e:370:7334 port 22", "IP_ADDRESS", "2001:db8::8a2e:370:7334"],
    ["SSN 536-22-1234", "US_SSN", "536-22-1234"],
  ])("%s", async (text, kind, value) => {
    expect(await found(text)).toEqual([[kind, value]]);
  });
});

describe("what only looks like personal data stays", () => {
  test.each([
    "시행일: 2025. 1. 1. 개정 2024-12-20, 2019.03.01",
    "제12조 제3항 제2호에 따라 별표 1-2를 적용한다.",
    "예산 1,234,567,890원 중 12,345,678원을 집행 (33.5%)",
    "버전 1.2.3.4, v10.15.7, Node 24.21.0, 제1.2.3.4절",
    "문서번호 인사-2024-0123, 페이지 12-34, 2024년도 제10차",
    "고객센터 1588-1234, 보훈상담센터(1577-0606), 119, 국번 없이 1350",
    "근무시간 09:00-18:00, 점심 12:00~13:00, 12:30:45",
    "10-20-30 2024-01-15T09:30:00Z 20240115093000",
    "ISBN 978-89-12345-67-8, 바코드 8801234567893",
    "주문번호 2024010112345, 사번 20240001, 우편번호 06236",
    "Section 1.2.3.4 says 3.14159265358979 and 1,000,000 rows",
    "localhost 127.0.0.1:8080, 0.0.0.0",
    "C++::std::vector a::b, 12::30",
    "@example 팀 @here 010 번 버스, 100-200명, 2-3일",
    "연차 15일, 3년차 16일, 21년 이상 25일 1 2 3 4 5 6 7 8 9 10 11 12 13",
    "M16 bolt, G20 2024, S12345678 부품, 모델 PM1234567",
    "계좌이체는 2025-01-15까지, 금액은 12,345,678원",
    "UUID 550e8400-e29b-41d4-a716-446655440000, sha 1234567890abcdef",
    "좌표 37.566535, 126.977969 / 면적 84.9876 / 통계 2019 2020 2021 2022",
    "999999-1234567 은 날짜가 아니다",
  ])("%s", async (text) => {
    expect(await found(text)).toEqual([]);
  });
});

test("generated values are masked wherever they stand, and nothing else is", async () => {
  const random = seededRandom(20_250_101);
  const kinds: PiiKind[] = [
    "KR_RRN",
    "KR_FRN",
    "KR_BRN",
    "KR_DRIVER_LICENSE",
    "PHONE_NUMBER",
    "CREDIT_CARD",
    "EMAIL",
    "KR_BANK_ACCOUNT",
    "KR_PASSPORT",
    "IP_ADDRESS",
    "US_SSN",
    "IBAN",
  ];
  const fillers = [
    "제3조에 따라 ",
    "연차는 15일이다. ",
    "2025. 1. 1.부터 ",
    "Please note ",
    "금액 12,000원, ",
    "\n",
    "가나다 ",
  ];
  const labels: Partial<Record<PiiKind, string>> = {
    KR_BANK_ACCOUNT: "입금 계좌: ",
    KR_PASSPORT: "여권번호 ",
    IP_ADDRESS: "접속 IP ",
  };
  for (let round = 0; round < 400; round++) {
    let text = "";
    let expected = "";
    for (let piece = 0; piece < 6; piece++) {
      const filler = fillers[random(fillers.length)] as string;
      text += filler;
      expected += filler;
      if (random(2) === 0) continue;
      const kind = kinds[random(kinds.length)] as PiiKind;
      const after = [" 이며, ", "입니다. ", ", ", "\n"][random(4)] as string;
      text += `${labels[kind] ?? "값: "}${syntheticValue(kind, random)}${after}`;
      expected += `${labels[kind] ?? "값: "}[${kind}]${after}`;
    }
    expect(mask(text, await detector.detect(text)).text).toBe(expected);
  }
});

test("overlapping findings become one range that leaves no part readable", () => {
  expect(
    resolveOverlaps([
      { start: 5, end: 12, kind: "PHONE_NUMBER", score: 0.7 },
      { start: 0, end: 8, kind: "KR_BANK_ACCOUNT", score: 0.6 },
      { start: 20, end: 22, kind: "EMAIL", score: 0.9 },
    ]),
  ).toEqual([
    { start: 0, end: 12, kind: "PHONE_NUMBER", score: 0.7 },
    { start: 20, end: 22, kind: "EMAIL", score: 0.9 },
  ]);
});

test("an aborted detection rejects", async () => {
  await expect(detector.detect("010-1234-5678", { signal: AbortSignal.abort() })).rejects.toThrow();
});

test("300,000 characters of the worst input end within the test's time", async () => {
  for (const piece of ["a", "1", "1-", "a.", "1.1.", ":", "+1 ", "010-", "a@"]) {
    await detector.detect(piece.repeat(300_000 / piece.length));
  }
});
