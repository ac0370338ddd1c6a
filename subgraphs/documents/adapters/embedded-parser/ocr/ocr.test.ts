import { afterAll, describe, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../limits.js";
import { Rasteriser, toGreymap } from "../pdf/raster.js";
import { readDocument } from "../read-document.js";
import { samplePdf } from "../testing/sample-pdf.js";
import type { OcrEngine, OcrPage, OcrWord } from "./engine.js";
import { imageSize } from "./image-size.js";
import { ocrElements } from "./layout.js";
import { pictureText } from "./page-content.js";
import { readPicture } from "./readings.js";
import { readTesseractOutput } from "./tsv.js";
import { WasmEngine } from "./wasm-engine.js";

// the machine may be busy with other tests
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const word = (text: string, x0: number, confidence = 90, y0 = 0): OcrWord => ({
  text,
  x0,
  y0,
  x1: x0 + 10,
  y1: y0 + 10,
  confidence,
});
const page = (...lines: { paragraph?: string; words: OcrWord[]; text?: string }[]): OcrPage => ({
  width: 100,
  height: 100,
  lines: lines.map(({ paragraph = "1.1", words, text }) => ({
    paragraph,
    words,
    text: text ?? words.map((w) => w.text).join(" "),
  })),
});

const png = (width: number, height: number): Uint8Array => {
  const bytes = Buffer.alloc(33);
  bytes.write("89504e470d0a1a0a0000000d49484452", "hex");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return new Uint8Array(bytes);
};

describe("the engine's answer", () => {
  test("gives words their boxes and Hangul its spaces back", () => {
    const read = readTesseractOutput(
      [
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
        "1\t1\t0\t0\t0\t0\t0\t0\t200\t100\t-1\t",
        "5\t1\t1\t1\t1\t1\t10\t20\t30\t10\t91.5\t연",
        "5\t1\t1\t1\t1\t2\t40\t20\t30\t10\t90\t차휴가",
        "연차 휴가",
      ].join("\n"),
    );
    expect(read).toMatchObject({ width: 200, height: 100, lines: [{ text: "연차 휴가", paragraph: "1.1" }] });
    expect(read.lines[0]?.words[0]).toEqual({ text: "연", x0: 10, y0: 20, x1: 40, y1: 30, confidence: 91.5 });
    expect(() => readTesseractOutput("")).toThrow("no page");
  });

  test("is read again for Korean where Latin letters are doubtful, and only there", async () => {
    const first = page({
      words: [word("저희는", 0), word("HHS", 20, 40), word("API", 40, 95)],
      text: "저희는 HHS API",
    });
    const second = page({ words: [word("저희는", 0), word("답변을", 20, 80), word("에이", 40, 50)] });
    const asked: string[] = [];
    const engine: OcrEngine = {
      recognise: async ({ languages, segmentation }) => {
        asked.push(`${languages} ${segmentation}`);
        return languages === "kor" ? second : first;
      },
      close: async () => {},
    };
    const read = await readPicture(engine, { image: new Uint8Array(), timeoutMs: 1 });
    expect(read.page.lines[0]?.text).toBe("저희는 답변을 API");
    expect(asked).toEqual(["kor+eng automatic", "kor+eng column", "kor automatic"]);
  });

  test("is laid out from the places of its words where more was found in one column: tables come back", async () => {
    const row = (y: number, ...texts: string[]) => ({
      paragraph: `${y}`,
      words: texts.map((text, i) => ({ ...word(text, i * 200, 90, y), x1: i * 200 + text.length * 8 })),
    });
    const rows = page(
      row(100, "grade", "days", "bonus"),
      row(115, "junior", "15", "100"),
      row(130, "senior", "20", "200"),
      row(145, "lead", "25", "300"),
    );
    const engine: OcrEngine = {
      recognise: async ({ segmentation }) => ({
        ...(segmentation === "column" ? rows : page()),
        width: 600,
        height: 800,
      }),
      close: async () => {},
    };
    const { elements } = await readDocument(png(600, 800), "a.png", DEFAULT_LIMITS, engine);
    expect(elements.map(({ type }) => type)).toEqual(["Table"]);
    expect(elements[0]?.html).toContain("<tr><td>senior</td><td>20</td><td>200</td></tr>");
  });

  test("becomes headings, items and paragraphs; specks are left out", () => {
    const tall = { ...word("휴가 규정", 0), y1: 30 };
    const elements = ocrElements(
      page(
        { paragraph: "1", words: [tall] },
        { paragraph: "2", words: [word("first", 0, 90, 40)], text: "the first line is exam-" },
        { paragraph: "2", words: [word("second", 0, 90, 52)], text: "ined here" },
        { paragraph: "2", words: [word("item", 0, 90, 64)], text: "1. item" },
        { paragraph: "3", words: [word("|", 0, 3, 76)] },
      ),
      2,
    );
    expect(elements.map(({ type, text }) => `${type} ${text}`)).toEqual([
      "Title 휴가 규정",
      "NarrativeText the first line is examined here",
      "ListItem 1. item",
    ]);
    expect(elements[0]).toMatchObject({ pageNumber: 2, bbox: [0, 0, 0.1, 0.3] });
    expect(pictureText(page({ words: [word("~", 0, 20)] }))).toBe("");
  });
});

describe("pictures", () => {
  test("tell their size before they are decoded", async () => {
    expect(imageSize(png(300, 200))).toEqual({ width: 300, height: 200 });
    const jpeg = Buffer.from(
      "ffd8ffe000104a46494600010100000100010000ffc0001108012c0190030122000211010311010000",
      "hex",
    );
    expect(imageSize(jpeg)).toEqual({ width: 400, height: 300 });
    expect(() => imageSize(Buffer.from("ffd8ffda0000000000000000", "hex"))).toThrow("size cannot be read");
  });

  test("of more pixels than allowed are too large, and no engine sees them", async () => {
    const engine: OcrEngine = { recognise: () => Promise.reject(new Error("decoded")), close: async () => {} };
    await expect(readDocument(png(100_000, 100_000), "a.png", DEFAULT_LIMITS, engine)).rejects.toMatchObject({
      code: "too_large",
    });
  });

  describe("are recognised without any other program", () => {
    const engine = new WasmEngine();
    afterAll(() => engine.close());

    test("a rendered page gives its words back, one without words says so, and neither harms the next", async () => {
      const texts = [{ x: 60, y: 200, size: 24, text: "Annual leave is fifteen days" }];
      const raster = await Rasteriser.open(samplePdf([{ texts }]));
      const grey = await raster.render(1);
      raster.close();
      await expect(readDocument(png(10, 10), "a.png", DEFAULT_LIMITS, engine)).rejects.toMatchObject({
        name: "ParseFailure",
        code: "corrupt",
      });
      const read = await engine.recognise({
        image: toGreymap(grey),
        languages: "kor+eng",
        segmentation: "automatic",
        dpi: grey.dpi,
        timeoutMs: 120_000,
      });
      expect(read.lines.map(({ text }) => text)).toEqual(["Annual leave is fifteen days"]);
      const top = (read.lines[0]?.words[0]?.y0 ?? 0) / read.height;
      expect(top).toBeGreaterThan(0.2);
      expect(top).toBeLessThan(0.24);
    });
  });
});
