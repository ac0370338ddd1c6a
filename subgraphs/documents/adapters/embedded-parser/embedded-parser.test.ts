import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EmbeddedParser, type EmbeddedParserOptions } from "./embedded-parser.js";
import { paragraph, sampleDocx } from "./testing/sample-docx.js";
import { samplePdf } from "./testing/sample-pdf.js";

// the machine may be busy with other tests; the parser keeps its own time
vi.setConfig({ testTimeout: 90_000 });

const never = new AbortController().signal;
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "parser-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: Uint8Array | string): Promise<{ path: string; name: string }> {
  const location = path.join(folder, name);
  await writeFile(location, content);
  return { path: location, name };
}

const parse = async (name: string, content: Uint8Array | string, options: EmbeddedParserOptions = {}) =>
  new EmbeddedParser(options).parse(await file(name, content), { signal: never });

/** Takes quadratic time in the Markdown parser: a real document nobody waits for. */
const SLOW_MARKDOWN = "[a](".repeat(200_000);

describe("a parser process", () => {
  test("reads each format", async () => {
    const [text, markdown, html, docx, pdf] = await Promise.all([
      parse("휴가.txt", "연차휴가는 십오 일이다."),
      parse("a.md", "# Leave"),
      parse("a.html", "<h1>Leave</h1>"),
      parse("a.docx", sampleDocx(paragraph("Leave"))),
      parse("a.pdf", samplePdf([{ texts: [{ x: 60, y: 100, text: "Leave" }] }])),
    ]);
    expect(text).toMatchObject({
      mimeType: "text/plain",
      language: "ko",
      elements: [{ text: "연차휴가는 십오 일이다." }],
    });
    for (const result of [markdown, html, docx, pdf])
      expect(result.elements.map((element) => element.text)).toEqual(["Leave"]);
  });

  test("passes a failure on with its code and advice", async () => {
    await expect(parse("a.pdf", samplePdf([{}], { encrypted: true }))).rejects.toMatchObject({
      name: "ParseFailure",
      code: "encrypted",
      advice: expect.stringContaining("password"),
    });
  });

  test("ends at its time limit", async () => {
    await expect(parse("slow.md", SLOW_MARKDOWN, { timeoutMs: 1_500 })).rejects.toMatchObject({ code: "timeout" });
  });

  test("ends when its caller no longer wants the answer", async () => {
    const controller = new AbortController();
    const parsing = new EmbeddedParser().parse(await file("slow.md", SLOW_MARKDOWN), { signal: controller.signal });
    const reason = new Error("the worker is stopping");
    controller.abort(reason);
    await expect(parsing).rejects.toBe(reason);
  });

  test("ends at its limits on heap, memory, file and answer", async () => {
    const large = "a b ".repeat(2_000_000);
    const many = "x\n\n".repeat(150_000);
    await expect(parse("small.txt", "x", { heapMb: 24, memoryMb: 130, outputBytes: 1_000 })).resolves.toBeDefined();
    const failures = [
      parse("heap.txt", many, { heapMb: 24 }),
      parse("memory.txt", large, { memoryMb: 130 }),
      parse("size.txt", large, { limits: { fileBytes: 1_000 } }),
      parse("answer.txt", large, { outputBytes: 1_000 }),
    ];
    for (const outcome of await Promise.allSettled(failures)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "too_large" } });
    }
  });

  test("does not outlive a killed worker", async () => {
    const slow = await file("orphan.md", SLOW_MARKDOWN);
    const beside = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const source = `import ${beside("./run-from-source.ts")};
      const { EmbeddedParser } = await import(${beside("./embedded-parser.ts")});
      await new EmbeddedParser().parse(${JSON.stringify(slow)}, { signal: new AbortController().signal });`;
    const worker = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: "ignore" });
    const read = (name: string): Promise<string> => readFile(`/proc/${name}`, "utf8");
    const parser = await vi.waitFor(async () => {
      const [child] = (await read(`${worker.pid}/task/${worker.pid}/children`)).split(" ");
      if (!child) throw new Error("not started yet");
      return child;
    }, 30_000);
    worker.kill("SIGKILL");
    await vi.waitFor(async () => {
      expect(await read(`${parser}/status`).catch(() => "State: gone")).toMatch(/State:\s+(gone|Z)/);
    }, 30_000);
  });

  test("takes the program that recognises text along when it ends", async () => {
    const [program, started] = [path.join(folder, "hanging"), path.join(folder, "started")];
    await writeFile(program, `#!/bin/sh\necho $$ > ${started}.part\nmv ${started}.part ${started}\nexec sleep 600\n`, {
      mode: 0o755,
    });
    const scan = await file("scan.pdf", samplePdf([{ scan: true }]));
    const controller = new AbortController();
    const parsing = new EmbeddedParser({ tesseractPath: program }).parse(scan, { signal: controller.signal });
    parsing.catch(() => undefined);
    const pid = (await vi.waitFor(() => readFile(started, "utf8"), 60_000)).trim();
    controller.abort(new Error("the worker is stopping"));
    await expect(parsing).rejects.toThrow("the worker is stopping");
    await vi.waitFor(async () => {
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "State: gone");
      expect(status).toMatch(/State:\s+(gone|Z)/);
    }, 30_000);
  });

  test("gives a program that hangs its own time, then reads on without it", async () => {
    const program = path.join(folder, "slow");
    await writeFile(program, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    const pages = samplePdf([{ texts: [{ x: 60, y: 100, text: "Cover page" }] }, { scan: true }]);
    const { elements, warnings } = await parse("mixed.pdf", pages, {
      tesseractPath: program,
      limits: { recognitionMs: 500 },
    });
    expect(elements.map(({ text }) => text)).toContain("Cover page");
    expect(warnings).toEqual([expect.stringContaining("Page 2 is a scan")]);
  });

  test("a file that is gone is an error to try again, not a verdict on the document", async () => {
    const missing = new EmbeddedParser().parse(
      { path: path.join(folder, "missing"), name: "missing.txt" },
      { signal: never },
    );
    await expect(missing).rejects.not.toMatchObject({ name: "ParseFailure" });
  });
});

const samples = path.resolve(import.meta.dirname, "../../../../../shared/samples");
const listed = async (name: string): Promise<string[]> =>
  (await readdir(path.join(samples, name)).catch(() => [])).sort();
const documents = await listed("documents");
const hostile = await listed("hostile");

describe(`sample files of others (${documents.length + hostile.length} present)`, () => {
  // pictures are followed through the whole product by the end-to-end suite: without a Tesseract they take a minute each
  const READ = /\.(txt|md|html|pdf|docx|pptx|xlsx|odt|rtf|csv|eml)$/;
  const PICTURE = /\.(png|jpg)$/;
  const parseSample = (kind: string, name: string) =>
    new EmbeddedParser({ timeoutMs: 60_000, limits: { recognitionMs: 0 } }).parse(
      { path: path.join(samples, kind, name), name },
      { signal: never },
    );

  test("are either all there or not at all", () => {
    expect(documents.length > 0).toBe(hostile.length > 0);
  });

  for (const name of documents.filter((document) => READ.test(document))) {
    test(`${name} becomes elements with text, in boxes on its pages`, async () => {
      const { elements, pageCount } = await parseSample("documents", name);
      const ids = new Set(elements.map((element) => element.id));
      for (const element of elements) {
        expect(element.text !== "" || element.type === "PageBreak").toBe(true);
        expect(element.parentId === undefined || ids.has(element.parentId)).toBe(true);
        expect(element.pageNumber ?? 1).toBeLessThanOrEqual(pageCount ?? 1);
        const [x0, y0, x1, y1] = element.bbox ?? [0, 0, 1, 1];
        expect(x0 >= 0 && x0 <= x1 && x1 <= 1 && y0 >= 0 && y0 <= y1 && y1 <= 1).toBe(true);
      }
      expect(elements.map((element) => element.text).join("").length).toBeGreaterThan(50);
    });
  }

  for (const [kind, name] of [
    ...documents
      .filter((document) => !READ.test(document) && !PICTURE.test(document))
      .map((document) => ["documents", document] as const),
    ...hostile.map((document) => ["hostile", document] as const),
  ]) {
    test(`${name} ends in elements or in a failure that says what to do`, async () => {
      const outcome = await parseSample(kind, name).catch((error: unknown) => error);
      if (outcome instanceof Error)
        expect(outcome).toMatchObject({
          name: "ParseFailure",
          code: expect.not.stringMatching(/^(unreadable|timeout)$/),
          advice: expect.any(String),
        });
      else
        expect(outcome).toMatchObject({
          elements: expect.arrayContaining([expect.objectContaining({ text: expect.stringMatching(/\S/) })]),
        });
    });
  }

  test.runIf(documents.includes("korean-text-with-tables.pdf"))("Korean PDF tables keep their cells", async () => {
    const { elements } = await parseSample("documents", "korean-text-with-tables.pdf");
    const tables = elements.flatMap((element) => element.html ?? []);
    expect(tables.some((html) => html.includes("<tr><td>주유</td><td>모든 주유소</td></tr>"))).toBe(true);
  });

  test.runIf(hostile.includes("fake-text-utf-16-le.txt"))("encoded text comes out readable", async () => {
    const { elements } = await parseSample("hostile", "fake-text-utf-16-le.txt");
    expect(elements[0]?.text).toBe("This is a test document to use for unit tests.");
    expect((await readFile(path.join(samples, "hostile/fake-text-utf-16-le.txt"))).length).toBeGreaterThan(0);
  });
});
