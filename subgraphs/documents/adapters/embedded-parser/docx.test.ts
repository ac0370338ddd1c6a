import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "./limits.js";
import { readDocument } from "./read-document.js";
import { cell, paragraph, part, row, sampleDocx, styled } from "./testing/sample-docx.js";

const read = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => readDocument(bytes, "a.docx", limits);
const typed = async (bytes: Uint8Array) =>
  (await read(bytes)).elements.map(({ type, headingLevel = "", text }) => `${type}${headingLevel} ${text}`);

const BREAK = "<w:p><w:r><w:br w:type='page'/></w:r></w:p>";

describe("Word documents", () => {
  test("headings come from styles, also Korean and inherited ones", async () => {
    const list = paragraph("item", { properties: '<w:numPr><w:numId w:val="1"/></w:numPr>' });
    const bold = paragraph("Bold line", { run: "<w:b/>" });
    expect(
      await typed(
        sampleDocx(styled("1", "One") + styled("a2", "둘") + styled("mine", "Two") + list + bold + paragraph("Text.")),
      ),
    ).toEqual(["Title1 One", "Title2 둘", "Title2 Two", "ListItem item", "Title6 Bold line", "NarrativeText Text."]);
  });

  test("pages are counted at hard breaks and at those Word stored, once each", async () => {
    const stored = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>two</w:t></w:r></w:p>";
    const { elements, pageCount } = await read(
      sampleDocx(`${paragraph("one")}${BREAK}${stored}${BREAK}${paragraph("three")}`),
    );
    expect(elements.map(({ text, pageNumber }) => [text, pageNumber])).toEqual([
      ["one", 1],
      ["two", 2],
      ["three", 3],
    ]);
    expect(pageCount).toBe(3);
  });

  test("deleted text and field codes are left out, inserted text is kept", async () => {
    const body = `<w:p><w:r><w:t>kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>`;
    expect(await typed(sampleDocx(body))).toEqual(["NarrativeText kept new"]);
  });

  test("merged cells become spans", async () => {
    const table = `<w:tbl>${row(cell("a", '<w:vMerge w:val="restart"/>'), cell("b", '<w:gridSpan w:val="2"/>'))}${row(cell("", "<w:vMerge/>"), cell("c"), cell("d"))}</w:tbl>`;
    const { elements } = await read(sampleDocx(table));
    expect(elements[0]?.html).toBe(
      '<table><tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></table>',
    );
  });

  test("headers and footers are told apart from the text, text boxes are read", async () => {
    const box = `<w:p><w:r><w:drawing><w:txbxContent>${paragraph("boxed")}</w:txbxContent></w:drawing></w:r><w:r><w:t>around</w:t></w:r></w:p>`;
    const bytes = sampleDocx(box, {
      "word/header1.xml": part("hdr", paragraph("Company")),
      "word/header2.xml": part("hdr", paragraph("Company")),
      "word/footer1.xml": part("ftr", paragraph("Page")),
    });
    expect(await typed(bytes)).toEqual([
      "Header Company",
      "NarrativeText around",
      "NarrativeText boxed",
      "Footer Page",
    ]);
  });

  test("entities of a document type are not expanded", async () => {
    const xml = `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document><w:body><w:p><w:r><w:t>a &x; b</w:t></w:r></w:p></w:body></w:document>`;
    expect(await typed(sampleDocx("", { "word/document.xml": xml }))).toEqual(["NarrativeText a &x; b"]);
  });

  test("a flipped bit in a part is corrupt, not other text", async () => {
    const bytes = zipSync({
      "word/document.xml": [
        strToU8("<w:document><w:body><w:p><w:r><w:t>text</w:t></w:r></w:p></w:body></w:document>"),
        { level: 0 },
      ],
    });
    const at = Buffer.from(bytes).indexOf("text");
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await expect(read(bytes)).rejects.toMatchObject({ code: "corrupt" });
  });

  test("an archive that says a part is shorter than it is, is corrupt", async () => {
    const bytes = sampleDocx(paragraph("x".repeat(1000)));
    const directory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entry = directory.lastIndexOf("word/document.xml") - 46;
    directory.writeUInt32LE(100, entry + 24);
    await expect(read(bytes)).rejects.toMatchObject({ code: "corrupt" });
  });

  test("a bomb is too large before it is unpacked", async () => {
    const bytes = sampleDocx(paragraph("x".repeat(1_000_000)));
    await expect(read(bytes, { ...DEFAULT_LIMITS, inflatedBytes: 500_000 })).rejects.toMatchObject({
      code: "too_large",
    });
  });

  test("endless nesting is too complex", async () => {
    await expect(read(sampleDocx("<w:sdt>".repeat(5_000)))).rejects.toMatchObject({ code: "too_complex" });
  });

  test("a file without text is empty, one without its main part corrupt", async () => {
    await expect(read(sampleDocx("<w:p/>"))).rejects.toMatchObject({ code: "empty" });
    await expect(read(sampleDocx("", { "word/document.xml": "" }))).rejects.toMatchObject({ code: "corrupt" });
  });
});
