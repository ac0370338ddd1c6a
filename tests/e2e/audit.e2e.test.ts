import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { buildSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDataset, put } from "../documents.js";
import { type Api, apiOf, eventually, newTenant, post, tokenOf } from "../product.js";
import { type AuditRow, openStores, type Stores } from "../stores.js";

const kim = { tenant: newTenant("audit"), user: "kim", departments: ["hr"] } as const;
const NAME = "Quasar rules";
let stores: Stores;
let api: Api;
beforeAll(async () => {
  stores = await openStores();
  api = apiOf(kim);
});
afterAll(() => stores.close());

const newTrace = (): string => randomBytes(16).toString("hex");
const traced = (traceId: string): Record<string, string> => ({
  traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01`,
});
const PROBLEM = "problem { __typename code message }";

/** Runs one mutation under a trace id of its own; resolves with its payload and with what was written about it. */
async function audited(
  mutation: string,
  variables: Record<string, unknown>,
  as = kim,
): Promise<{ payload: Record<string, { id: string } | null>; rows: AuditRow[] }> {
  const traceId = newTrace();
  const { data, text } = await post({ query: mutation, variables }, await tokenOf(as), traced(traceId));
  if (!data) throw new Error(text);
  return { payload: Object.values(data)[0] as never, rows: await stores.auditOf(as.tenant, traceId) };
}

describe("every mutation", () => {
  const seen = new Map<string, AuditRow[]>();
  const run = async (
    field: string,
    selection: string,
    variables: Record<string, unknown>,
    parameters: string,
  ): Promise<{ id: string }> => {
    const { payload, rows } = await audited(
      `mutation (${parameters}) { ${field} { ${selection} ${PROBLEM} } }`,
      variables,
    );
    expect(payload["problem"], field).toBeNull();
    seen.set(field.split("(")[0] as string, rows);
    return Object.values(payload).find((value) => value !== null) as { id: string };
  };
  const withId = (field: string, selection: string, id: string): Promise<{ id: string }> =>
    run(field, selection, { id }, "$id: ID!");
  const ended = (id: string): Promise<unknown> =>
    eventually("the answer ends", async () => {
      const { answer } = await api.run<{ answer: { finishedAt: string | null } }>(
        "query ($id: ID!) { answer(id: $id) { finishedAt } }",
        { id },
      );
      return answer.finishedAt;
    });
  const atRest = (id: string): Promise<unknown> =>
    eventually(
      "the document is indexed",
      async () => {
        const { document } = await api.run<{ document: { status: string } }>(
          "query ($id: ID!) { document(id: $id) { status } }",
          { id },
        );
        return document.status === "COMPLETED";
      },
      90_000,
    );

  test("leaves an event that says who, what and which object, and no content", async () => {
    const dataset = await run(
      `createDataset(input: { name: $name, department: "hr" })`,
      "dataset { id }",
      { name: NAME },
      "$name: String!",
    );
    await withId(`updateDataset(input: { id: $id, description: "Quasar" })`, "dataset { id }", dataset.id);
    const upload = (await withId(
      `createUpload(input: { datasetId: $id, name: "quasar.txt", mimeType: "text/plain", size: 6 })`,
      "upload { id url headers { name value } }",
      dataset.id,
    )) as unknown as Parameters<typeof put>[0];
    await put(upload, Buffer.from("quasar"));
    const file = await withId("completeUpload(uploadId: $id)", "document { id }", upload.id);
    await withId("cancelIndexing(id: $id)", "document { id }", file.id);
    await withId("retryIndexing(id: $id)", "document { id }", file.id);
    const text = await withId(
      `addText(input: { datasetId: $id, name: "note.md", text: "Quasar words" })`,
      "document { id }",
      dataset.id,
    );
    await Promise.all([atRest(file.id), atRest(text.id)]);
    await withId("reindexDocument(id: $id)", "document { id }", text.id);
    await withId("deleteDocument(id: $id)", "deletion { id }", text.id);

    const conversation = await run(
      "startConversation(input: { title: $title })",
      "conversation { id }",
      { title: "Quasar" },
      "$title: String!",
    );
    await withId(`renameConversation(id: $id, title: "Quasar talk")`, "conversation { id }", conversation.id);
    const answer = await withId(
      `ask(input: { question: "Quasar?", conversationId: $id, grounding: NONE })`,
      "answer { id }",
      conversation.id,
    );
    await ended(answer.id);
    await withId("rateAnswer(input: { answerId: $id, rating: UP })", "answer { id }", answer.id);
    await ended((await withId("regenerateAnswer(id: $id)", "answer { id }", answer.id)).id);
    const sent = await withId(
      `sendMessage(conversationId: $id, text: "Quasar again?")`,
      "answer { id }",
      conversation.id,
    );
    await withId("cancelAnswer(id: $id)", "answer { id }", sent.id);
    await ended(sent.id);
    await withId("deleteConversation(id: $id)", "deletedId", conversation.id);
    await withId("deleteDataset(id: $id)", "deletion { id }", dataset.id);

    const schema = buildSchema(await readFile(new URL("../../schema/api.graphql", import.meta.url), "utf8"));
    expect([...seen.keys()].sort()).toEqual(Object.keys(schema.getMutationType()?.getFields() ?? {}).sort());
    for (const [field, rows] of seen) {
      // A text is an upload and a document.
      expect(rows, field).toHaveLength(field === "addText" ? 2 : 1);
      for (const row of rows)
        expect(row, field).toMatchObject({
          user_id: "kim",
          service: expect.stringMatching(/^(documents|conversations)$/),
          action: expect.stringMatching(/^[a-z]+\.[a-z]+$/),
          object_type: expect.any(String),
          object_id: expect.stringMatching(/^[a-z]{2,3}_/),
          outcome: "SUCCEEDED",
          reason: null,
        });
      expect(JSON.stringify(rows), field).not.toMatch(/quasar|words/i);
    }
  }, 200_000);
});

describe("every refused access", () => {
  const park = { ...kim, user: "park", departments: ["it"] } as const;
  test.each([
    'updateDataset(input: { id: $id, name: "x" })',
    "deleteDataset(id: $id)",
    'createUpload(input: { datasetId: $id, name: "a.txt", mimeType: "text/plain", size: 1 })',
    "completeUpload(uploadId: $id)",
    'addText(input: { datasetId: $id, name: "a.txt", text: "x" })',
    "reindexDocument(id: $id)",
    "deleteDocument(id: $id)",
    'renameConversation(id: $id, title: "x")',
    "deleteConversation(id: $id)",
    "cancelAnswer(id: $id)",
    "regenerateAnswer(id: $id)",
    'sendMessage(conversationId: $id, text: "x")',
  ])("%s is noted", async (field) => {
    const id = await createDataset(api, `${NAME} ${newTrace()}`, "hr");
    const { rows } = await audited(`mutation ($id: ID!) { ${field} { ${PROBLEM} } }`, { id }, park as never);
    expect(rows).toEqual([
      expect.objectContaining({
        user_id: "park",
        outcome: "REFUSED",
        reason: "NOT_FOUND",
        object_id: id,
        action: expect.any(String),
      }),
    ]);
  });

  test.each(["dataset", "document", "deletion", "node"])("reading by %s(id) is noted", async (field) => {
    const id = await createDataset(api, `${NAME} ${newTrace()}`, "hr");
    const { payload, rows } = await audited(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id }, park as never);
    expect(payload).toBeNull();
    expect(rows).toEqual([
      expect.objectContaining({ user_id: "park", outcome: "REFUSED", reason: "NOT_FOUND", object_id: id }),
    ]);
  });

  test("by role is noted with its reason", async () => {
    const { rows } = await audited(
      `mutation { createDataset(input: { name: "x", department: "hr" }) { ${PROBLEM} } }`,
      {},
      { ...kim, user: "choi", roles: ["member"] } as never,
    );
    expect(rows).toEqual([
      expect.objectContaining({ user_id: "choi", action: "dataset.create", outcome: "REFUSED", reason: "NOT_ALLOWED" }),
    ]);
  });

  test("by token is noted by the router, though it cannot say who it was", async () => {
    const traceId = newTrace();
    const old = await tokenOf(kim, { issuedAt: Math.floor(Date.now() / 1000) - 7200, lifetimeSeconds: 60 });
    await post({ query: "{ datasets { totalCount } }" }, old, traced(traceId));
    const rows = await eventually("the router has noted it", async () => {
      const found = await stores.auditOf(null, traceId);
      return found.length > 0 && found;
    });
    expect(rows).toEqual([
      expect.objectContaining({ service: "router", outcome: "REFUSED", reason: "TOKEN_EXPIRED", user_id: null }),
    ]);
  });
});
