import { describe, expect, test } from "vitest";
import { createKoreanDetector } from "../../../platform/pii/korean-detector.js";
import type { ParseResult } from "./parser.js";
import { policyRefusal, treatPersonalData } from "./personal-data.js";
import type { PiiPolicy } from "./pii-policy.js";

const parsed: ParseResult = {
  mimeType: "text/markdown",
  language: "ko",
  warnings: [],
  elements: [
    { id: "0", type: "Title", text: "비상 연락망 010-1111-2222" },
    { id: "1", type: "NarrativeText", text: "담당자는 hong@example.com 이다." },
    { id: "2", type: "NarrativeText", text: "연차는 15일이다." },
    {
      id: "3",
      type: "Table",
      text: "이름 계좌번호 홍길동 123456-01-234567",
      html: "<table><tr><th>이름</th><th>계좌번호</th></tr><tr><td>홍길동</td><td>123456-01-234567</td></tr></table>",
    },
  ],
};
const VALUES = ["010-1111-2222", "hong@example.com", "123456-01-234567", "010-3333-4444"];
const counts = { PHONE_NUMBER: 3, EMAIL: 1, KR_BANK_ACCOUNT: 1 };
const treat = (policy: PiiPolicy) =>
  treatPersonalData(parsed, "연락망 010-3333-4444.md", policy, createKoreanDetector(), AbortSignal.timeout(5000));
const readable = (treated: object) => VALUES.filter((value) => JSON.stringify(treated).includes(value));

describe("a data set's policy decides what becomes of personal data", () => {
  test("MASK shows the kind in the value's place", async () => {
    const treated = await treat("MASK");
    expect(readable(treated)).toEqual([]);
    expect(treated).toMatchObject({ pii: counts, piiPolicy: "MASK", name: "연락망 [PHONE_NUMBER].md" });
    expect(treated.elements).toHaveLength(4);
  });

  test("DROP leaves out the paragraphs and tables that hold a value, and nothing else", async () => {
    const treated = await treat("DROP");
    expect(readable(treated)).toEqual([]);
    expect(treated.elements.map(({ id }) => id)).toEqual(["2"]);
    expect(treated).toMatchObject({ pii: counts, title: "비상 연락망 [PHONE_NUMBER]" });
  });

  test("REFUSE counts and stores no value", async () => {
    const treated = await treat("REFUSE");
    expect(readable(treated)).toEqual([]);
    expect(treated.pii).toEqual(counts);
  });

  test("KEEP leaves the text as it is and still counts", async () => {
    const treated = await treat("KEEP");
    expect(readable(treated)).toEqual(VALUES);
    expect(treated.elements).toEqual(parsed.elements);
    expect(treated.pii).toEqual(counts);
  });
});

test("only an admin keeps personal data readable; every editor may choose the other policies", () => {
  const viewer = { tenantId: "t", userId: "u", departments: [], expiresAt: 0 };
  expect(policyRefusal({ ...viewer, roles: ["editor"] }, "KEEP")).toMatchObject({ refusal: { kind: "NOT_ALLOWED" } });
  expect(policyRefusal({ ...viewer, roles: ["admin"] }, "KEEP")).toBeUndefined();
  for (const policy of ["MASK", "DROP", "REFUSE"] as const)
    expect(policyRefusal({ ...viewer, roles: ["editor"] }, policy)).toBeUndefined();
});
