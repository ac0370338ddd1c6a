import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { createDataset, type DocumentView, indexed, type ProblemView, shownByGraph, uploadFile } from "../documents.js";
import { type Api, apiOf, newTenant } from "../product.js";

/** Real files from elsewhere, where there are any beside the checkout. */
const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const present = existsSync(SAMPLES);
/** Pictures of text take a minute where no Tesseract is installed. */
const LIMIT_MS = 600_000;

/** What a reader of the file sees, written down by hand. */
interface Expected {
  readonly pages?: number;
  /** In reading order, each on its page where the format has pages. */
  readonly phrases: readonly (string | readonly [phrase: string, page: number])[];
  /** Rows of tables: the cells of each stand in one passage of a table, in this order. */
  readonly rows?: readonly (readonly string[])[];
  /** Names of attached files, each a document with this phrase. */
  readonly attachments?: Readonly<Record<string, string>>;
}

const DOCUMENTS: Readonly<Record<string, Expected>> = {
  "docx-tables.docx": {
    phrases: ["Simple uniform table", "Nested Table", "Table with merged cells"],
    rows: [
      ["Header Col 1", "Header Col 2"],
      ["Lorem ipsum", "A link example"],
      ["a", ">b<", "c"],
    ],
  },
  "double-column-A.jpg": {
    pages: 1,
    phrases: [
      ["SUBCHAPTER A", 1],
      ["apply to all positions in the competitive service", 1],
      ["Competitive position shall mean a position in the competitive service", 1],
      // the right column comes after the left one
      ["Competitive status shall mean basic eligibility", 1],
      ["Tenure shall mean the period of time", 1],
    ],
  },
  "embedded-images-tables.pdf": {
    pages: 1,
    phrases: [
      // stands in a picture
      ["Current Density", 1],
      ["Fig. 4. Anodic and cathodic polarization curve", 1],
      ["Langmuir adsorption isotherm", 1],
    ],
    rows: [["Inhibitor", "bc (V/dec)", "ba (V/dec)", "Ecorr (V)"]],
  },
  "english-and-korean.png": {
    pages: 1,
    phrases: [
      ["RULES AND INSTRUCTIONS", 1],
      ["Use all your accounts", 1],
      ["안녕하세요", 1],
      ["의혹을 전달하여", 1],
      ["keep track of how many emails", 1],
    ],
  },
  "example-steelJIS-datasheet.html": {
    phrases: ["SteelJIS: Japanese Steels and Alloys", "JIS G 4108", "Rolled or forget alloy steel bars"],
  },
  "fake-doc.rtf": {
    phrases: ["My First Heading", "My first paragraph.", "Table Example"],
    rows: [
      ["Column 1", "Column 2"],
      ["Row 2, Cell 1", "Row 2, Cell 2"],
    ],
  },
  "fake-email-attachment.eml": {
    phrases: ["Fake email with attachment", "Here's the attachments!", "Lots of whitespace", "is a quick read"],
    attachments: { "fake-attachment.txt": "Hey this is a fake attachment!" },
  },
  "fake-power-point-table.pptx": {
    pages: 1,
    phrases: [["A Slide with a Table", 1]],
    rows: [
      ["Column 1", "Column 2", "Column 3"],
      ["Tangerine", "Pink", "Aqua"],
    ],
  },
  "fake.odt": {
    phrases: ["Lorem ipsum dolor sit amet."],
    rows: [
      ["Header row", "Mon", "Wed", "Fri"],
      ["Leader", "Sarah", "Mark", "Ryan"],
    ],
  },
  "handbook-1p.docx": {
    pages: 2,
    phrases: [
      ["CHAPTER 1", 1],
      ["appoints and supervises standing trustees", 1],
      ["ROLE OF THE UNITED STATES TRUSTEE", 2],
      ["The Bankruptcy Reform Act of 1978", 2],
    ],
  },
  "korean-text-with-tables.pdf": {
    pages: 1,
    phrases: [
      ["빅포인트 적립", 1],
      ["주유는 LPG충전소 포함", 1],
      ["전월 이용금액 제외 대상", 1],
      ["제과점은 오프라인 결제건에 한하며", 1],
      ["빅포인트의 유효기간은 5년", 1],
    ],
    rows: [
      ["업종", "적립 대상"],
      ["할인점", "이마트, 이마트 트레이더스, 롯데마트, 홈플러스"],
      ["주유", "모든 주유소"],
      ["커피전문점", "스타벅스"],
    ],
  },
  "layout-parser-paper-fast.pdf": {
    pages: 2,
    phrases: [
      ["LayoutParser: A Unified Toolkit", 1],
      ["Recent advances in document image analysis", 1],
      ["there are several practical", 2],
      ["LayoutParser provides a unified toolkit", 2],
      ["The library implements simple and intuitive Python APIs", 2],
    ],
  },
  "norwich-city.txt": { phrases: ["Iwan Roberts", "Hugman, Barry J."] },
  "stanley-cups.csv": {
    phrases: [],
    rows: [
      ["Team", "Location", "Stanley Cups"],
      ["Maple Leafs", "TOR", "13"],
    ],
  },
  "stanley-cups.xlsx": {
    pages: 2,
    phrases: [
      ["Maple Leafs", 1],
      ["Stanley Cups Since 67", 2],
    ],
    rows: [
      ["Flyers", "PHI", "2"],
      ["Maple Leafs", "TOR", "13"],
      ["Maple Leafs", "TOR", "0"],
    ],
  },
};

/** How files end that are meant to do harm or are broken: by the code of what is wrong, or with a phrase of theirs. */
const HOSTILE: Readonly<Record<string, { readonly code: RegExp } | { readonly phrase: string }>> = {
  "CantinaBand3.wav": { code: /UNSUPPORTED/ },
  "copy-protected.pdf": { phrase: "LayoutParser: A Unified Toolkit" },
  "empty.eml": { code: /EMPTY/ },
  "empty.txt": { code: /EMPTY/ },
  "empty.xlsx": { code: /EMPTY/ },
  "fake-html-cp1252.html": { phrase: "Die schöne Frau hat einen Kaffee" },
  "fake-power-point-malformed.pptx": { phrase: "Test Slide" },
  "fake-text-utf-16-le.txt": { phrase: "Hamburgers are delicious" },
  file_we_dont_want_imported: { phrase: "wombat" },
  "invalid-pdf-structure-pdfminer-one-page.pdf": { phrase: "In March 2023, the White House issued" },
  "password.pdf": { code: /ENCRYPTED/ },
  "password_protected.xlsx": { code: /ENCRYPTED/ },
  "rotated-page-90.pdf": { phrase: "Rotated page fixture" },
  "simple.zip": { code: /UNSUPPORTED/ },
};

let api: Api;
interface End {
  readonly document: DocumentView | null;
  readonly problem: ProblemView | null;
}
interface Chunk {
  readonly text: string;
  readonly position: number;
  readonly pages: readonly number[];
  readonly elementType: string;
}
beforeAll(() => {
  api = apiOf({ tenant: newTenant("samples"), user: "kim", departments: ["hr"] });
});

/** Uploads all files of a folder at once and follows each to its end. */
async function ends(folder: string): Promise<Map<string, End>> {
  const url = new URL(`${folder}/`, SAMPLES);
  const datasetId = await createDataset(api, folder, "hr");
  const names = (await readdir(url)).filter((name) => name !== "README.md");
  const all = await Promise.all(
    names.map(async (name): Promise<[string, End]> => {
      const taken = await uploadFile(api, datasetId, { name, bytes: await readFile(new URL(name, url)) });
      if (!taken.document) return [name, { document: null, problem: taken.problem }];
      return [name, { document: (await indexed(api, taken.document.id, LIMIT_MS)).document, problem: null }];
    }),
  );
  return new Map(all);
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

async function chunksOf(
  id: string,
): Promise<{ pageCount: number | null; attachments: { id: string; name: string }[]; chunks: Chunk[] }> {
  const { document } = await api.run<{
    document: {
      pageCount: number | null;
      attachments: { id: string; name: string }[];
      chunks: { edges: { node: Chunk }[] };
    };
  }>(
    "query ($id: ID!) { document(id: $id) { pageCount attachments { id name } chunks(first: 100) { edges { node { text position pages elementType } } } } }",
    { id },
  );
  const chunks = document.chunks.edges.map(({ node }) => ({ ...node, text: oneLine(node.text) }));
  return { ...document, chunks: chunks.sort((a, b) => a.position - b.position) };
}

describe.runIf(present)("the sample files", () => {
  test(
    "are all indexed, with the right pages, tables and words in reading order",
    async () => {
      const all = await ends("documents");
      expect([...all.keys()].sort()).toEqual(Object.keys(DOCUMENTS).sort());
      for (const [name, expected] of Object.entries(DOCUMENTS)) {
        const { document, problem } = all.get(name) as End;
        expect(problem, name).toBeNull();
        expect(document, name).toMatchObject({ status: "COMPLETED", failure: null });
        if (!document) continue;
        await shownByGraph(api, document);
        const { pageCount, chunks, attachments } = await chunksOf(document.id);
        expect(pageCount, name).toBe(expected.pages ?? null);
        const whole = chunks.map(({ text }) => text).join(" ");
        let after = 0;
        for (const entry of expected.phrases) {
          const [phrase, page] = typeof entry === "string" ? [entry] : entry;
          const at = whole.indexOf(phrase, after);
          expect(at, `${name}: "${phrase}" after ${after}`).toBeGreaterThanOrEqual(after);
          after = at;
          if (page === undefined) continue;
          const holding = chunks.filter(({ text }) => text.includes(phrase));
          expect(
            holding.some(({ pages }) => pages.includes(page)),
            `${name}: "${phrase}" on page ${page}`,
          ).toBe(true);
        }
        for (const cells of expected.rows ?? []) {
          const places = chunks
            .filter(({ elementType }) => elementType === "TABLE")
            .map(({ text }) => cells.reduce((from, cell) => (from < 0 ? from : text.indexOf(cell, from)), 0));
          expect(
            places.some((place) => place >= 0),
            `${name}: row ${cells.join(" | ")}`,
          ).toBe(true);
        }
        for (const [attached, phrase] of Object.entries(expected.attachments ?? {})) {
          const child = attachments.find((attachment) => attachment.name === attached);
          expect(child, `${name}: ${attached}`).toBeDefined();
          const end = await indexed(api, child?.id ?? "", LIMIT_MS);
          expect(end.document, attached).toMatchObject({ status: "COMPLETED", failure: null });
          expect((await chunksOf(end.document.id)).chunks.map(({ text }) => text).join(" ")).toContain(phrase);
        }
        expect(attachments.map((attachment) => attachment.name)).toEqual(Object.keys(expected.attachments ?? {}));
      }
    },
    LIMIT_MS,
  );

  test(
    "that are hostile end as they should, each one",
    async () => {
      const all = await ends("hostile");
      expect([...all.keys()].sort()).toEqual(Object.keys(HOSTILE).sort());
      for (const [name, expected] of Object.entries(HOSTILE)) {
        const { document, problem } = all.get(name) as End;
        if ("code" in expected) {
          expect(problem?.code ?? document?.failure?.code, name).toMatch(expected.code);
          expect(problem?.message ?? document?.failure?.message, name).toMatch(/\w+ \w+/);
          continue;
        }
        expect(document, `${name}: ${problem?.message}`).toMatchObject({ status: "COMPLETED", failure: null });
        const { chunks } = await chunksOf(document?.id ?? "");
        expect(chunks.map(({ text }) => text).join(" "), name).toContain(expected.phrase);
      }
    },
    LIMIT_MS,
  );

  test("leave nothing under way", async () => {
    const { datasets } = await api.run<{ datasets: { edges: { node: { progress: { processing: number } } }[] } }>(
      "{ datasets { edges { node { progress { processing } } } } }",
    );
    expect(datasets.edges.map(({ node }) => node.progress.processing)).toEqual([0, 0]);
  });
});
