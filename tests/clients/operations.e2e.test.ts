import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AddTextDocument,
  AnswerDocument,
  AnswerStreamDocument,
  AskDocument,
  CreateDatasetDocument,
  DatasetsDocument,
  DocumentDocument,
  EMPTY_ANSWER,
  foldAnswer,
  IndexingProgressDocument,
  NodeDocument,
  RateAnswerDocument,
  SearchWithStagesDocument,
} from "../../clients/typescript/index.js";
import { type Person, tokenOf, variable } from "../product.js";
import { type AnyClient, CLIENTS } from "./other-clients.js";

const editor: Person = { tenant: `clients-${randomUUID().slice(0, 8)}`, user: "kim", departments: ["it"] };

describe.each(CLIENTS)("the published operations on $name", ({ open }) => {
  const word = `zephyr${randomUUID().slice(0, 6)}`;
  let client: AnyClient;
  let datasetId: string;
  let documentId: string;

  beforeAll(async () => {
    client = open(variable("ROUTER_URL"), await tokenOf(editor));
    const { createDataset } = await client.execute(CreateDatasetDocument, { input: { name: word, department: "it" } });
    datasetId = createDataset.dataset?.id ?? "";
    expect(createDataset).toMatchObject({ dataset: { name: word, department: "it" }, problem: null });
  });
  afterAll(() => client.close());

  test("show a text being indexed, step by step, to its end", async () => {
    const text = `# Badges\n\nThe ${word} badge is valid for 40 days. Gate 7 hands it out.\n`;
    const { addText } = await client.execute(AddTextDocument, { input: { datasetId, name: "badges.md", text } });
    documentId = addText.document?.id ?? "";
    expect(addText).toMatchObject({ document: { status: "PROCESSING" }, problem: null });
    const steps: string[] = [];
    for await (const { indexingProgress } of client.subscribe(IndexingProgressDocument, { documentId })) {
      expect(indexingProgress.documentId).toBe(documentId);
      steps.push(`${indexingProgress.stage} ${indexingProgress.state}`);
    }
    expect(steps.at(-1)).toMatch(/COMPLETED$/);
    const { document } = await client.execute(DocumentDocument, { id: documentId });
    expect(document).toMatchObject({ status: "COMPLETED", failure: null, dataset: { id: datasetId } });
  });

  test("find it again: in lists, by id, by search with its stages", async () => {
    const { datasets } = await client.execute(DatasetsDocument, { filter: { nameContains: word } });
    expect(datasets.edges.map(({ node }) => node.id)).toEqual([datasetId]);
    const { node } = await client.execute(NodeDocument, { id: documentId });
    expect(node).toMatchObject({ __typename: "Document", id: documentId, name: "badges.md" });
    const { search } = await client.execute(SearchWithStagesDocument, { query: `${word} badge`, options: { topK: 3 } });
    expect(search.passages[0]).toMatchObject({ fileName: "badges.md", document: { id: documentId } });
    expect(search.stages.map(({ name }) => name)).toEqual(expect.arrayContaining(["PREPARE", "EMBED", "VECTOR"]));
  });

  test("stream a cited answer, and keep what its reader thought of it", async () => {
    const question = `For how many days is the ${word} badge valid?`;
    const input = { question, datasetIds: [datasetId], grounding: "AUTO" as const };
    const { ask } = await client.execute(AskDocument, { input });
    const answerId = ask.answer?.id ?? "";
    let state = EMPTY_ANSWER;
    const streamed: string[] = [];
    for await (const { answerStream } of client.subscribe(AnswerStreamDocument, { answerId })) {
      expect(answerStream.sequence).toBe(state.sequence + 1);
      if (answerStream.__typename === "AnswerDelta") streamed.push(answerStream.text);
      state = foldAnswer(state, answerStream);
    }
    expect(state).toMatchObject({ status: "COMPLETED", text: streamed.join("") });
    expect(state.text).toContain("40 days");
    expect(state.citations[0]).toMatchObject({ marker: 1, fileName: "badges.md", document: { id: documentId } });
    const { rateAnswer } = await client.execute(RateAnswerDocument, {
      input: { answerId, rating: "UP", reason: "exact" },
    });
    expect(rateAnswer).toMatchObject({ answer: { rating: "UP", ratingReason: "exact" }, problem: null });
    const { answer } = await client.execute(AnswerDocument, { id: answerId });
    expect(answer).toMatchObject({ status: "COMPLETED", text: state.text, rating: "UP" });
    expect(answer?.passages.length).toBeGreaterThan(0);
  });

  test("give a mistake as data, with the fields of its own type", async () => {
    const { createDataset } = await client.execute(CreateDatasetDocument, { input: { name: "" } });
    expect(createDataset.dataset).toBeNull();
    expect(createDataset.problem).toMatchObject({ __typename: "InvalidInput", issues: [{ path: "name" }] });
    const again = await client.execute(CreateDatasetDocument, { input: { name: word, department: "it" } });
    expect(again.createDataset.problem).toMatchObject({ __typename: "Conflict", existingId: datasetId });
  });
});
