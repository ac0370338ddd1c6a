/**
 * Are answers right, and can their citations be checked? Indexes the examples through the API of a product of its own, asks
 * every question of the file and holds the answers against it.
 *
 * usage: npm run eval:answers [-- QUESTIONS.yaml]. `LLM_URL` and `LLM_MODEL` choose the model; unset, the local extractive one.
 */
import { randomUUID } from "node:crypto";
import { openAsBlob } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  AnswerDocument,
  AskDocument,
  type Client,
  CreateDatasetDocument,
  createClient,
  DocumentDocument,
} from "../../clients/typescript/index.js";
import { loadIssuerKeys } from "../../infra/issuer/keys.js";
import { mintToken } from "../../infra/issuer/token.js";
import { homeAt } from "../../infra/supervisor/home.js";
import { startStack } from "../../infra/supervisor/stack.js";
import { type JudgedAnswer, type Judgement, judge, type Question, readQuestions } from "./question-file.js";

const KEPT = ["PATH", "HOME", "LANG", "LLMFLOW_CACHE", "JAVA_HOME", "TMPDIR", "LLM_URL", "LLM_MODEL"];
const LIMIT_MS = 30 * 60_000;
const ANSWER_LIMIT_MS = 120_000;

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Puts the examples into a data set and waits until all can be searched. */
async function indexExamples(client: Client, signal: AbortSignal): Promise<string> {
  const { createDataset } = await client.execute(CreateDatasetDocument, { input: { name: "Examples" } }, { signal });
  if (!createDataset.dataset) throw new Error(createDataset.problem?.message ?? "no data set");
  const datasetId = createDataset.dataset.id;
  const folder = join(checkout, "examples", "documents");
  for (const name of (await readdir(folder)).filter((file) => !file.startsWith("."))) {
    const bytes = await openAsBlob(join(folder, name));
    const { document, problem } = await client.uploadFile(
      { datasetId, name: name.normalize("NFC"), bytes },
      { signal },
    );
    if (!document) throw new Error(`${name}: ${problem.message}`);
    for await (const event of client.followIndexing({ documentId: document.id }, { signal })) void event;
    const indexed = (await client.execute(DocumentDocument, { id: document.id }, { signal })).document;
    if (indexed?.status !== "COMPLETED") throw new Error(`${name}: ${indexed?.failure?.message ?? "was not indexed"}`);
  }
  return datasetId;
}

/** Asks in a conversation of its own and waits for the end of the answer. */
async function answerTo(question: string, datasetId: string, client: Client): Promise<JudgedAnswer> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const { ask } = await client.execute(AskDocument, { input: { question, datasetIds: [datasetId] } }, { signal });
  if (!ask.answer) throw new Error(ask.problem?.message ?? "the question was not taken");
  for await (const event of client.followAnswer(ask.answer.id, { signal })) {
    if (event.__typename === "AnswerFailed") throw new Error(event.problem.message);
  }
  const { answer } = await client.execute(AnswerDocument, { id: ask.answer.id }, { signal });
  if (answer?.status !== "COMPLETED") throw new Error("no whole answer in time");
  return answer;
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} % (${part}/${whole})`;

function report(results: readonly { question: Question; judgement: Judgement; text: string }[]): void {
  const total = (key: "citations" | "validCitations" | "supportedCitations" | "danglingMarkers"): number =>
    results.reduce((sum, { judgement }) => sum + judgement[key], 0);
  const answerable = results.filter(({ question }) => !("answerable" in question));
  const unanswerable = results.filter(({ question }) => "answerable" in question);
  const inKorean = answerable.filter(({ question }) => /[가-힣]/.test(question.ask));
  const inEnglish = answerable.filter((result) => !inKorean.includes(result));
  const right = (of: typeof results): string =>
    percent(of.filter(({ judgement }) => judgement.isRight).length, of.length);
  print("");
  print(`  right answers, Korean            ${right(inKorean)}`);
  print(`  right answers, English           ${right(inEnglish)}`);
  print(
    `  cited from the right file, page  ${percent(answerable.filter(({ judgement }) => judgement.isFromTheRightPlace).length, answerable.length)}`,
  );
  print(`  refused what is not there        ${right(unanswerable)}`);
  print(`  valid citations                  ${percent(total("validCitations"), total("citations"))}`);
  print(`  supported citations              ${percent(total("supportedCitations"), total("citations"))}`);
  print(`  markers without a citation       ${total("danglingMarkers")}`);
  const missed = results.filter(({ judgement }) => !judgement.isRight || !judgement.isFromTheRightPlace);
  if (missed.length > 0) print("\n  not as the file says:");
  for (const { question, text } of missed)
    print(`  - ${question.ask}\n      ${text.replace(/\s+/g, " ").slice(0, 160)}`);
}

const file = process.argv[2] ? pathToFileURL(process.argv[2]) : new URL("questions.yaml", import.meta.url);
const questions = await readQuestions(file);
const stopped = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.once(name, () => stopped.abort(new Error(`stopped by ${name}`)));
const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(LIMIT_MS)]);
const home = homeAt(join("/var/tmp", `llmflow-eval-${randomUUID().slice(0, 8)}`));
const stack = await startStack({
  checkout,
  home,
  env: Object.fromEntries(KEPT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
  signal,
  progress: (line) => void process.stderr.write(`  ${line}\n`),
});
try {
  const keys = await loadIssuerKeys(home.issuerKeys);
  const client = createClient({
    url: stack.env["ROUTER_URL"] as string,
    token: () =>
      mintToken(keys, {
        issuer: stack.env["JWT_ISSUER"] as string,
        audience: stack.env["JWT_AUDIENCE"] as string,
        tenant: "eval",
        user: "eval",
        departments: [],
        roles: ["editor"],
        lifetimeSeconds: 600,
      }),
  });
  const datasetId = await indexExamples(client, signal);
  const results: { question: Question; judgement: Judgement; text: string }[] = [];
  for (const question of questions) {
    signal.throwIfAborted();
    const answer = await answerTo(question.ask, datasetId, client);
    results.push({ question, judgement: judge(question, answer), text: answer.text });
    if (process.stderr.isTTY) process.stderr.write(`\r  ${results.length} of ${questions.length} answered`);
  }
  report(results);
} finally {
  await stack.stop();
  await rm(home.root, { recursive: true, force: true });
}
process.exit();
