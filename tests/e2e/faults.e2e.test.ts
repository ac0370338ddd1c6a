import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnswerEvent, answerEvents, ask } from "../answers.js";
import { addText, completed, createDataset, type IndexingEvent, indexed, shownByGraph } from "../documents.js";
import { killed, restarted, signal } from "../processes.js";
import { type Api, apiOf, newTenant } from "../product.js";
import { openStores, type Stores } from "../stores.js";

let api: Api;
let stores: Stores;
let datasetId: string;
beforeAll(async () => {
  api = apiOf({ tenant: newTenant("faults"), user: "kim", departments: ["hr"] });
  stores = await openStores();
  datasetId = await createDataset(api, "Faults", "hr");
});
afterAll(() => stores.close());

const PROGRESS = `subscription ($id: ID!, $after: String) { indexingProgress(datasetId: $id, after: $after) {
  cursor documentId stage state done total attempt code message } }`;
const LIMIT_MS = 240_000;

const section = (word: string, n: number): string =>
  `## ${word} section ${n}\n\nThe ${word} Register of section ${n} is kept by the ${word} Office. ${`Clerk ${n} reads it. `.repeat(40)}\n`;
const textOf = (word: string): string => `# ${word}\n\n${[1, 2, 3, 4, 5, 6].map((n) => section(word, n)).join("\n")}`;

/** Adds documents and kills the worker the moment one of them is seen in the stage. */
async function strike(worker: string, stage: string, round: number): Promise<string[]> {
  const left = new AbortController();
  const events = api.follow<{ indexingProgress: IndexingEvent }>(
    PROGRESS,
    { id: datasetId },
    { signal: left.signal, limitMs: LIMIT_MS },
  );
  const first = events.next();
  const ids = new Set<string>();
  for (const part of ["a", "b"])
    ids.add((await addText(api, datasetId, `${stage}-${round}-${part}.md`, textOf(`Rhenium${round}${part}`))).id);
  try {
    for (let event = await first; !event.done; event = await events.next()) {
      const { documentId, stage: now } = event.value.indexingProgress;
      if (!ids.has(documentId) || now !== stage) continue;
      await killed(worker);
      return [...ids];
    }
  } finally {
    left.abort(new Error("seen enough"));
  }
  throw new Error(`no document came to ${stage}`);
}

describe("a document whose worker dies", () => {
  test(
    "in any stage is indexed once, and whole",
    async () => {
      const struck: [stage: string, ids: string[]][] = [];
      for (const [round, [worker, stage]] of (
        [
          ["documents-worker", "PARSE"],
          ["retrieval-worker", "EMBED"],
          ["knowledge-graph-worker", "EXTRACT"],
          ["documents-worker", "MASK"],
          ["retrieval-worker", "INDEX"],
          ["documents-worker", "FINISH"],
        ] as const
      ).entries())
        struck.push([stage, await strike(worker, stage, round)]);
      for (const [stage, ids] of struck)
        for (const id of ids) {
          const { document } = await indexed(api, id, LIMIT_MS);
          expect(document, stage).toMatchObject({ status: "COMPLETED", failure: null, version: 1 });
          expect(document.chunksCount).toBeGreaterThan(3);
          const rows = await stores.vectorsOf(id);
          const nodes = await stores.graphChunksOf(id);
          const chunkIds = rows.map((row) => row.id).sort();
          expect(new Set(chunkIds).size, `${stage}: each chunk once in the index`).toBe(document.chunksCount);
          expect(chunkIds, `${stage}: no chunk twice in the index`).toHaveLength(document.chunksCount);
          expect(nodes.map((node) => node.id).sort(), `${stage}: the same chunks in the graph`).toEqual(chunkIds);
          await shownByGraph(api, document);
          expect(document.entitiesCount).toBeGreaterThan(0);
        }
      const { dataset } = await api.run<{ dataset: { progress: unknown } }>(
        "query ($id: ID!) { dataset(id: $id) { progress { documents processing completed failed } } }",
        { id: datasetId },
      );
      expect(dataset.progress).toEqual({ documents: 12, processing: 0, completed: 12, failed: 0 });
    },
    2 * LIMIT_MS,
  );
});

test("an answer whose worker dies while it writes is written anew, numbered on, and ends", async () => {
  const steps = Array.from({ length: 80 }, (_, i) => `t${i + 1}`).join(" ");
  const { id: documentId } = await addText(
    api,
    datasetId,
    "order.md",
    `# Hafnium order\n\nThe Hafnium start order is ${steps}.\n`,
  );
  await completed(api, documentId);
  const { id } = await ask(api, { question: "What is the Hafnium start order?", datasetIds: [datasetId] });
  const seen: AnswerEvent[] = [];
  let pid: number | undefined;
  for await (const event of answerEvents(api, id, { limitMs: 120_000 })) {
    seen.push(event);
    if (event.__typename === "AnswerDelta") pid ??= await signal("conversations-worker", "SIGKILL");
  }
  expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, i) => i + 1));
  const last = seen.at(-1);
  expect(last).toMatchObject({ __typename: "AnswerCompleted", answer: { status: "COMPLETED" } });
  const anew = seen.findLastIndex(({ stage }) => stage === "RESTARTED");
  expect(anew).toBeGreaterThan(0);
  const text = seen
    .slice(anew)
    .map((event) => event.text ?? "")
    .join("");
  expect(text).toBe(last?.answer?.text);
  expect(text).toContain("t80");
  await restarted("conversations-worker", pid as number);
}, 150_000);
