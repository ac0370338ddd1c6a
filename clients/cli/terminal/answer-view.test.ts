import { describe, expect, test } from "vitest";
import { type AnswerState, EMPTY_ANSWER } from "../../typescript/index.js";
import { pagesText, renderAnswer } from "./answer-view.js";
import { styleOf } from "./style.js";

const citation = (marker: number, quote: string, page: number): AnswerState["citations"][number] => ({
  position: marker,
  marker,
  status: "CURRENT",
  support: "SUPPORTED",
  check: "LEXICAL",
  quote,
  fileName: "연차관리규정.pdf",
  documentVersion: 1,
  effectiveDate: "2025-01-01",
  pages: [page],
  boxes: [],
  chunk: null,
  document: null,
});

describe("what is shown under an answer", () => {
  test("names each source once, with its pages and its quotes", () => {
    const citations = [citation(2, "팀장이 승인한다.", 1), citation(1, "3일 전까지\n신청한다.", 1), citation(2, "", 2)];
    expect(renderAnswer({ ...EMPTY_ANSWER, citations }, 80, styleOf(false, {}))).toEqual([
      "  sources",
      "  [1] 연차관리규정.pdf, p. 1  from 2025-01-01",
      "      “3일 전까지 신청한다.”",
      "  [2] 연차관리규정.pdf, pp. 1–2  from 2025-01-01",
      "      “팀장이 승인한다.”",
      "",
    ]);
  });

  test("begins with the facts that the cited passages support", () => {
    const fact = (subject: string, relationType: string, evidence: string[]) =>
      ({ subject, relationType, object: "x", weight: 1, evidence }) as const;
    const facts = [
      fact("a", "RELATED_TO", ["chk_2"]),
      fact("b", "MANAGED_BY", ["chk_2"]),
      fact("c", "RELATED_TO", ["chk_1"]),
      fact("d", "OWNS", ["chk_1"]),
    ].map((each) => ({ ...each, evidence: [...each.evidence] }));
    const citations = [{ ...citation(1, "", 1), chunk: { id: "chk_1" } }];
    const lines = renderAnswer({ ...EMPTY_ANSWER, citations, facts }, 80, styleOf(false, {}));
    expect(lines.filter((line) => line.includes("→"))).toEqual([
      "  d ─OWNS→ x",
      "  c ─RELATED_TO→ x",
      "  b ─MANAGED_BY→ x",
      "  a ─RELATED_TO→ x",
    ]);
  });

  test("says pages as people do", () => {
    expect([[], [3], [2, 1], [1, 4], [2, 2]].map(pagesText)).toEqual(["", "p. 3", "pp. 1–2", "pp. 1, 4", "p. 2"]);
  });
});
