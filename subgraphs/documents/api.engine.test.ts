import { randomUUID } from "node:crypto";
import { type ExecutionResult, graphql, parse, subscribe } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import type { GraphContext } from "../../platform/graphql/context.js";
import type { SubgraphSchema } from "../../platform/graphql/schema.js";
import { buildDocumentsSchema } from "./api/schema.js";
import { targetOf } from "./domain/document.js";
import { startRelay } from "./jobs/relay.js";
import { eventually, granted, newTenant, openRoom, type Room, readDocument, viewerOf } from "./testing/room.js";

let room: Room;
let schema: SubgraphSchema["schema"];
let kim: Viewer;
const trace = "0".repeat(32);

beforeAll(async () => {
  room = await openRoom(11);
  const relay = await startRelay(room);
  room.onClose(() => relay.stop());
  ({ schema } = await buildDocumentsSchema(room));
  kim = viewerOf(newTenant(), "kim", ["hr", "it"]);
});
afterAll(() => room.close());

const contextOf = (viewer: Viewer | undefined, signal = AbortSignal.timeout(30_000)): GraphContext => ({
  viewer,
  caller: "router",
  traceId: trace,
  signal,
  logger: room.logger,
  loaders: new Map(),
});
async function ask(source: string, variableValues: Record<string, unknown> = {}, viewer: Viewer | undefined = kim) {
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue: contextOf(viewer) });
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors };
}
const PROBLEM = "problem { __typename code message }";
const create = async (name: string, department: string | null = null) => {
  const { data } = await ask(
    `mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } ${PROBLEM} } }`,
    { input: { name, department, description: "first" } },
  );
  return data.createDataset;
};
const addText = async (datasetId: string, text: string = randomUUID(), viewer = kim) => {
  const { data } = await ask(
    `mutation ($input: AddTextInput!) { addText(input: $input) { document { id status } ${PROBLEM} } }`,
    { input: { datasetId, name: "note.md", text } },
    viewer,
  );
  return data.addText;
};
async function events(variableValues: Record<string, unknown>, viewer = kim, signal?: AbortSignal) {
  const document = parse(
    "subscription ($documentId: ID, $datasetId: ID, $after: String) { indexingProgress(documentId: $documentId, datasetId: $datasetId, after: $after) { cursor documentId stage state attempt } }",
  );
  const result = await subscribe({ schema, document, variableValues, contextValue: contextOf(viewer, signal) });
  if (!(Symbol.asyncIterator in result)) throw new Error(result.errors?.[0]?.message);
  return result as AsyncGenerator<ExecutionResult<{ indexingProgress: Event }>>;
}
interface Event {
  cursor: string;
  documentId: string;
  stage: string;
  state: string;
  attempt: number;
}
const next = async (stream: Awaited<ReturnType<typeof events>>): Promise<Event | undefined> => {
  const { value, done } = await stream.next();
  if (done) return undefined;
  if (value.errors) throw value.errors[0];
  return value.data?.indexingProgress;
};

describe("The graph", () => {
  test("refuses whoever is not signed in", async () => {
    for (const source of ["{ datasets { totalCount } }", `{ node(id: "ds_${"0".repeat(26)}") { id } }`]) {
      const result = await graphql({ schema, source, contextValue: contextOf(undefined) });
      expect(result.errors?.[0]?.originalError).toMatchObject({ code: "UNAUTHENTICATED" });
    }
  });

  test("pages through a list without gaps or repeats, and refuses foreign cursors and pages beyond the limit", async () => {
    const { dataset } = await create(`paged ${randomUUID()}`);
    const made = new Set<string>();
    for (let i = 0; i < 5; i++) made.add((await addText(dataset.id)).document.id);
    const page = (after: string | null) =>
      ask(
        "query ($id: ID!, $after: String) { dataset(id: $id) { progress { documents processing } documents(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { id version dataset { id } } } } } }",
        { id: dataset.id, after },
      );
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { data } = await page(after);
      const { documents, progress } = data.dataset;
      expect(progress).toEqual({ documents: 5, processing: 5 });
      expect(documents.totalCount).toBe(5);
      seen.push(...documents.edges.map((edge: { node: { id: string } }) => edge.node.id));
      if (!documents.pageInfo.hasNextPage) break;
      after = documents.pageInfo.endCursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(made);
    expect((await page("nonsense")).errors?.[0]?.originalError).toMatchObject({ code: "BAD_CURSOR" });
    const beyond = await ask("{ datasets(first: 101) { totalCount } }");
    expect(beyond.errors?.[0]?.originalError).toMatchObject({ code: "BAD_REQUEST" });
  });

  test("finds anything by its id, and other rooms' things as references", async () => {
    const { dataset } = await create(`node ${randomUUID()}`);
    const { document } = await addText(dataset.id);
    const chunk = `chk_${"0".repeat(26)}`;
    const read = async (id: string, viewer = kim) =>
      (await ask("query ($id: ID!) { node(id: $id) { __typename id } }", { id }, viewer)).data.node;
    expect(await read(dataset.id)).toEqual({ __typename: "Dataset", id: dataset.id });
    expect(await read(document.id)).toEqual({ __typename: "Document", id: document.id });
    expect(await read(chunk)).toEqual({ __typename: "Chunk", id: chunk });
    expect(await read("1 OR 1=1")).toBeNull();
    expect(await read(document.id, viewerOf(newTenant(), "kim", ["hr"]))).toBeNull();
  });

  test("joins references in the order they were given, null for what the viewer may not see", async () => {
    const { dataset } = await create(`entities ${randomUUID()}`, "hr");
    const { document } = await addText(dataset.id);
    const representations = [
      { __typename: "Document", id: `doc_${"0".repeat(26)}` },
      { __typename: "Document", id: document.id },
      { __typename: "Dataset", id: dataset.id },
    ];
    const source =
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Document { id } ... on Dataset { id } } }";
    expect((await ask(source, { r: representations })).data._entities).toEqual([
      null,
      { id: document.id },
      { id: dataset.id },
    ]);
    const stranger = viewerOf(kim.tenantId, "lee", ["sales"]);
    expect((await ask(source, { r: representations }, stranger)).data._entities).toEqual([null, null, null]);
  });

  test("tells a mistake from a refusal, as data", async () => {
    const name = `typed ${randomUUID()}`;
    const { dataset } = await create(name);
    expect((await create(name)).problem).toMatchObject({ __typename: "Conflict", code: "NAME_TAKEN" });
    expect((await create("")).problem).toMatchObject({ __typename: "InvalidInput" });
    expect((await create("x", "sales")).problem).toMatchObject({ __typename: "NotAllowed" });
    expect((await addText("ds_unknown")).problem).toMatchObject({ __typename: "NotFound" });
    const member = viewerOf(kim.tenantId, "han", [], ["member"]);
    expect((await addText(dataset.id, "x", member)).problem).toMatchObject({ __typename: "NotAllowed" });
    const refusals = await room.postgres.as(member, (tx) =>
      tx.query("SELECT action, reason FROM audit.events WHERE user_id = 'han' AND outcome = 'REFUSED'"),
    );
    expect(refusals).toEqual([{ action: "document.create", reason: "NOT_ALLOWED" }]);
  });

  test("an update changes what is given, clears what is null and keeps the rest", async () => {
    const { dataset } = await create(`patched ${randomUUID()}`, "hr");
    const update = async (input: Record<string, unknown>) =>
      (
        await ask(
          `mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) { dataset { name description department } ${PROBLEM} } }`,
          { input: { id: dataset.id, ...input } },
        )
      ).data.updateDataset.dataset;
    const renamed = `renamed ${randomUUID()}`;
    expect(await update({ name: renamed })).toEqual({ name: renamed, description: "first", department: "hr" });
    expect(await update({ description: null })).toEqual({ name: renamed, description: null, department: "hr" });
    expect(await update({ department: "it" })).toMatchObject({ department: "it" });
    expect(await update({ department: null })).toEqual({ name: renamed, description: null, department: null });
  });
});

describe("The progress of a document", () => {
  test("begins with the present state, goes on, resumes after a cursor and ends with the attempt", async () => {
    const { dataset } = await create(`progress ${randomUUID()}`);
    const { document } = await addText(dataset.id);
    const stream = await events({ documentId: document.id });
    const first = await next(stream);
    expect(first).toMatchObject({ documentId: document.id, state: "WAITING" });
    const row = await readDocument(room, kim, document.id);
    if (!row) throw new Error("no document");
    // The relay tells of the start by itself; what the suite tells comes after that.
    const log = room.progress.key(kim.tenantId, document.id);
    await eventually(async () => (await room.progress.log.last(log)) > 0);
    await room.publisher.report(kim.tenantId, targetOf(row), { stage: "EMBED", state: "RUNNING", done: 1, total: 4 });
    let step = await next(stream);
    while (step?.stage !== "EMBED") step = await next(stream);
    granted(await room.holdings.cancel(kim, document.id, trace));
    const rest: (Event | undefined)[] = [];
    do rest.push(await next(stream));
    while (rest.at(-1));
    expect(rest.at(-2)).toMatchObject({ state: "CANCELLED" });
    const resumed = await events({ documentId: document.id, after: step.cursor });
    expect(await next(resumed)).toMatchObject({ state: "CANCELLED" });
    expect(await next(resumed)).toBeUndefined();
    const late = await events({ documentId: document.id });
    expect(await next(late)).toMatchObject({ state: "CANCELLED" });
    expect(await next(late)).toBeUndefined();
  });

  test("of a data set tells of all its documents and stops at once when the listener leaves", async () => {
    const { dataset } = await create(`watched ${randomUUID()}`);
    const stream = await events({ datasetId: dataset.id });
    const waiting = next(stream);
    const { document } = await addText(dataset.id);
    expect(await waiting).toMatchObject({ documentId: document.id });
    // The log grows no more: leaving must not wait for a next step.
    const never = next(stream);
    await stream.return(undefined);
    await never;
    expect(await next(stream)).toBeUndefined();
  });

  test("is not told to strangers, nor with a cursor of something else", async () => {
    const { dataset } = await create(`private ${randomUUID()}`, "hr");
    const { document } = await addText(dataset.id);
    const stranger = viewerOf(kim.tenantId, "lee", ["sales"]);
    const asStranger = await events({ documentId: document.id }, stranger);
    await expect(next(asStranger)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const setAsStranger = await events({ datasetId: dataset.id }, stranger);
    await expect(next(setAsStranger)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const bad = await events({ documentId: document.id, after: "nonsense" });
    await expect(next(bad)).rejects.toMatchObject({ code: "BAD_CURSOR" });
    const neither = await events({});
    await expect(next(neither)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});
