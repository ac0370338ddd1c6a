import { expect, test } from "vitest";
import { createKoreanDetector } from "./korean-detector.js";
import { mask } from "./mask.js";
import { maskElements, maskMetadata } from "./mask-elements.js";
import { maskHtml } from "./mask-html.js";

const detector = createKoreanDetector();

test("a label names the kind and offsets of everything else stay right", () => {
  const masked = mask("전화 010-1234-5678, 끝", [{ start: 3, end: 16, kind: "PHONE_NUMBER", score: 1 }]);
  expect(masked).toEqual({ text: "전화 [PHONE_NUMBER], 끝", counts: { PHONE_NUMBER: 1 } });
  expect(() => mask("abc", [{ start: 1, end: 9, kind: "EMAIL", score: 1 }])).toThrow(RangeError);
});

test("elements keep their order, fields and number; counts hold no value", async () => {
  const elements = [
    { id: "1", type: "Title", text: "문의 hr@example.com", headingLevel: 2 },
    { id: "2", type: "PageBreak", text: "" },
    { id: "3", type: "NarrativeText", text: "담당 010-1234-5678, 010-8765-4321", pageNumber: 2 },
  ];
  const masked = await maskElements(elements, detector);
  expect(masked.elements).toEqual([
    { id: "1", type: "Title", text: "문의 [EMAIL]", headingLevel: 2 },
    { id: "2", type: "PageBreak", text: "" },
    { id: "3", type: "NarrativeText", text: "담당 [PHONE_NUMBER], [PHONE_NUMBER]", pageNumber: 2 },
  ]);
  expect(masked.counts).toEqual({ EMAIL: 1, PHONE_NUMBER: 2 });
});

test("a value cut by a page or line break is masked on both sides", async () => {
  const masked = await maskElements(
    [
      { type: "NarrativeText", text: "연락처는 010-1234-" },
      { type: "Footer", text: "1 / 2" },
      { type: "PageBreak", text: "" },
      { type: "NarrativeText", text: "5678 이다." },
    ],
    detector,
  );
  expect(masked.elements.map(({ text }) => text).join("")).not.toMatch(/1234|5678/);
});

test("a value is judged with the label that stands in the element before it", async () => {
  const masked = await maskElements(
    [
      { type: "Title", text: "급여 계좌번호" },
      { type: "NarrativeText", text: "123456-01-234567" },
    ],
    detector,
  );
  expect(masked.elements[1]?.text).toBe("[KR_BANK_ACCOUNT]");
});

test("a table cell is judged with its column's header and its row's label, in HTML and in plain text", async () => {
  const html =
    "<table><tr><th>이름</th><th>계좌번호</th></tr><tr><td>홍길동</td><td>123456-01-234567</td></tr><tr><td>여권번호</td><td>M12345678</td></tr></table>";
  const [table] = (
    await maskElements(
      [{ type: "Table", text: "이름 계좌번호\n홍길동 123456-01-234567\n여권번호 M12345678", html }],
      detector,
    )
  ).elements;
  expect(table?.html).toContain("<td>[KR_BANK_ACCOUNT]</td>");
  expect(table?.html).toContain("<td>[KR_PASSPORT]</td>");
  expect(table?.text).not.toMatch(/123456|M12345678/);
});

test("a value split by inline tags or written as character references is masked and the tags stay", async () => {
  const masked = await maskHtml(
    '<p>전화 <b>010</b>-1234<i>-5678</i> / hong&#64;example.com <a href="mailto:kim@example.com">메일</a></p>',
    detector,
  );
  expect(masked.html).toBe('<p>전화 <b>[PHONE_NUMBER]</b><i></i> / [EMAIL] <a href="mailto:[EMAIL]">메일</a></p>');
});

test("file name, title and mail headers are masked", async () => {
  const masked = await maskMetadata(
    { fileName: "홍길동_900101-1234568.pdf", from: "홍길동 <hong@example.com>", title: null },
    detector,
  );
  expect(masked.metadata).toEqual({ fileName: "홍길동_[KR_RRN].pdf", from: "홍길동 <[EMAIL]>", title: null });
  expect(masked.counts).toEqual({ KR_RRN: 1, EMAIL: 1 });
});
