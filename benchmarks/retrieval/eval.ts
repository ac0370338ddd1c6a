/**
 * Does hybrid search find the passage? Indexes question sets through the product's API and asks it every question in every
 * way it offers. See README.md.
 *
 * usage: npm run eval -- [FOLDER] [--set NAME]… [--write]
 */

import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { productClient } from "../first-token/streams.js";
import { evaluatedProduct, stopProduct } from "../running-product.js";
import { type EvalSet, readEvalSets } from "./eval-set.js";
import { indexSet } from "./indexed-set.js";
import { type Difference, meanQuality, pairedBootstrap, QUALITIES, type Quality } from "./metrics.js";
import { type Run, runWay, WAYS } from "./ways.js";

const TENANT = "eval";
const LIMIT_MS = 60 * 60_000;
/** recall@5 of the default order: what must hold with the embedded model, and what is aimed at. */
const FLOORS: Readonly<Record<string, readonly [floor: number, aim: number]>> = {
  "musique-100": [0.75, 0.8],
  "welfare-ko": [0.9, 0.93],
};
const MEASURED = ["recall5", "ndcg10"] as const;

interface Row extends Quality {
  readonly way: string;
  readonly milliseconds: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly degraded: number;
  /** This way less the default order; absent for the default itself. */
  readonly against?: Readonly<Record<(typeof MEASURED)[number], Difference>>;
}
interface Result {
  readonly set: string;
  readonly passages: number;
  readonly chunks: number;
  readonly questions: number;
  readonly rows: readonly Row[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { set: { type: "string", multiple: true }, write: { type: "boolean" } },
});
const folder = positionals[0] ?? join("..", "shared", "eval");
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);
const stopped = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.once(name, () => stopped.abort(new Error(`stopped by ${name}`)));
const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(LIMIT_MS)]);

const interval = ({ mean, low, high }: Difference): string => {
  const verdict = low > 0 ? " better" : high < 0 ? " worse" : "";
  return `${mean >= 0 ? "+" : ""}${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]${verdict}`;
};

/** The result as a Markdown table, for people and for the page that is kept. */
function tableOf({ set, passages, chunks, questions, rows }: Result): string {
  const [floor, aim] = FLOORS[set] ?? [];
  const reached = rows.at(-1)?.recall5 ?? 0;
  return [
    `## ${set}`,
    "",
    `${passages} passages in ${chunks} chunks, ${questions} questions.${floor === undefined ? "" : ` Default order: recall@5 ${reached.toFixed(3)}; floor ${floor} ${reached >= floor ? "held" : "MISSED"}, aim ${aim} ${reached >= (aim ?? 1) ? "reached" : "missed"}.`}`,
    "",
    "| way | recall@5 | all-gold@5 | nDCG@10 | MRR@10 | ms p50 | recall@5 against default | nDCG@10 against default |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map(
      ({ way, milliseconds, against, degraded, ...quality }) =>
        `| ${way}${degraded > 0 ? ` (${degraded} degraded)` : ""} | ${QUALITIES.map((name) => quality[name].toFixed(3)).join(" | ")} | ${milliseconds.toFixed(0)} | ${against ? interval(against.recall5) : ""} | ${against ? interval(against.ndcg10) : ""} |`,
    ),
    "",
  ].join("\n");
}

async function measure(set: EvalSet): Promise<Result> {
  const product = await evaluatedProduct({ signal, progress });
  const client = await productClient(product, TENANT);
  const started = performance.now();
  const indexed = await indexSet(client, set, signal, progress);
  progress(`${set.name}: ${indexed.added} documents added in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const runs: (readonly [string, Run])[] = [];
  for (const [way, options] of WAYS) {
    progress(`${set.name}: ${way}`);
    runs.push([way, await runWay(client, set, indexed, options, signal)]);
  }
  const of = (run: Run, name: keyof Quality): number[] => run.qualities.map((quality) => quality[name]);
  const standard = runs.at(-1)?.[1];
  const rows = runs.map(([way, run]): Row => {
    const { qualities, ...figures } = run;
    const row = { way, ...meanQuality(qualities), ...figures };
    if (!standard || run === standard) return row;
    const against = (name: keyof Quality): Difference => pairedBootstrap(of(run, name), of(standard, name));
    return { ...row, against: { recall5: against("recall5"), ndcg10: against("ndcg10") } };
  });
  return {
    set: set.name,
    passages: set.passages.length,
    chunks: indexed.chunks,
    questions: set.questions.length,
    rows,
  };
}

async function keep(results: readonly Result[]): Promise<void> {
  const directory = new URL("../results/", import.meta.url);
  await mkdir(directory, { recursive: true });
  const takenAt = new Date().toISOString();
  const machine = {
    node: process.version,
    processors: cpus().length,
    model: cpus()[0]?.model ?? "",
    load: loadavg()[0],
  };
  const page = [
    "# Does hybrid search find the passage?",
    "",
    `Taken ${takenAt} on ${machine.processors} processors (${machine.model}), load ${machine.load?.toFixed(1)}. \`npm run eval -- --write\` makes this page.`,
    "A difference holds when its 95 % interval (paired bootstrap over the questions) leaves zero out.",
    "",
    ...results.map(tableOf),
  ];
  await writeFile(new URL("retrieval.md", directory), page.join("\n"));
  await writeFile(new URL("retrieval.json", directory), `${JSON.stringify({ takenAt, machine, results }, null, 2)}\n`);
}

try {
  const sets = (await readEvalSets(folder)).filter(({ name }) => !values.set || values.set.includes(name));
  if (sets.length === 0)
    print(`No question set in ${folder}: give a folder with NAME.corpus.jsonl and NAME.queries.jsonl.`);
  const results: Result[] = [];
  for (const set of sets) {
    results.push(await measure(set));
    print(`\n${tableOf(results.at(-1) as Result)}`);
  }
  if (values.write && results.length > 0) await keep(results);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await stopProduct();
}
process.exit();
