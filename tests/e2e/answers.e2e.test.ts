import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type AnswerView, answered, ask } from "../answers.js";
import { addText, completed, createDataset, granted, uploadFile } from "../documents.js";
import { type Api, apiOf, eventually, newTenant } from "../product.js";

const EXAMPLES = new URL("../../examples/documents/", import.meta.url);
const NOTE = "휴가신청안내.md";

let api: Api;
let datasetId: string;
beforeAll(async () => {
  api = apiOf({ tenant: newTenant("examples"), user: "kim", departments: ["hr"] });
  datasetId = await createDataset(api, "Rules", "hr");
  const admitted = await Promise.all(
    (await readdir(EXAMPLES)).map(async (name) => {
      const { document, problem } = await uploadFile(api, datasetId, {
        name: name.normalize("NFC"),
        bytes: await readFile(new URL(name, EXAMPLES)),
      });
      return granted(document, problem).id;
    }),
  );
  await Promise.all(admitted.map((id) => completed(api, id, 200_000)));
  // The graph's first walk after a start has its plans made.
  await eventually("a search is made with the graph", async () => {
    const { search } = await api.run<{ search: { degraded: string[] } }>('{ search(query: "연차 휴가") { degraded } }');
    return search.degraded.length === 0;
  });
});

async function answerTo(question: string): Promise<AnswerView> {
  return (await answered(api, (await ask(api, { question, datasetIds: [datasetId] })).id)).answer;
}
const citedFiles = (answer: AnswerView): string[] => answer.citations.map(({ fileName }) => fileName);

describe("the answer to a question about the examples", () => {
  test.each([
    {
      question: "연차 휴가는 며칠 전에 신청해야 하나요?",
      holds: /3일 ?전/,
      old: /7일 ?전/,
      file: "연차관리규정.pdf",
      page: 1,
    },
    {
      question: "연차는 며칠까지 이월할 수 있나요?",
      holds: /5일/,
      old: /10일|12월 31일/,
      file: "연차관리규정.pdf",
      page: 2,
    },
    {
      question: "How many days per week may employees work remotely?",
      holds: /three days/i,
      old: undefined,
      file: "employee-handbook.pdf",
      page: 1,
    },
  ])("$question holds the rule in force and cites its file and page", async ({ question, holds, old, file, page }) => {
    const answer = await answerTo(question);
    expect(answer.text).toMatch(holds);
    if (old) expect(answer.text).not.toMatch(old);
    const citation = answer.citations.find(({ fileName }) => fileName === file);
    expect(citation, `cited: ${citedFiles(answer).join()}; ${answer.text}`).toMatchObject({
      status: "CURRENT",
      support: "SUPPORTED",
      document: { id: expect.stringMatching(/^doc_/) },
    });
    expect(citation?.pages).toContain(page);
    expect(answer.text).toContain(`[${citation?.marker}]`);
    expect(answer.facts.length).toBeGreaterThan(0);
    expect(answer.usage?.completionTokens).toBeGreaterThan(0);
  });

  test("holds no personal data, though the documents do", async () => {
    const answer = await answerTo("연차 제도에 대해 누구에게 문의하나요? 전화번호와 이메일을 알려 주세요.");
    const told = JSON.stringify(answer);
    for (const value of ["leave@hanbitnuri.example", "02-5550-0147", "010-5550-7788"])
      expect(told).not.toContain(value);
  });

  test("says so where the documents hold nothing, and cites nothing", async () => {
    const { id } = await ask(api, {
      question: "What is the boiling point of tungsten hexafluoride?",
      datasetIds: [datasetId],
      grounding: "REQUIRED",
    });
    const { answer } = await answered(api, id);
    expect(answer.citations).toEqual([]);
    expect(answer.text).not.toBe("");
  });

  test("is asked again in the light of the conversation", async () => {
    const first = await ask(api, { question: "연차는 며칠까지 이월할 수 있나요?", datasetIds: [datasetId] });
    await answered(api, first.id);
    const { sendMessage } = await api.run<{ sendMessage: { answer: { id: string } | null; problem: null } }>(
      `mutation ($id: ID!) { sendMessage(conversationId: $id, text: "그럼 승인권자는 누구인가요?") {
        answer { id } problem { __typename code message } } }`,
      { id: first.conversationId },
    );
    const { answer } = await answered(api, granted(sendMessage.answer, sendMessage.problem).id);
    expect(answer.conversation.id).toBe(first.conversationId);
    expect(answer.citations.length).toBeGreaterThan(0);
    const { conversation } = await api.run<{ conversation: { messages: { edges: { node: { role: string } }[] } } }>(
      "query ($id: ID!) { conversation(id: $id) { messages { edges { node { role } } } } }",
      { id: first.conversationId },
    );
    expect(conversation.messages.edges.map(({ node }) => node.role)).toEqual([
      "USER",
      "ASSISTANT",
      "USER",
      "ASSISTANT",
    ]);
  });
});

test("a changed file changes the answer", async () => {
  const note = await readFile(new URL(NOTE, EXAMPLES), "utf8");
  const changed = note
    .replace("시행일: 2025. 1. 1.", "시행일: 2025. 9. 1.")
    .replace("| 연차 | 사용 예정일 3일 전 |", "| 연차 | 사용 예정일 5일 전 |")
    .replace(
      "## 신청을 취소하려면",
      "연차 휴가는 사용 예정일 5일 전까지 그룹웨어에서 신청해야 합니다.\n\n## 신청을 취소하려면",
    );
  expect(changed).not.toBe(note);
  const question = "연차 휴가는 며칠 전에 신청해야 하나요?";
  expect((await answerTo(question)).text).toMatch(/3일 ?전/);
  const document = await addText(api, datasetId, "휴가신청안내-2025-09.md", changed);
  await completed(api, document.id);
  const answer = await answerTo(question);
  expect(answer.text).toMatch(/5일 ?전/);
  expect(answer.text).not.toMatch(/3일 ?전/);
  expect(citedFiles(answer)).toContain("휴가신청안내-2025-09.md");
});
