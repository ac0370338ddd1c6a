import { expect, test } from "vitest";
import { passage } from "../testing/passages.js";
import { packContext } from "./packing.js";
import { currentPassages } from "./supersession.js";

const OLD = passage({
  chunkId: "chk_old",
  documentId: "doc_old",
  fileName: "연차관리규정_2019.pdf",
  effectiveDate: "2019-01-01",
  headingPath: ["제2장 연차휴가"],
  text: "입사 1년이 지난 직원에게는 연차휴가 12일을 부여한다. 미사용 연차는 이월되지 않는다.",
});
const NEW = passage({
  chunkId: "chk_new",
  documentId: "doc_new",
  fileName: "연차관리규정.pdf",
  effectiveDate: "2025-01-01",
  headingPath: ["제2장 연차휴가"],
  text: "입사 1년이 지난 직원에게는 연차휴가 15일을 부여한다. 미사용 연차는 최대 5일까지 이월된다.",
});

test("an old version never stands beside the one that replaced it, however well it ranks", () => {
  expect(currentPassages([OLD, NEW])).toMatchObject([{ supersededBy: "chk_new" }, { supersededBy: null }]);
  const context = packContext([OLD, NEW]);
  expect(context.prompt.map((p) => [p.marker, p.chunkId])).toEqual([[1, "chk_new"]]);
  expect(context.all.map((p) => [p.marker, p.supersededBy])).toEqual([
    [null, "chk_new"],
    [1, null],
  ]);
});

test("a later document about something else supersedes nothing", () => {
  const other = passage({
    documentId: "doc_new",
    effectiveDate: "2025-01-01",
    text: "노트북은 정보보안팀에 신청하며 3일이 걸린다.",
  });
  expect(currentPassages([OLD, other])[0]).toMatchObject({ supersededBy: null, text: OLD.text });
});

test("of a longer old passage only the statement that was replaced goes", () => {
  const long = passage({
    ...OLD,
    headingPath: [],
    text: [
      "출장비는 출발 전에 신청하고 영수증을 첨부하여 재무팀에 제출해야 한다.",
      "입사 1년이 지난 직원에게는 연차휴가 12일을 부여한다.",
      "경조사 휴가는 증빙 서류와 함께 부서장에게 올린다.",
      "재택근무는 팀장과 미리 상의하여 요일을 정한다.",
    ].join("\n"),
  });
  const note = passage({ ...NEW, headingPath: [], text: "입사 1년이 지난 직원에게는 연차휴가 15일을 부여한다." });
  const [first] = currentPassages([long, note]);
  expect(first?.supersededBy).toBeNull();
  expect(first?.text).not.toContain("12일");
  expect(first?.text).toContain("출장비");
});

test("without dates, or within one document, nothing is superseded", () => {
  for (const pair of [
    [OLD, { ...NEW, effectiveDate: null }],
    [{ ...OLD, effectiveDate: null }, NEW],
    [OLD, { ...NEW, documentId: "doc_old" }],
    [{ ...OLD, effectiveDate: "2025-01-01" }, NEW],
  ])
    expect(currentPassages(pair).map((p) => p.supersededBy)).toEqual([null, null]);
});

test("packing stops at the budget and numbers without gaps", () => {
  const many = Array.from({ length: 8 }, (_, i) =>
    passage({ chunkId: `chk_${i}`, documentId: `doc_${i}`, text: "가나다라 마바사아 ".repeat(60) }),
  );
  const context = packContext(many, 1500);
  expect(context.tokens).toBeLessThanOrEqual(1500);
  expect(context.prompt.map((p) => p.marker)).toEqual(context.prompt.map((_, i) => i + 1));
  expect(context.all).toHaveLength(8);
});
