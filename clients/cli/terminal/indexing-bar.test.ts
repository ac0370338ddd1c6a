import { describe, expect, test } from "vitest";
import type { IndexingEvent } from "../../typescript/index.js";
import { advance, renderRows, type StageFractions, wholeOf } from "./indexing-bar.js";
import { styleOf } from "./style.js";
import { widthOf } from "./width.js";

const event = (stage: IndexingEvent["stage"], state: IndexingEvent["state"], done = 0, total: number | null = null) =>
  ({
    cursor: "",
    documentId: "",
    stage,
    state,
    done,
    total,
    ratePerSecond: null,
    etaSeconds: null,
    attempt: 1,
    code: null,
    message: null,
    at: "",
  }) as const;

describe("the progress of a document", () => {
  test("never falls, though stages run side by side and an attempt starts over", () => {
    const events = [
      event("STORE", "COMPLETED"),
      event("PARSE", "RUNNING", 1, 2),
      event("EMBED", "RUNNING", 10, 40),
      event("EXTRACT", "RUNNING", 30, 40),
      event("EMBED", "RUNNING", 20, 40),
      event("PARSE", "RUNNING", 0, 2),
      event("INDEX", "COMPLETED", 40, 40),
      event("FINISH", "COMPLETED"),
    ];
    let fractions: StageFractions = {};
    const seen = events.map((each) => {
      fractions = advance(fractions, each);
      return wholeOf(fractions);
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  test("is drawn in lines that fit the terminal, Korean names aligned with Latin ones", () => {
    const rows = ["연차관리규정.pdf", "employee-handbook-with-a-very-long-name-indeed.pdf", "a.md"].map((name) => ({
      name,
      state: "working" as const,
      fraction: 0.5,
      label: "embedding 12/40, and much more that does not fit into the line of a narrow terminal",
    }));
    for (const columns of [60, 80, 120]) {
      const lines = renderRows(rows, columns, styleOf(false, {}));
      expect(lines.map((line) => widthOf(line) <= columns)).toEqual([true, true, true]);
      expect(new Set(lines.map((line) => widthOf(line.slice(0, line.indexOf("█"))))).size).toBe(1);
    }
  });
});
