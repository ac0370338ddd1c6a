/**
 * What the product adds, beside its peers, measured in one run on this machine. See README.md.
 *
 * usage: npm run bench [-- QUESTION…] [--quick] [--write] [--profile FOLDER]
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { firstToken } from "./first-token/question.js";
import { graphWalk } from "./graph/question.js";
import { hybrid } from "./hybrid/question.js";
import { type Question, type Settings, tableOf, writeFindings } from "./report.js";
import { router } from "./router/question.js";
import { stopProduct } from "./running-product.js";

const QUESTIONS: readonly Question[] = [router, firstToken, hybrid, graphWalk];
const LIMIT_MS = 20 * 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, write: { type: "boolean" }, profile: { type: "string" } },
});
const unknown = positionals.filter((name) => !QUESTIONS.some((question) => question.name === name));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(", ")} (known: ${QUESTIONS.map(({ name }) => name).join(", ")})\n`);
  process.exit(2);
}

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stopped.abort(new Error(`stopped by ${signal}`)));
const settings: Settings = {
  quick: values.quick ?? false,
  ...(values.profile === undefined ? {} : { profile: values.profile }),
  signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(LIMIT_MS)]),
  progress: (line) => void process.stderr.write(`  ${line}\n`),
};

try {
  for (const question of QUESTIONS) {
    if (positionals.length > 0 && !positionals.includes(question.name)) continue;
    settings.signal.throwIfAborted();
    const findings = await question.answer(settings);
    process.stdout.write(`\n${tableOf(question, findings)}\n  · load average ${loadavg()[0]?.toFixed(1)}\n`);
    if (values.write) process.stdout.write(`  · written to ${await writeFindings(question, findings, settings)}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await stopProduct();
}
process.exit();
