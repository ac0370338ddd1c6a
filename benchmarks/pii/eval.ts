/** How well personal data is found: precision and recall per kind over the labelled lines of `examples/pii/`. See README.md. */
import { readdir, readFile } from "node:fs/promises";
import type { PiiDetector } from "../../platform/pii/detector.js";
import { createKoreanDetector } from "../../platform/pii/korean-detector.js";
import { type KindScore, readLabelledLines, scoreDetector } from "../../platform/pii/labelled-examples.js";
import { createCombinedDetector, createPresidioDetector } from "../../platform/pii/presidio-detector.js";

const FOLDER = new URL("../../examples/pii/", import.meta.url);

const share = (part: number, whole: number): string => (whole === 0 ? "–" : (part / whole).toFixed(3));

function tableOf(kinds: readonly KindScore[]): string {
  const total = kinds.reduce(
    (sum, { values, found, falsely, leaked }) => ({
      kind: "all",
      values: sum.values + values,
      found: sum.found + found,
      falsely: sum.falsely + falsely,
      leaked: sum.leaked + leaked,
    }),
    { kind: "all", values: 0, found: 0, falsely: 0, leaked: 0 },
  );
  const rows = [...kinds, total].map(({ kind, values, found, falsely, leaked }) => [
    kind,
    String(values),
    share(found, found + falsely),
    share(found, values),
    String(falsely),
    String(leaked),
  ]);
  return [["kind", "values", "precision", "recall", "falsely", "leaked"], ...rows]
    .map(([kind = "", ...figures]) => `  ${kind.padEnd(18)}${figures.map((figure) => figure.padStart(11)).join("")}`)
    .join("\n");
}

async function evaluate(name: string, detector: PiiDetector): Promise<void> {
  for (const file of (await readdir(FOLDER)).filter((entry) => entry.endsWith(".txt")).sort()) {
    const examples = readLabelledLines(await readFile(new URL(file, FOLDER), "utf8"));
    const started = performance.now();
    const { kinds, disagreements } = await scoreDetector(detector, examples, file.startsWith("korean") ? "ko" : "en");
    const perLine = (performance.now() - started) / examples.length;
    process.stdout.write(
      `\n${name}, ${file}: ${examples.length} lines, ${perLine.toFixed(2)} ms a line\n${tableOf(kinds)}\n`,
    );
    for (const { text, missed, falsely } of disagreements)
      process.stdout.write(`    missed [${missed.join("; ")}] falsely [${falsely.join("; ")}]: ${text}\n`);
  }
}

await evaluate("built-in", createKoreanDetector());
const url = process.env["PRESIDIO_URL"];
if (url) {
  const presidio = createPresidioDetector({ url });
  await evaluate("Presidio", presidio);
  await evaluate("both", createCombinedDetector([createKoreanDetector(), presidio]));
} else process.stdout.write("\nPRESIDIO_URL is not set: Presidio was not asked.\n");
process.exit();
