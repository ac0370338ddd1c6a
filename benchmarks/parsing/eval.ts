/**
 * What do the parsers read? Runs each over the project's own labelled examples and prints, per file: the share of the text found,
 * F1 of table cells and of headings, and pages (or files, in formats without pages) a second.
 *
 * usage: npm run eval:parsing [-- FILE…], with UNSTRUCTURED_URL in the environment where such a service runs, and TESSERACT_PATH
 * where it is in no usual place.
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readConfig } from "../../platform/config/config.js";
import { createLogger } from "../../platform/logging/logger.js";
import { EmbeddedParser } from "../../subgraphs/documents/adapters/embedded-parser/embedded-parser.js";
import { findTesseract } from "../../subgraphs/documents/adapters/embedded-parser/ocr/find-tesseract.js";
import { UnstructuredClient } from "../../subgraphs/documents/adapters/unstructured/client.js";
import { UnstructuredParser } from "../../subgraphs/documents/adapters/unstructured/unstructured-parser.js";
import type { Parser } from "../../subgraphs/documents/domain/parser.js";
import { readLabels } from "./labels.js";
import { scoresOf } from "./scores.js";

const EXAMPLES = new URL("../../examples/parsing/", import.meta.url);
const LIMIT_MS = 10 * 60_000;

const config = readConfig(
  z.object({ UNSTRUCTURED_URL: z.url().optional(), TESSERACT_PATH: z.string().optional() }),
  process.env,
);
const tesseractPath = await findTesseract(config.TESSERACT_PATH);
const embedded = new EmbeddedParser(tesseractPath === undefined ? {} : { tesseractPath });
const parsers: [name: string, parser: Parser][] = [["embedded", embedded]];
if (config.UNSTRUCTURED_URL) {
  const client = new UnstructuredClient({ url: config.UNSTRUCTURED_URL });
  await client.warmUp(AbortSignal.timeout(60_000));
  const logger = createLogger("eval", "silent");
  parsers.push(["unstructured", new UnstructuredParser({ client, embedded, whenAway: "fail", logger })]);
}

const percent = (score: number | null): string => (score === null ? "–" : score.toFixed(2));
const columns = ["file", "parser", "text", "cells", "headings", "pages", "pages/s"];
const wanted = new Set(process.argv.slice(2));
const lines: string[][] = [];
for (const label of await readLabels(EXAMPLES)) {
  if (wanted.size > 0 && !wanted.has(label.file)) continue;
  for (const [name, parser] of parsers) {
    const file = { path: fileURLToPath(new URL(label.file, EXAMPLES)), name: label.file };
    const start = performance.now();
    try {
      const { elements, pageCount } = await parser.parse(file, { signal: AbortSignal.timeout(LIMIT_MS) });
      const seconds = (performance.now() - start) / 1000;
      const { text, cells, headings } = scoresOf(label, elements);
      const pages = label.pages === null ? "–" : `${pageCount ?? "?"} of ${label.pages}`;
      lines.push([
        label.file,
        name,
        percent(text),
        percent(cells),
        percent(headings),
        pages,
        ((label.pages ?? 1) / seconds).toFixed(2),
      ]);
    } catch (error) {
      lines.push([label.file, name, error instanceof Error ? error.message : String(error), "", "", "", ""]);
    }
  }
}
const recognition = tesseractPath === undefined ? "Tesseract in WebAssembly" : "the installed Tesseract";
process.stdout.write(`Text in pictures recognised by ${recognition}.\n\n`);
for (const line of [columns, columns.map(() => "---"), ...lines]) process.stdout.write(`| ${line.join(" | ")} |\n`);
