import { strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import type { Element } from "../../domain/elements.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { readDocument } from "./read-document.js";

const read = (name: string, text: string) => readDocument(strToU8(text), name, DEFAULT_LIMITS);
const outline = (elements: Element[]): string[] =>
  elements.map(({ type, headingLevel = "", text, parentId }) => `${parentId ?? "-"} ${type}${headingLevel} ${text}`);

describe("plain text", () => {
  test("Korean rules are cut at their chapters and articles", async () => {
    const { elements, language } = await read(
      "rules.txt",
      "제1장 총칙\n\n제12조(연차휴가) ① 직원은 15일의 휴가를 받는다.\n② 제12조에 따라 신청한다.\n\n제12조의2(보상)\n제5조 및 제6조에 따라 보상한다.",
    );
    expect(outline(elements)).toEqual([
      "- Title2 제1장 총칙",
      "e1 Title5 제12조(연차휴가)",
      "e2 NarrativeText ① 직원은 15일의 휴가를 받는다.",
      "e2 ListItem ② 제12조에 따라 신청한다.",
      "e1 Title5 제12조의2(보상)",
      "e5 NarrativeText 제5조 및 제6조에 따라 보상한다.",
    ]);
    expect(language).toBe("ko");
  });

  test("wrapped lines are one paragraph, form feeds are pages", async () => {
    const { elements, pageCount } = await read(
      "notes.txt",
      "INTRODUCTION\n\nThe first\nparagraph.\n\n- one\n- two\f Page two.",
    );
    expect(outline(elements)).toEqual([
      "- Title1 INTRODUCTION",
      "e1 NarrativeText The first paragraph.",
      "e1 ListItem - one",
      "e1 ListItem - two",
      "e1 NarrativeText Page two.",
    ]);
    expect([pageCount, elements.at(-1)?.pageNumber]).toEqual([2, 2]);
  });

  test("control characters do not reach the text", async () => {
    const { elements } = await read("notes.txt", `a\u0007b\u007f c ${"words ".repeat(50)}`);
    expect(elements[0]?.text.startsWith("ab c words")).toBe(true);
  });

  test("a file of white space is empty", async () => {
    await expect(read("blank.txt", " \n\n\t ")).rejects.toMatchObject({ code: "empty" });
  });
});

describe("Markdown", () => {
  test("headings, lists, tables and code keep their kind", async () => {
    const source =
      "---\ntitle: '휴가 안내'\n---\n# Leave\n\nSome *text* with `code`.\n\n1. one\n   - two\n\n| a | b |\n|---|---|\n| 1 | <2 |\n\n```\nlet x;\n```\n";
    const { elements, title } = await read("a.md", source);
    expect(title).toBe("휴가 안내");
    expect(outline(elements)).toEqual([
      "- Title1 Leave",
      "e1 NarrativeText Some text with code.",
      "e1 ListItem one",
      "e1 ListItem two",
      "e1 Table a | b\n1 | <2",
      "e1 NarrativeText let x;",
    ]);
    expect(elements[4]?.html).toBe("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>&lt;2</td></tr></table>");
  });
});

describe("HTML", () => {
  test("text is kept, code and navigation are not", async () => {
    const { elements, title } = await read(
      "a.html",
      `<html><head><title>T</title><style>p{}</style></head><body><nav>Home</nav><h2>Head</h2><p>One<br>line</p>
       <script>alert(1)</script><ul><li>item</li></ul><div hidden>secret</div><img alt="A chart"><footer>Imprint</footer></body></html>`,
    );
    expect(title).toBe("T");
    expect(outline(elements)).toEqual([
      "- Title2 Head",
      "e1 NarrativeText One line",
      "e1 ListItem item",
      "e1 Image A chart",
      "- Footer Imprint",
    ]);
  });

  test("tables keep spans and lose all markup of the source", async () => {
    const { elements } = await read(
      "a.html",
      `<table onclick="x()"><tr><th colspan=2>Head<script>alert(1)</script></th></tr>
       <tr><td rowspan="2"><a href="javascript:x">L</a></td><td>&lt;b&gt;</td></tr><tr><td>c<br>d</td></tr></table>`,
    );
    expect(elements.map((element) => element.html)).toEqual([
      '<table><tr><th colspan="2">Head</th></tr><tr><td rowspan="2">L</td><td>&lt;b&gt;</td></tr><tr><td>c<br>d</td></tr></table>',
    ]);
  });

  test("tables that only lay the page out are read as text", async () => {
    const { elements } = await read(
      "a.html",
      "<table><tr><td><p>Left</p><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>",
    );
    expect(elements.map((element) => element.type)).toEqual(["NarrativeText", "Table"]);
  });

  test("entities a document type declares are not expanded", async () => {
    const { elements } = await read(
      "a.html",
      '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]><html><p>a &x; &y; b</p></html>',
    );
    expect(elements.at(-1)?.text).toContain("&x; &y; b");
  });

  test.each([
    ["divisions", "<div>".repeat(100_000)],
    ["tables", "<table><tr><td>".repeat(50_000)],
    ["inline marks", `${"<b>".repeat(100_000)}x`],
  ])("endless nesting of %s is too complex", async (_, source) => {
    await expect(read("a.html", source)).rejects.toMatchObject({ code: "too_complex" });
  });
});
