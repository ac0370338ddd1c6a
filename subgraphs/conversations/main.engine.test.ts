import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createVisibilityFeed } from "../../platform/visibility/visibility.js";
import { type OpenAiDouble, startOpenAiDouble } from "./testing/openai-double.js";
import { type RoomProcess, request, startProcess, startRetrievalDouble, subscription } from "./testing/processes.js";
import { openReplica, prepareDatabase, type Replica, someViewer } from "./testing/room.js";

const PASSAGE = {
  score: 0.9,
  text: "입사 1년이 지난 직원에게 연차 15일을 준다.",
  fileName: "연차관리규정.pdf",
  documentVersion: 1,
  effectiveDate: "2025-01-01",
  pages: [3],
  headingPath: ["제2장 연차휴가"],
  elementType: "NARRATIVE_TEXT",
  boxes: [{ page: 3, x0: 0.1, y0: 0.1, x1: 0.9, y1: 0.2 }],
  chunk: { id: "chk_rule" },
  document: { id: "doc_rule" },
};
const FACT = { subject: "연차", relationType: "MANAGED_BY", object: "인사팀", weight: 1, evidence: ["chk_rule"] };

const ASK =
  "mutation($input: AskInput!) { ask(input: $input) { answer { id status conversation { id title } } problem { __typename code } } }";
const STREAM = `subscription($id: ID!, $after: Int) { answerStream(answerId: $id, after: $after) {
  __typename sequence at
  ... on AnswerStage { stage passages { marker fileName effectiveDate chunk { id } } facts { subject object } }
  ... on AnswerDelta { text }
  ... on AnswerCitation { citation { marker status support quote chunk { id } document { id } pages } }
  ... on AnswerCompleted { answer { id text status citations { marker status } usage { promptTokens totalMilliseconds } } }
  ... on AnswerFailed { problem { __typename code } retryable }
} }`;

interface Event {
  readonly __typename: string;
  readonly sequence: number;
  readonly stage?: string;
  readonly text?: string;
}

let llm: OpenAiDouble;
let retrieval: Awaited<ReturnType<typeof startRetrievalDouble>>;
let replica: Replica;
let api: RoomProcess;
let worker: RoomProcess;
const viewer = someViewer();

const urls = () => ({ llm: llm.url, retrieval: retrieval.url });

beforeAll(async () => {
  await prepareDatabase();
  llm = await startOpenAiDouble();
  retrieval = await startRetrievalDouble({ passages: [PASSAGE], facts: [FACT], degraded: [], problem: null });
  replica = await openReplica({ llmUrl: llm.url, queue: "conversations-unused" });
  await createVisibilityFeed(replica.redis).publish(viewer.tenantId, "doc_rule", {
    generation: 1,
    department: "hr",
    datasetId: "ds_1",
    revision: 1,
  });
  [api, worker] = await Promise.all([startProcess("api", urls()), startProcess("worker", urls())]);
});

afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()]);
  await replica?.close();
  await retrieval?.stop();
  await llm?.stop();
});

async function ask(who = viewer, input: object = {}): Promise<string> {
  const { data, errors } = await request<{ ask: { answer: { id: string; status: string } } }>(api.url, who, ASK, {
    input: { question: "연차는 며칠인가요?", ...input },
  });
  expect(errors).toBeUndefined();
  expect(data?.ask.answer.status).toBe("QUEUED");
  return data?.ask.answer.id ?? "";
}

async function events(id: string, who = viewer, after = 0): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const { data } of subscription<{ answerStream: Event }>(api.url, who, STREAM, { id, after }))
    if (data) seen.push(data.answerStream);
  return seen;
}

describe("through the published API", () => {
  test("a question becomes a cited, streamed answer", async () => {
    llm.say(["연차는 ", "15일을 준다 ", "[1]", "."]);
    const seen = await events(await ask());
    expect(seen.filter((event) => event.__typename === "AnswerStage").map((event) => event.stage)).toEqual([
      "QUEUED",
      "RETRIEVING",
      "RETRIEVED",
      "GENERATING",
    ]);
    expect(seen.find((event) => event.stage === "RETRIEVED")).toMatchObject({
      passages: [{ marker: 1, fileName: "연차관리규정.pdf", effectiveDate: "2025-01-01", chunk: { id: "chk_rule" } }],
      facts: [{ subject: "연차", object: "인사팀" }],
    });
    expect(seen.find((event) => event.__typename === "AnswerCitation")).toMatchObject({
      citation: { marker: 1, status: "CURRENT", support: "SUPPORTED", document: { id: "doc_rule" }, pages: [3] },
    });
    expect(seen.at(-1)).toMatchObject({
      __typename: "AnswerCompleted",
      answer: {
        text: "연차는 15일을 준다 [1].",
        status: "COMPLETED",
        citations: [{ marker: 1, status: "CURRENT" }],
        usage: { promptTokens: 100 },
      },
    });
  });

  test("a citation of a document that may not be read any more keeps its place and loses its words", async () => {
    const id = await ask();
    await events(id);
    const elsewhere = { ...viewer, departments: ["it"] };
    const { data } = await request<{ answer: { citations: object[]; passages: object[] } }>(
      api.url,
      elsewhere,
      "query($id: ID!) { answer(id: $id) { citations { status quote chunk { id } fileName } passages { text } } }",
      { id },
    );
    expect(data?.answer).toEqual({
      citations: [{ status: "GONE", quote: "", chunk: null, fileName: "연차관리규정.pdf" }],
      passages: [],
    });
  });

  test("another user gets the same answer as for what does not exist", async () => {
    const id = await ask();
    await events(id);
    const stranger = someViewer({ tenantId: viewer.tenantId });
    for (const wanted of [id, "ans_00000000000000000000000000"]) {
      expect(await events(wanted, stranger)).toMatchObject([
        { __typename: "AnswerFailed", retryable: false, problem: { __typename: "NotFound", code: "NOT_FOUND" } },
      ]);
      const { data } = await request(api.url, stranger, "query($id: ID!) { answer(id: $id) { id } }", { id: wanted });
      expect(data).toEqual({ answer: null });
      const refused = await request(
        api.url,
        stranger,
        "mutation($id: ID!) { cancelAnswer(id: $id) { answer { id } problem { __typename } } }",
        { id: wanted },
      );
      expect(refused.data).toEqual({ cancelAnswer: { answer: null, problem: { __typename: "NotFound" } } });
    }
  });

  test("mistakes are data, and who is not signed in is refused", async () => {
    const bad = await request(api.url, viewer, ASK, { input: { question: "  ", model: "no such model" } });
    expect(bad.data).toMatchObject({
      ask: { answer: null, problem: { __typename: "InvalidInput", code: "INVALID_INPUT" } },
    });
    const nobody = await request(api.url, undefined, ASK, { input: { question: "?" } });
    expect(nobody.errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED", traceId: expect.any(String) } }]);
    const cursor = await request(api.url, viewer, '{ conversations(after: "x") { totalCount } }');
    expect(cursor.errors).toMatchObject([{ extensions: { code: "BAD_CURSOR" } }]);
  });

  test("a chat is listed, paged, renamed, rated and deleted", async () => {
    const who = someViewer();
    const first = await ask(who);
    await events(first, who);
    const { data } = await request<{ conversations: { totalCount: number; edges: { node: { id: string } }[] } }>(
      api.url,
      who,
      "{ conversations { totalCount edges { node { id title window { limit used } messages(first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { node { role content answer { id } } } } } } } models { id contextWindow isDefault } }",
    );
    expect(data).toMatchObject({
      conversations: {
        totalCount: 1,
        edges: [
          {
            node: {
              title: "연차는 며칠인가요?",
              window: { limit: 32_768 },
              messages: {
                totalCount: 2,
                pageInfo: { hasNextPage: true },
                edges: [{ node: { role: "USER", answer: { id: first } } }],
              },
            },
          },
        ],
      },
      models: [{ id: "double", contextWindow: 32_768, isDefault: true }],
    });
    const id = data?.conversations.edges[0]?.node.id;
    const changed = await request(
      api.url,
      who,
      'mutation($id: ID!, $answer: ID!) { renameConversation(id: $id, title: "휴가") { conversation { title } } rateAnswer(input: { answerId: $answer, rating: UP, reason: "정확" }) { answer { rating ratingReason } } deleteConversation(id: $id) { deletedId } }',
      { id, answer: first },
    );
    expect(changed.data).toEqual({
      renameConversation: { conversation: { title: "휴가" } },
      rateAnswer: { answer: { rating: "UP", ratingReason: "정확" } },
      deleteConversation: { deletedId: id },
    });
    expect((await request(api.url, who, "query($id: ID!) { conversation(id: $id) { id } }", { id })).data).toEqual({
      conversation: null,
    });
  });
});

describe("usage", () => {
  const USAGE = `query($of: UsageScope!, $from: DateTime) { usage(of: $of, by: USER, from: $from) {
    total { calls promptTokens completionTokens unpriced } rows { key calls } problem { __typename code } } }`;

  test("is everyone's own; a tenant's is for its admins and auditors", async () => {
    const who = someViewer();
    const colleague = someViewer({ tenantId: who.tenantId, roles: ["auditor"] });
    await events(await ask(who), who);
    await events(await ask(colleague), colleague);
    const of = async (viewer: typeof who, variables: object) =>
      (await request<{ usage: object }>(api.url, viewer, USAGE, variables)).data?.usage;
    expect(await of(who, { of: "OWN" })).toEqual({
      total: { calls: 1, promptTokens: 100, completionTokens: 4, unpriced: 1 },
      rows: [{ key: who.userId, calls: 1 }],
      problem: null,
    });
    expect(await of(who, { of: "TENANT" })).toEqual({
      total: null,
      rows: [],
      problem: { __typename: "NotAllowed", code: "NOT_ALLOWED" },
    });
    expect(await of(colleague, { of: "TENANT" })).toMatchObject({
      total: { calls: 2 },
      rows: [who.userId, colleague.userId].sort().map((key) => ({ key, calls: 1 })),
    });
    expect(await of(who, { of: "OWN", from: "2999-01-01T00:00:00.000Z" })).toMatchObject({
      problem: { __typename: "InvalidInput" },
    });
  });
});

describe("when its worker is killed", () => {
  test("an answer is begun again by another one and ends once", async () => {
    llm.say(["헛된 ", "<hang>"], ["온전한 답"]);
    const id = await ask();
    const seen: Event[] = [];
    const isOver = () => /Completed|Failed/.test(seen.at(-1)?.__typename ?? "");
    // Where the next worker is long in coming, the stream ends with a code and is resumed.
    while (!isOver()) {
      const after = seen.at(-1)?.sequence ?? 0;
      for await (const { data } of subscription<{ answerStream: Event }>(api.url, viewer, STREAM, { id, after })) {
        if (!data) continue;
        seen.push(data.answerStream);
        if (data.answerStream.text?.includes("헛된")) {
          await worker.stop("SIGKILL");
          worker = await startProcess("worker", urls());
        }
      }
    }
    const restarted = seen.findIndex((event) => event.stage === "RESTARTED");
    expect(restarted).toBeGreaterThan(0);
    expect(
      seen
        .slice(restarted)
        .flatMap((event) => (event.__typename === "AnswerDelta" ? [event.text] : []))
        .join(""),
    ).toBe("온전한 답");
    expect(seen.map((event) => event.sequence)).toEqual(seen.map((_, i) => i + 1));
    expect(seen.filter((event) => event.__typename === "AnswerCompleted")).toHaveLength(1);
    expect(seen.at(-1)).toMatchObject({ answer: { text: "온전한 답", status: "COMPLETED" } });
  });
});
