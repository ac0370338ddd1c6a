import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Label, readLabels } from "../../benchmarks/parsing/labels.js";
import { type Scores, scoresOf } from "../../benchmarks/parsing/scores.js";
import { cacheDirectory } from "../../infra/engines/cache.js";
import { provisionPythonEnvironment } from "../../infra/engines/python.js";
import { createLogger } from "../../platform/logging/logger.js";
import { EmbeddedParser } from "../../subgraphs/documents/adapters/embedded-parser/embedded-parser.js";
import { findTesseract } from "../../subgraphs/documents/adapters/embedded-parser/ocr/find-tesseract.js";
import { UnstructuredClient } from "../../subgraphs/documents/adapters/unstructured/client.js";
import { UnstructuredParser } from "../../subgraphs/documents/adapters/unstructured/unstructured-parser.js";
import type { ParseResult, Parser } from "../../subgraphs/documents/domain/parser.js";

const EXAMPLES = new URL("../../examples/parsing/", import.meta.url);
const FOLDER = new URL("unstructured/", import.meta.url);
/** What the service reads without a model that is in no package registry and without programs of other packages. */
const BOTH_READ = /\.(pdf|docx|pptx|xlsx|html|md|csv|txt)$/;
const SCAN = /scan/;

const labels = (await readLabels(EXAMPLES)).filter(({ file }) => BOTH_READ.test(file) && !SCAN.test(file));
const tesseract = await findTesseract();
const embedded = new EmbeddedParser(tesseract === undefined ? {} : { tesseractPath: tesseract });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/** The real service, from its published packages in a virtual environment of the cache. */
async function startService(): Promise<{ process: ChildProcess; url: string }> {
  const python = await provisionPythonEnvironment("unstructured", fileURLToPath(new URL("requirements.lock", FOLDER)), {
    cacheDirectory: cacheDirectory(process.env),
    env: process.env,
    signal: AbortSignal.timeout(540_000),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const port = await freePort();
  const service = spawn(python, [fileURLToPath(new URL("server.py", FOLDER)), String(port)], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, HF_HUB_OFFLINE: "1", DO_NOT_TRACK: "1", PYTHONDONTWRITEBYTECODE: "1" },
  });
  const url = `http://127.0.0.1:${port}`;
  const end = Date.now() + 180_000;
  while (!(await fetch(`${url}/healthcheck`).catch(() => null))?.ok) {
    if (service.exitCode !== null || Date.now() > end) throw new Error("the Unstructured service did not start");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return { process: service, url };
}

let service: { process: ChildProcess; url: string } | undefined;
let parsers: readonly (readonly [name: "embedded" | "unstructured", parser: Parser])[] = [];
beforeAll(async () => {
  service = await startService();
  const client = new UnstructuredClient({ url: service.url });
  await client.warmUp(AbortSignal.timeout(120_000));
  const logger = createLogger("acceptance", "silent");
  parsers = [
    ["embedded", embedded],
    // without a fallback: what is read was read by the service
    ["unstructured", new UnstructuredParser({ client, embedded, whenAway: "fail", logger })],
  ];
});
afterAll(() => service?.process.kill());

const read = (parser: Parser, label: Label): Promise<ParseResult> =>
  parser.parse(
    { path: fileURLToPath(new URL(label.file, EXAMPLES)), name: label.file },
    { signal: AbortSignal.timeout(240_000) },
  );

describe("both parsers", () => {
  test.each(labels)("read $file alike: the same words, cells and pages, in one shape", async (label) => {
    const scores = new Map<string, Scores>();
    for (const [name, parser] of parsers) {
      const result = await read(parser, label);
      const ids = new Set(result.elements.map(({ id }) => id));
      expect(ids.size, name).toBe(result.elements.length);
      for (const element of result.elements) {
        expect(element.parentId === undefined || ids.has(element.parentId), `${name}: a parent is an element`).toBe(
          true,
        );
        expect(element.type === "Table", `${name}: tables and only they have cells`).toBe(element.html !== undefined);
        for (const side of element.bbox ?? [])
          expect(side >= 0 && side <= 1, `${name}: boxes are fractions`).toBe(true);
        if (label.pages !== null) expect(element.pageNumber ?? 1, name).toBeLessThanOrEqual(label.pages);
      }
      scores.set(name, scoresOf(label, result.elements));
    }
    // without its layout model the service loses words of the tables of PDF files, and breaks them into loose lines
    const isPdf = label.file.endsWith(".pdf");
    for (const [name, { text }] of scores)
      expect(text ?? 1, `${name}: text`).toBeGreaterThan(isPdf && name === "unstructured" ? 0.7 : 0.95);
    expect(scores.get("embedded")?.cells ?? 1).toBeGreaterThan(0.95);
    if (!isPdf) expect(scores.get("unstructured")?.cells ?? 1).toBeGreaterThan(0.95);
    expect(scores.get("embedded")?.headings ?? 1).toBeGreaterThanOrEqual(scores.get("unstructured")?.headings ?? 0);
  });

  test("give a damaged file the same end", async () => {
    const [file] = labels.filter(({ file: name }) => name.endsWith(".docx"));
    if (!file) throw new Error("no example");
    for (const [name, parser] of parsers) {
      const broken = { path: fileURLToPath(new URL("labels.json", EXAMPLES)), name: file.file };
      await expect(parser.parse(broken, { signal: AbortSignal.timeout(60_000) }), name).rejects.toMatchObject({
        name: "ParseFailure",
        code: "corrupt",
      });
    }
  });
});
