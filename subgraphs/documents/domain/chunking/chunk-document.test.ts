import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../../platform/pii/synthetic-values.js";
import type { Element } from "../elements.js";
import { type Chunk, type ChunkingDependencies, DEFAULT_SIZES } from "./chunk.js";
import { chunkDocument } from "./chunk-document.js";
import { chunkId } from "./chunk-id.js";

/** A tokenizer of the embedder's density: about two Hangul syllables or four Latin letters a token. */
const countTokens: ChunkingDependencies["countTokens"] = async (texts) =>
  texts.map((text) => (text.match(/[가-힣]{1,2}|[a-zA-Z]{1,4}|\d{1,3}|[^\s\w가-힣]/g) ?? []).length);
const dependencies: ChunkingDependencies = { countTokens };

const squeeze = (text: string) => text.replace(/\s+/g, "");
let nextId = 0;
const element = (type: Element["type"], text: string, rest: Partial<Element> = {}): Element => ({
  id: String(nextId++),
  type,
  text,
  ...rest,
});
const koreanSentence = (index: number) => `제도 ${index}번은 직원이 그룹웨어에서 신청하고 팀장이 승인한 뒤에 사용한다.`;
const prose = (count: number, from = 0) => Array.from({ length: count }, (_, i) => koreanSentence(from + i)).join(" ");

describe("structure", () => {
  test("a heading leads the text under it and is its path; headers, footers and page breaks are left out", async () => {
    const chunks = await chunkDocument(
      [
        element("Header", "연차관리규정"),
        element("Title", "제1장 총칙", { headingLevel: 1, pageNumber: 1, bbox: [0.1, 0.1, 0.5, 0.12] }),
        element("Title", "제1조 (목적)", { headingLevel: 2, pageNumber: 1 }),
        element("NarrativeText", "이 규정은 연차를 정한다.", { pageNumber: 1, bbox: [0.1, 0.2, 0.9, 0.3] }),
        element("Footer", "1 / 2"),
        element("PageBreak", ""),
      ],
      dependencies,
    );
    expect(chunks).toEqual([
      {
        position: 0,
        text: "제1장 총칙\n제1조 (목적)\n이 규정은 연차를 정한다.",
        elementType: "NarrativeText",
        headingPath: ["제1장 총칙", "제1조 (목적)"],
        pages: [1],
        boxes: [
          { page: 1, x0: 0.1, y0: 0.1, x1: 0.5, y1: 0.12 },
          { page: 1, x0: 0.1, y0: 0.2, x1: 0.9, y1: 0.3 },
        ],
        tokens: expect.any(Number),
      },
    ]);
  });

  test("short sections are gathered up to the target, cut at headings, and keep the headings they share", async () => {
    const elements = [element("Title", "규정", { headingLevel: 1 })];
    for (let article = 1; article <= 12; article++) {
      elements.push(
        element("Title", `제${article}조`, { headingLevel: 2 }),
        element("NarrativeText", prose(4, article * 10)),
      );
    }
    const chunks = await chunkDocument(elements, dependencies);
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks) {
      expect(chunk.text).toMatch(/^(규정\n)?제\d+조\n/);
      expect(chunk.headingPath[0]).toBe("규정");
      expect(chunk.tokens).toBeLessThanOrEqual(DEFAULT_SIZES.max);
    }
  });

  test("a long section is cut between sentences with whole sentences repeated", async () => {
    const chunks = await chunkDocument([element("Title", "절차"), element("NarrativeText", prose(80))], dependencies);
    expect(chunks.length).toBeGreaterThan(2);
    for (const [index, chunk] of chunks.entries()) {
      expect(chunk.text.endsWith("사용한다.")).toBe(true);
      if (index === 0) continue;
      const overlap = chunk.text.split(/(?<=\.) /)[0] as string;
      expect(chunks[index - 1]?.text.includes(overlap)).toBe(true);
      expect(chunk.headingPath).toEqual(["절차"]);
    }
    const average = chunks.reduce((sum, { tokens }) => sum + tokens, 0) / chunks.length;
    expect(average).toBeGreaterThan(300);
    expect(average).toBeLessThan(DEFAULT_SIZES.max);
  });

  test("a cut is made where adjacent sentences part in meaning", async () => {
    const turn = 23;
    const similarity = async (texts: string[]) =>
      texts.slice(1).map((text) => (text.startsWith(`제도 ${turn}번`) ? 0.1 : 0.9));
    const chunks = await chunkDocument([element("NarrativeText", prose(40))], { countTokens, similarity });
    const second = chunks[1] as Chunk;
    const firstOwn = second.text.split(/(?<=\.) /).findIndex((sentence) => !chunks[0]?.text.includes(sentence));
    expect(second.text.split(/(?<=\.) /)[firstOwn]).toBe(koreanSentence(turn));
  });

  test("nothing to chunk gives no chunks", async () => {
    expect(await chunkDocument([], dependencies)).toEqual([]);
    expect(await chunkDocument([element("Footer", "3"), element("NarrativeText", "  ")], dependencies)).toEqual([]);
  });
});

describe("tables and images", () => {
  const html =
    "<table><tr><th>근속연수</th><th>연차일수</th></tr><tr><td>1년 이상</td><td>15일</td></tr><tr><td>3년 이상</td><td>16일</td></tr></table>";

  test("a table is one chunk under its heading, with rows that read as statements", async () => {
    const chunks = await chunkDocument(
      [
        element("NarrativeText", "앞 문단이다."),
        element("Title", "별표 1", { pageNumber: 2 }),
        element("Table", "근속연수 연차일수", { html, pageNumber: 2 }),
        element("NarrativeText", "뒤 문단이다."),
      ],
      dependencies,
    );
    expect(chunks.map(({ text }) => text)).toEqual([
      "앞 문단이다.",
      "별표 1\n근속연수: 1년 이상 | 연차일수: 15일\n근속연수: 3년 이상 | 연차일수: 16일",
      "뒤 문단이다.",
    ]);
    expect(chunks[1]).toMatchObject({ elementType: "Table", html, headingPath: ["별표 1"], pages: [2] });
  });

  test("a huge table is split by rows and every part repeats the header", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `<tr><td>직급 ${i}</td><td>수당 ${i}만원 지급</td></tr>`);
    const table = `<table><tr><th>직급</th><th>수당</th></tr>${rows.join("")}</table>`;
    const chunks = await chunkDocument([element("Table", "", { html: table })], dependencies);
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks) {
      expect(chunk.tokens).toBeLessThanOrEqual(DEFAULT_SIZES.max);
      expect(chunk.html).toMatch(/^<table><tr><th>직급<\/th><th>수당<\/th><\/tr><tr><td>/);
    }
    const lines = chunks.flatMap(({ text }) => text.split("\n"));
    expect(lines).toEqual(rows.map((_, i) => `직급: 직급 ${i} | 수당: 수당 ${i}만원 지급`));
  });

  test("spanning cells count for every row and column they cover", async () => {
    const spanning =
      '<table><tr><th rowspan="2">구분</th><th colspan="2">일수</th></tr><tr><th>정규</th><th>계약</th></tr><tr><td rowspan="2">연차</td><td>15</td><td>11</td></tr><tr><td>16</td><td>12</td></tr><tr><td colspan="3">비고: 별도 협의</td></tr></table>';
    const [chunk] = await chunkDocument([element("Table", "", { html: spanning })], dependencies);
    expect(chunk?.text.split("\n")).toEqual([
      "구분: 연차 | 일수 정규: 15 | 일수 계약: 11",
      "구분: 연차 | 일수 정규: 16 | 일수 계약: 12",
      "비고: 별도 협의",
    ]);
  });

  test("rows headed by a label, and tables without HTML, keep their words", async () => {
    const labelled =
      "<table><tr><th>신청처</th><td>그룹웨어 &amp; 모바일</td></tr><tr><th>기한</th><td>3일 전</td></tr></table>";
    const [chunk] = await chunkDocument([element("Table", "", { html: labelled })], dependencies);
    expect(chunk?.text).toBe("신청처: 그룹웨어 & 모바일\n기한: 3일 전");
    const [plain] = await chunkDocument([element("Table", "a b\nc d")], dependencies);
    expect(plain).toMatchObject({ text: "a b\nc d", elementType: "Table" });
    expect(plain).not.toHaveProperty("html");
  });

  test("an image's text is a chunk of its own", async () => {
    const chunks = await chunkDocument(
      [element("NarrativeText", "앞."), element("Image", "회의실 배치도 3층"), element("NarrativeText", "뒤.")],
      dependencies,
    );
    expect(chunks.map(({ elementType, text }) => [elementType, text])).toEqual([
      ["NarrativeText", "앞."],
      ["Image", "회의실 배치도 3층"],
      ["NarrativeText", "뒤."],
    ]);
  });
});

describe("whatever the document", () => {
  const sentences = [
    koreanSentence(3),
    "Apply 3.5 days ahead, e.g. by e-mail.",
    "끝.",
    `${"긴".repeat(3_000)}다.`,
    "word ".repeat(900).trim(),
    "😀".repeat(700),
    "A",
  ];
  const types: Element["type"][] = [
    "Title",
    "NarrativeText",
    "NarrativeText",
    "NarrativeText",
    "ListItem",
    "Image",
    "Table",
    "Header",
    "PageBreak",
  ];
  const generate = (seed: number): Element[] => {
    const random = seededRandom(seed);
    return Array.from({ length: random(40) }, (_, index) => {
      const type = types[random(types.length)] as Element["type"];
      const count = type === "Title" ? 1 : 1 + random(12);
      const text = Array.from({ length: count }, () => sentences[random(random(3) === 0 ? sentences.length : 3)]).join(
        random(2) ? " " : "\n",
      );
      const placed = random(2) === 0 ? { pageNumber: 1 + Math.floor(index / 5) } : {};
      return element(type, type === "PageBreak" ? "" : text, {
        ...placed,
        ...(type === "Title" && random(2) ? { headingLevel: 1 + random(3) } : {}),
      });
    });
  };

  test("no text is lost, none is invented, no chunk is too long, and the outcome is the same twice", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const elements = generate(seed);
      const chunks = await chunkDocument(elements, dependencies);
      expect(await chunkDocument(elements, dependencies)).toEqual(chunks);
      const source = elements.filter(({ type }) => !["Header", "Footer", "PageBreak"].includes(type));
      let rest = squeeze(source.map(({ text }) => text).join(""));
      let previous = "";
      for (const [index, chunk] of chunks.entries()) {
        expect(chunk.position).toBe(index);
        expect(chunk.tokens).toBeLessThanOrEqual(DEFAULT_SIZES.max);
        expect(chunk.text.trim()).not.toBe("");
        expect(chunk.text.isWellFormed()).toBe(true);
        const text = squeeze(chunk.text);
        const own = ownText(text, rest, previous);
        expect(own, `seed ${seed}, chunk ${index}`).not.toBe(undefined);
        rest = rest.slice((own as string).length);
        previous = text;
      }
      expect(rest).toBe("");
    }
  }, 60_000);

  /** The chunk without what it repeats from the end of the one before; undefined when it does not continue the text. */
  function ownText(text: string, rest: string, previous: string): string | undefined {
    for (let repeated = 0; repeated <= Math.min(text.length - 1, 200); repeated++) {
      if (previous.endsWith(text.slice(0, repeated)) && rest.startsWith(text.slice(repeated)))
        return text.slice(repeated);
    }
    return undefined;
  }
});

test("an abort ends chunking", async () => {
  await expect(
    chunkDocument([element("NarrativeText", "끝.")], dependencies, { signal: AbortSignal.abort() }),
  ).rejects.toThrow();
});

test("the same place in the same generation has the same id, and no other has it", () => {
  const ids = new Set<string>();
  for (const document of ["doc_a", "doc_b"])
    for (const generation of [1, 2])
      for (let position = 0; position < 50; position++) ids.add(chunkId(document, generation, position));
  expect(ids.size).toBe(200);
  expect(chunkId("doc_a", 1, 0)).toBe(chunkId("doc_a", 1, 0));
  expect(chunkId("doc_a", 1, 0)).toMatch(/^chk_[0-9a-hjkmnp-tv-z]{26}$/);
});
