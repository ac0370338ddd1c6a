import { describe, expect, test } from "vitest";
import type { Element } from "../../domain/elements.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { readDocument } from "./read-document.js";
import { hwpParagraph, hwpTable, sampleHwp } from "./testing/sample-hwp.js";
import { sampleHwpx, sampleOdt, samplePptx, sampleXlsx, shape } from "./testing/sample-office.js";

const read = (name: string, bytes: Uint8Array | string, limits = DEFAULT_LIMITS) =>
  readDocument(typeof bytes === "string" ? new Uint8Array(Buffer.from(bytes, "latin1")) : bytes, name, limits);
const outline = (elements: Element[]): string[] =>
  elements.map(
    ({ type, headingLevel = "", pageNumber = "-", html, text }) =>
      `${pageNumber} ${type}${headingLevel} ${html ?? text}`,
  );

describe("presentations", () => {
  const table =
    '<p:graphicFrame><p:nvGraphicFramePr/><p:xfrm><a:off x="100" y="500"/><a:ext cx="400" cy="200"/></p:xfrm><a:graphic><a:tbl><a:tblPr firstRow="1"/><a:tr><a:tc gridSpan="2"><p:txBody><a:p><a:r><a:t>실적</a:t></a:r></a:p></p:txBody></a:tc><a:tc hMerge="1"/></a:tr><a:tr><a:tc><p:txBody><a:p><a:r><a:t>매출</a:t></a:r></a:p></p:txBody></a:tc><a:tc><p:txBody><a:p><a:r><a:t>12</a:t></a:r></a:p></p:txBody></a:tc></a:tr></a:tbl></a:graphic></p:graphicFrame>';

  test("are read slide by slide in the order of the show, from the top, notes after", async () => {
    const { elements, pageCount } = await read(
      "a.pptx",
      samplePptx([
        {
          shapes:
            shape("below", "", [100, 700, 100, 50]) +
            shape("right", "", [600, 300, 100, 50]) +
            shape("left", "", [100, 300, 100, 50]) +
            shape("분기 실적", '<p:ph type="title"/>'),
          notes: "said aloud",
        },
        { shapes: shape("one\ntwo", '<p:ph idx="1"/>') + shape("3", '<p:ph type="sldNum"/>') + table },
      ]),
    );
    expect(outline(elements)).toEqual([
      "1 Title1 분기 실적",
      "1 NarrativeText left",
      "1 NarrativeText right",
      "1 NarrativeText below",
      "1 NarrativeText said aloud",
      "2 PageBreak ",
      "2 ListItem one",
      "2 ListItem two",
      '2 Table <table><tr><th colspan="2">실적</th></tr><tr><td>매출</td><td>12</td></tr></table>',
    ]);
    expect(pageCount).toBe(2);
    expect(elements.at(-1)?.bbox).toEqual([0.1, 0.5, 0.5, 0.7]);
  });

  test("boxes come from the layout where a slide does not say, and through groups", async () => {
    const group = `<p:grpSp><p:grpSpPr><a:xfrm><a:off x="500" y="500"/><a:ext cx="500" cy="500"/><a:chOff x="0" y="0"/><a:chExt cx="100" cy="100"/></a:xfrm></p:grpSpPr>${shape("inner", "", [10, 10, 20, 20])}</p:grpSp>`;
    const { elements } = await read(
      "a.pptx",
      samplePptx(
        [{ shapes: shape("Head", '<p:ph type="title"/>') + group }],
        shape("", '<p:ph type="title"/>', [50, 50, 900, 100]),
      ),
    );
    expect(elements.map(({ bbox }) => bbox)).toEqual([
      [0.05, 0.05, 0.95, 0.15],
      [0.55, 0.55, 0.65, 0.65],
    ]);
  });

  test("an empty slide keeps its number", async () => {
    const bytes = samplePptx([{ shapes: "" }, { shapes: shape("second") }]);
    const { elements } = await read("a.pptx", bytes);
    expect(elements.at(-1)).toMatchObject({ text: "second", pageNumber: 2 });
  });
});

describe("workbooks", () => {
  const cell = (reference: string, value: string, more = ""): string =>
    `<c r="${reference}" ${more}><v>${value}</v></c>`;

  test("sheets are pages, empty rows part tables, merged cells are spans, filters show the head", async () => {
    const content = `<sheetData>
      <row r="1">${cell("A1", "0", 't="s"')}</row>
      <row r="3">${cell("A3", "1", 't="s"')}${cell("B3", "2", 't="s"')}</row>
      <row r="4">${cell("A4", "3", 't="s"')}${cell("B4", "0.30000000000000004")}</row>
      <row r="5">${cell("B5", "46000", 's="1"')}</row></sheetData>
      <autoFilter ref="A3:B5"/><mergeCells><mergeCell ref="A4:A5"/></mergeCells>`;
    const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>';
    const { elements, pageCount } = await read(
      "a.xlsx",
      sampleXlsx(
        [
          { name: "견적", content },
          {
            name: "Sheet2",
            content: `<sheetData><row r="1">${cell("A1", "1", 't="b"')}${cell("B1", "x", 't="str"')}</row></sheetData>`,
          },
        ],
        { strings: ["제목", "품목", "단가", "서버"], styles },
      ),
    );
    expect(outline(elements)).toEqual([
      "1 Title1 견적",
      "1 NarrativeText 제목",
      '1 Table <table><tr><th>품목</th><th>단가</th></tr><tr><td rowspan="2">서버</td><td>0.3</td></tr><tr><td>2025-12-09</td></tr></table>',
      "2 PageBreak ",
      "2 Table <table><tr><td>TRUE</td><td>x</td></tr></table>",
    ]);
    expect(pageCount).toBe(2);
  });

  test("cells far apart do not fill memory: a table of too many cells is too complex", async () => {
    const content = `<sheetData><row r="1">${cell("A1", "1")}${cell("XFD1", "2")}</row>${Array.from({ length: 40 }, (_, i) => `<row r="${i + 2}">${cell(`A${i + 2}`, "1")}</row>`).join("")}</sheetData>`;
    await expect(read("a.xlsx", sampleXlsx([{ name: "s", content }]))).rejects.toMatchObject({ code: "too_complex" });
  });

  test("a workbook of empty sheets is empty", async () => {
    await expect(read("a.xlsx", sampleXlsx([{ name: "이름", content: "<sheetData/>" }]))).rejects.toMatchObject({
      code: "empty",
    });
  });
});

describe("OpenDocument", () => {
  test("headings, lists, spans and pages are kept, deleted text and comments are not", async () => {
    const { elements, title, pageCount } = await read(
      "a.odt",
      sampleOdt(
        `<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h text:outline-level="2">제목</text:h>
         <text:p>one<text:s text:c="2"/>two<text:annotation><text:p>comment</text:p></text:annotation></text:p>
         <text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>
         <table:table><table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>head</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows>
         <table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>
         <text:p><text:soft-page-break/>next</text:p>`,
        { "meta.xml": "<office:meta><dc:title>휴가 규정</dc:title></office:meta>" },
      ),
    );
    expect(outline(elements)).toEqual([
      "1 Title2 제목",
      "1 NarrativeText one two",
      "1 ListItem item",
      '1 Table <table><tr><th colspan="2">head</th></tr><tr><td>a</td><td>b</td></tr></table>',
      "1 NarrativeText next",
    ]);
    expect([title, pageCount]).toEqual(["휴가 규정", 2]);
  });

  test("rows and columns that claim to repeat without end stay bounded, encrypted files say so", async () => {
    const { elements } = await read(
      "a.odt",
      sampleOdt(
        '<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated="100000000"/></table:table-row><table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row></table:table>',
      ),
    );
    expect(elements[0]?.html?.length).toBeLessThan(200);
    const locked = { "META-INF/manifest.xml": "<m:manifest><m:encryption-data/></m:manifest>" };
    await expect(read("a.odt", sampleOdt("", locked))).rejects.toMatchObject({ code: "encrypted" });
  });
});

describe("Rich Text", () => {
  test("headings by outline level and style, Korean by font and by Unicode, tables with merged cells", async () => {
    const source = String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset129 Batang;}}{\stylesheet{\s1 heading 1;}{\s0 Normal;}}{\info{\title hidden}}
\pard\s1 Style\par\pard\outlinelevel1 Level\par\pard\f1 \'c8\'de\'b0\'a1\par\pard\f0\uc1 \u54868?\u44032? caf\'e9 {\b bold} text\par
\trowd\clmgf\cellx2000\clmrg\cellx4000\pard\intbl Wide\cell\cell\row\trowd\cellx2000\cellx4000\pard\intbl a\cell b\cell\row\pard After.\page Next.\par}`;
    const { elements } = await read("a.rtf", source);
    expect(outline(elements)).toEqual([
      "1 Title1 Style",
      "1 Title2 Level",
      "1 NarrativeText 휴가",
      "1 NarrativeText 화가 café bold text",
      '1 Table <table><tr><td colspan="2">Wide</td></tr><tr><td>a</td><td>b</td></tr></table>',
      "1 NarrativeText After.",
      "2 NarrativeText Next.",
    ]);
  });

  test("binary data and groups without end are passed over or refused", async () => {
    const { elements } = await read("a.rtf", String.raw`{\rtf1 a\bin5 {{{{{b{\pict 89504e47}}`);
    expect(elements.map(({ text }) => text)).toEqual(["ab"]);
    await expect(read("a.rtf", `{\\rtf1 ${"{".repeat(100_000)}`)).rejects.toMatchObject({ code: "too_complex" });
  });
});

describe("delimited values", () => {
  test.each([
    ["comma", '품목,단가\n서버,"1,200"\n'],
    ["tab", "품목\t단가\n서버\t1,200\n"],
    ["semicolon", "품목;단가\n서버;1,200\n"],
  ])("are a table whatever parts them: %s", async (_, text) => {
    const { elements } = await readDocument(new Uint8Array(Buffer.from(text)), "a.csv", DEFAULT_LIMITS);
    expect(elements[0]?.html).toBe(
      "<table><tr><th>품목</th><th>단가</th></tr><tr><td>서버</td><td>1,200</td></tr></table>",
    );
  });

  test("more cells than a table may have are too complex", async () => {
    await expect(read("a.csv", "1,2\n".repeat(1_000), { ...DEFAULT_LIMITS, tableCells: 500 })).rejects.toMatchObject({
      code: "too_complex",
    });
  });
});

describe("Hangul documents", () => {
  const STYLES = '<hh:style id="0" name="바탕글"/><hh:style id="1" name="개요 1"/>';
  const p = (text: string, more = ""): string =>
    `<hp:p styleIDRef="0" ${more}><hp:run><hp:t>${text}</hp:t></hp:run></hp:p>`;
  const tc = (text: string, span: string): string =>
    `<hp:tc><hp:subList>${p(text)}</hp:subList><hp:cellSpan ${span}/></hp:tc>`;

  test("of the open format keep headings, tables and pages", async () => {
    const table = `<hp:p><hp:run><hp:tbl repeatHeader="1"><hp:tr>${tc("구분", 'colSpan="2" rowSpan="1"')}</hp:tr><hp:tr>${tc("연차", 'colSpan="1" rowSpan="1"')}${tc("15일", 'colSpan="1" rowSpan="1"')}</hp:tr></hp:tbl></hp:run></hp:p>`;
    const heading = '<hp:p styleIDRef="1"><hp:run><hp:secPr/><hp:t>휴가 <hp:tab/>규정</hp:t></hp:run></hp:p>';
    const { elements, pageCount } = await read(
      "a.hwpx",
      sampleHwpx([heading + table, p("둘째 쪽", 'pageBreak="1"')], STYLES),
    );
    expect(outline(elements)).toEqual([
      "1 Title1 휴가 규정",
      '1 Table <table><tr><th colspan="2">구분</th></tr><tr><td>연차</td><td>15일</td></tr></table>',
      "2 NarrativeText 둘째 쪽",
    ]);
    expect(pageCount).toBe(2);
  });

  test("of version 5 keep headings, tables and pages", async () => {
    const section = Buffer.concat([
      hwpParagraph("휴가 규정", 0, { style: 1 }),
      hwpTable([
        [0, 0, 2, 1, "구분"],
        [0, 1, 1, 1, "연차"],
        [1, 1, 1, 1, "15일"],
      ]),
      hwpParagraph("둘째 쪽", 0, { breaksPage: true }),
    ]);
    for (const flags of [0, 1]) {
      const { elements } = await read("a.hwp", sampleHwp([section], { flags, styles: ["바탕글", "개요 1"] }));
      expect(outline(elements)).toEqual([
        "1 Title1 휴가 규정",
        '1 Table <table><tr><td colspan="2">구분</td></tr><tr><td>연차</td><td>15일</td></tr></table>',
        "2 NarrativeText 둘째 쪽",
      ]);
    }
  });

  test.each([
    ["a password", 2],
    ["a distribution lock", 4],
  ])("locked by %s say so", async (_, flags) => {
    await expect(read("a.hwp", sampleHwp([hwpParagraph("x")], { flags }))).rejects.toMatchObject({ code: "encrypted" });
  });

  test("a section that unpacks to more than is allowed is too large", async () => {
    const bytes = sampleHwp([hwpParagraph("x".repeat(500_000))]);
    await expect(read("a.hwp", bytes, { ...DEFAULT_LIMITS, inflatedBytes: 100_000 })).rejects.toMatchObject({
      code: "too_large",
    });
  });
});
