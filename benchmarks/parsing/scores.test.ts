import { describe, expect, test } from "vitest";
import type { Element } from "../../subgraphs/documents/domain/elements.js";
import { scoresOf } from "./scores.js";

const label = {
  file: "a.md",
  pages: null,
  text: "휴가 규정 fifteen days",
  headings: ["휴가 규정"],
  table: [
    ["a", "b"],
    ["c", "d"],
  ],
  otherTables: false,
};
const element = (type: Element["type"], text: string, html?: string): Element => ({
  id: "e1",
  type,
  text,
  ...(html === undefined ? {} : { html }),
});

describe("scores of a parser", () => {
  test("are full when everything is found and nothing else", () => {
    const table = "<table><tr><th>a</th><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>";
    const elements = [
      element("Title", "휴가 규정"),
      element("NarrativeText", "fifteen days"),
      element("Table", "", table),
    ];
    expect(scoresOf(label, elements)).toEqual({ text: 1, cells: 1, headings: 1 });
  });

  test("fall with what is missing and with what is invented", () => {
    const table = "<table><tr><td>a</td><td>b</td></tr><tr><td>d</td><td>c</td></tr></table>";
    const elements = [element("Title", "휴가"), element("Title", "fifteen days"), element("Table", "", table)];
    const { text, cells, headings } = scoresOf(label, elements);
    expect([text, cells, headings]).toEqual([4 / 6, 0.5, 0]);
    expect(scoresOf({ ...label, table: [] }, []).cells).toBeNull();
  });
});
