import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDataset, put } from "../documents.js";
import { OUTBOUND_HOST } from "../outbound.js";
import { type Api, apiOf, eventually, newTenant, post, tokenOf } from "../product.js";
import { type AuditRow, openStores, type Stores } from "../stores.js";

const kim = { tenant: newTenant("audit"), user: "kim", departments: ["hr"], roles: ["admin", "editor"] } as const;
const NAME = "Quasar rules";
let stores: Stores;
let api: Api;
let port: number;
const site = createServer((_request, response) => response.end("Quasar words of a site."));
beforeAll(async () => {
  stores = await openStores();
  api = apiOf(kim);
  site.listen(0, OUTBOUND_HOST);
  await once(site, "listening");
  ({ port } = site.address() as AddressInfo);
});
afterAll(async () => {
  site.close();
  await stores.close();
});

const newTrace = (): string => randomBytes(16).toString("hex");
const traced = (traceId: string): Record<string, string> => ({
  traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01`,
});
/** Upload and document at once. */
const MADE_IN_ONE: ReadonlySet<string> = new Set(["addText", "addUrl"]);
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

  const settled = (id: string): Promise<unknown> =>
    eventually(
      "the document is at rest",
      async () => {
        const { document } = await api.run<{ document: { status: string } }>(
          "query ($id: ID!) { document(id: $id) { status } }",
          { id },
        );
        return document.status === "COMPLETED" || document.status === "FAILED";
      },
      90_000,
    );
  const chunkOf = async (id: string): Promise<string | undefined> => {
    const { document } = await api.run<{ document: { editableChunks: { edges: { node: { id: string } }[] } } }>(
      "query ($id: ID!) { document(id: $id) { editableChunks { edges { node { id } } } } }",
      { id },
    );
    return document.editableChunks.edges[0]?.node.id;
  };

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
    await withId("pauseIndexing(datasetId: $id)", "dataset { id }", dataset.id);
    await withId("resumeIndexing(datasetId: $id)", "dataset { id }", dataset.id);
    const hook = await withId(
      `createWebhook(input: { datasetId: $id, url: "http://${OUTBOUND_HOST}:9/quasar", events: [DOCUMENT_DELETED] })`,
      "webhook { id }",
      dataset.id,
    );
    await withId("updateWebhook(input: { id: $id, active: true })", "webhook { id }", hook.id);
    await withId("rotateWebhookSecret(id: $id)", "webhook { id }", hook.id);
    const fetched = await run(
      "addUrl(input: { datasetId: $id, url: $url })",
      "document { id }",
      { id: dataset.id, url: `http://${OUTBOUND_HOST}:${port}/quasar.txt` },
      "$id: ID!, $url: String!",
    );
    await atRest(fetched.id);
    await withId("reindexDataset(id: $id)", "dataset { id }", dataset.id);
    await settled(text.id);
    await withId("reindexDocument(id: $id)", "document { id }", text.id);
    await settled(text.id);
    await run(
      `correctChunk(input: { documentId: $id, chunkId: $chunk, text: "Other quasar words" })`,
      "document { id }",
      { id: text.id, chunk: await chunkOf(text.id) },
      "$id: ID!, $chunk: ID!",
    );
    await settled(text.id);
    await run(
      "setChunkEnabled(input: { documentId: $id, chunkId: $chunk, enabled: false })",
      "document { id }",
      { id: text.id, chunk: await chunkOf(text.id) },
      "$id: ID!, $chunk: ID!",
    );
    await settled(text.id);
    await withId("deleteDocument(id: $id)", "deletion { id }", text.id);
    const delivery = await eventually("the deletion is announced", async () => {
      const { dataset: of } = await api.run<{
        dataset: { webhooks: { deliveries: { edges: { node: { id: string } }[] } }[] };
      }>("query ($id: ID!) { dataset(id: $id) { webhooks { deliveries { edges { node { id } } } } } }", {
        id: dataset.id,
      });
      return of.webhooks[0]?.deliveries.edges[0]?.node;
    });
    await withId("replayDelivery(id: $id)", "delivery { id }", delivery.id);
    await withId("deleteWebhook(id: $id)", "deletedId", hook.id);

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
    const { conversation: chat } = await api.run<{
      conversation: { messages: { edges: { node: { id: string; role: string } }[] } };
    }>("query ($id: ID!) { conversation(id: $id) { messages { edges { node { id role } } } } }", {
      id: conversation.id,
    });
    const question = chat.messages.edges.find(({ node }) => node.role === "USER")?.node.id as string;
    await withId("branchConversation(messageId: $id)", "conversation { id }", question);
    await ended((await withId(`editMessage(messageId: $id, text: "Quasar?")`, "answer { id }", question)).id);
    const template = await run(
      "createPromptTemplate(input: { kind: GROUNDED, language: EN, text: $text })",
      "template { id }",
      { text: "Answer in quasar words." },
      "$text: String!",
    );
    await withId("activatePromptTemplate(id: $id)", "template { id }", template.id);
    await run(
      "updateAnswerPolicy(input: { piiInput: $input, piiOutput: MASK })",
      "policy { piiInput }",
      { input: "MASK" },
      "$input: PiiInput!",
    );
    await withId("deleteConversation(id: $id)", "deletedId", conversation.id);
    await withId("deleteDataset(id: $id)", "deletion { id }", dataset.id);

    const schema = buildSchema(await readFile(new URL("../../schema/api.graphql", import.meta.url), "utf8"));
    expect([...seen.keys()].sort()).toEqual(Object.keys(schema.getMutationType()?.getFields() ?? {}).sort());
    for (const [field, rows] of seen) {
      expect(rows, field).toHaveLength(MADE_IN_ONE.has(field) ? 2 : 1);
      for (const row of rows)
        expect(row, field).toMatchObject({
          user_id: "kim",
          service: expect.stringMatching(/^(documents|conversations)$/),
          action: expect.stringMatching(/^[a-z]+\.[a-z_]+$/),
          object_type: expect.any(String),
          // A policy is the tenant's own.
          object_id: expect.stringMatching(/^([a-z]{2,3}_|audit)/),
          outcome: "SUCCEEDED",
          reason: null,
        });
      expect(JSON.stringify(rows), field).not.toMatch(/quasar|words/i);
    }
  }, 300_000);
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
