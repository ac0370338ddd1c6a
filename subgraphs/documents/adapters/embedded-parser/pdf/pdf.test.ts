import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../limits.js";
import { readDocument } from "../read-document.js";
import { type SamplePage, type SampleText, samplePdf } from "../testing/sample-pdf.js";

const read = (pages: SamplePage[], options = {}) => readDocument(samplePdf(pages, options), "a.pdf", DEFAULT_LIMITS);
const typed = async (pages: SamplePage[]) =>
  (await read(pages)).elements.map(({ type, headingLevel = "", text }) => `${type}${headingLevel} ${text}`);

const prose = (x: number, y: number, lines: string[]): SampleText[] =>
  lines.map((text, i) => ({ x, y: y + i * 12, text }));

/** A grid with the given places of lines. */
const grid = (xs: number[], ys: number[]): NonNullable<SamplePage["lines"]> => [
  ...ys.map((y): [number, number, number, number] => [xs[0] ?? 0, y, xs.at(-1) ?? 0, y]),
  ...xs.map((x): [number, number, number, number] => [x, ys[0] ?? 0, x, ys.at(-1) ?? 0]),
];

describe("PDF", () => {
  test("headings stand out by size, paragraphs are joined, hyphens at line ends go", async () => {
    const texts = [
      { x: 60, y: 120, size: 20, text: "Annual Report" },
      { x: 60, y: 160, size: 14, text: "Introduction" },
      ...prose(60, 190, [
        "This is a paragraph that goes on for a few lines and is exam-",
        "ined by the reader; it ends here.",
      ]),
      ...prose(60, 240, ["- first item of the list", "- second item of the list"]),
    ];
    expect(await typed([{ texts }])).toEqual([
      "Title1 Annual Report",
      "Title2 Introduction",
      "NarrativeText This is a paragraph that goes on for a few lines and is examined by the reader; it ends here.",
      "ListItem - first item of the list",
      "ListItem - second item of the list",
    ]);
  });

  test("Korean rules keep their articles and their text", async () => {
    const texts = prose(60, 120, ["제1장 총칙", "제12조(연차휴가) 직원은 십오 일의 휴가를 받는다."]);
    const { elements, language } = await read([{ texts }]);
    expect(elements.map(({ type, text }) => [type, text])).toEqual([
      ["Title", "제1장 총칙"],
      ["Title", "제12조(연차휴가)"],
      ["NarrativeText", "직원은 십오 일의 휴가를 받는다."],
    ]);
    expect(language).toBe("ko");
  });

  test("two columns are read one after the other", async () => {
    const column = (x: number, name: string): SampleText[] =>
      prose(
        x,
        120,
        Array.from({ length: 12 }, (_, i) => `${name} column line ${i + 1} has enough words`),
      );
    const { elements } = await read([{ texts: [...column(50, "Left"), ...column(320, "Right")] }]);
    const text = elements.map((element) => element.text).join(" ");
    expect(text.lastIndexOf("Left")).toBeLessThan(text.indexOf("Right"));
    expect(elements.every((element) => element.type === "NarrativeText")).toBe(true);
  });

  test("a ruled table keeps its merged cells", async () => {
    const [xs, ys] = [
      [60, 160, 260, 360],
      [100, 120, 140, 160],
    ];
    const lines = grid(xs, ys).filter(
      ([x0, y0, x1, y1]) => !(y0 === 140 && y1 === 140 && x0 === 60 && x1 === 360) && !(x0 === 260 && y0 === 100),
    );
    const texts = [
      { x: 65, y: 115, text: "Grade" },
      { x: 165, y: 115, text: "Days of leave per year" },
      { x: 65, y: 145, text: "Junior" },
      { x: 165, y: 135, text: "first" },
      { x: 265, y: 135, text: "15" },
      { x: 165, y: 155, text: "later" },
      { x: 265, y: 155, text: "16" },
    ];
    const drawn: NonNullable<SamplePage["lines"]> = [...lines, [160, 140, 360, 140], [260, 120, 260, 160]];
    const { elements } = await read([{ texts, lines: drawn }]);
    expect(elements.map((element) => element.html)).toEqual([
      '<table><tr><td>Grade</td><td colspan="2">Days of leave per year</td></tr><tr><td rowspan="2">Junior</td><td>first</td><td>15</td></tr><tr><td>later</td><td>16</td></tr></table>',
    ]);
  });

  test("a table with horizontal rules only, and one with none, are tables", async () => {
    const cells = (y: number): SampleText[] =>
      [
        ["Grade", "Days", "Bonus"],
        ["Junior", "15", "100"],
        ["Senior", "20", "200"],
        ["Lead", "25", "300"],
      ].flatMap((row, r) => row.map((text, c) => ({ x: 60 + c * 120, y: y + r * 14, text })));
    const rules: NonNullable<SamplePage["lines"]> = [
      [58, 110, 400, 110],
      [58, 125, 400, 125],
      [58, 170, 400, 170],
    ];
    const { elements } = await read([{ texts: cells(120), lines: rules }, { texts: cells(120) }]);
    const html = elements.flatMap((element) => element.html ?? []);
    expect(html).toHaveLength(2);
    for (const table of html) expect(table).toContain("<tr><td>Senior</td><td>20</td><td>200</td></tr>");
  });

  test("running heads and page numbers are set apart", async () => {
    const page = (n: number): SamplePage => ({
      texts: [
        { x: 60, y: 40, text: "Staff Handbook" },
        ...prose(60, 200, [`Text of page ${n} that a reader wants to find.`]),
        { x: 290, y: 815, text: `${n}` },
      ],
    });
    const { elements } = await read([page(1), page(2), page(3)]);
    expect(elements.filter(({ type }) => type === "Header").map(({ text }) => text)).toEqual(
      Array(3).fill("Staff Handbook"),
    );
    expect(elements.filter(({ type }) => type === "Footer").map(({ text }) => text)).toEqual(["1", "2", "3"]);
  });

  test("boxes are fractions of the page as it is shown, also when it is turned", async () => {
    const texts = [{ x: 60, y: 100, text: "Turned text" }];
    const [upright] = (await read([{ texts }])).elements;
    const [turned] = (await read([{ texts, rotate: 90 }])).elements;
    const [x0 = 0, y0 = 0] = upright?.bbox ?? [];
    expect(x0).toBeCloseTo(60 / 595, 2);
    expect(y0).toBeCloseTo((100 - 8.5) / 842, 2);
    // a quarter turn clockwise puts what was at the left to the top, what was at the top to the right
    expect(turned?.text).toBe("Turned text");
    expect(turned?.bbox?.[1]).toBeCloseTo(60 / 595, 2);
    expect(turned?.bbox?.[2]).toBeCloseTo(1 - (100 - 8.5) / 842, 2);
  });

  test("scanned pages are named, a document of nothing else is empty", async () => {
    const { warnings } = await read([{ texts: prose(60, 120, ["Cover"]) }, { scan: true }]);
    expect(warnings).toEqual([expect.stringContaining("Page 2")]);
    await expect(read([{ scan: true }])).rejects.toMatchObject({ code: "empty" });
  });

  test("title and pages are told; a protected file, too many pages and a cut file end in a failure", async () => {
    const texts = prose(60, 120, ["Some text"]);
    expect(await read([{ texts }, { texts }], { title: "Leave Policy" })).toMatchObject({
      title: "Leave Policy",
      pageCount: 2,
    });
    await expect(read([{ texts }], { encrypted: true })).rejects.toMatchObject({ code: "encrypted" });
    await expect(
      readDocument(samplePdf([{ texts }, { texts }]), "a.pdf", { ...DEFAULT_LIMITS, pages: 1 }),
    ).rejects.toMatchObject({ code: "too_large" });
    await expect(readDocument(samplePdf([{ texts }]).slice(0, 100), "a.pdf", DEFAULT_LIMITS)).rejects.toMatchObject({
      code: "corrupt",
    });
  });
});
