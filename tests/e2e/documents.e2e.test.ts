import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  addText,
  completed,
  completeUpload,
  createDataset,
  createUpload,
  type DocumentView,
  deleteDocument,
  documentOf,
  granted,
  indexed,
  type ProblemView,
  put,
  receipt,
  shownByGraph,
  uploadFile,
} from "../documents.js";
import { type Api, apiOf, eventually, newTenant, type Person } from "../product.js";
import { openStores, type Stores } from "../stores.js";

const RULES = new URL("../../examples/documents/연차관리규정.pdf", import.meta.url);
const SOURCE = new URL("../../examples/sources/연차관리규정.html", import.meta.url);
const EMPTY = { postgres: 0, objects: 0, vectors: 0, graph: 0, redis: 0 };

const kim = { tenant: newTenant("documents"), user: "kim", departments: ["hr"] } as const satisfies Person;
let api: Api;
let stores: Stores;
let datasetId: string;
beforeAll(async () => {
  api = apiOf(kim);
  stores = await openStores();
  datasetId = await createDataset(api, "Rules", "hr");
});
afterAll(() => stores.close());

interface ChunkView {
  readonly id: string;
  readonly text: string;
  readonly pages: readonly number[];
  readonly boxes: readonly { x0: number; y0: number; x1: number; y1: number }[];
  readonly headingPath: readonly string[];
  readonly elementType: string;
}
const chunksOf = async (id: string): Promise<ChunkView[]> =>
  (
    await api.run<{ document: { chunks: { edges: { node: ChunkView }[] } } }>(
      `query ($id: ID!) { document(id: $id) { chunks(first: 100) { edges { node {
        id text pages elementType headingPath boxes { x0 y0 x1 y1 } } } } } }`,
      { id },
    )
  ).document.chunks.edges.map(({ node }) => node);

interface Found {
  readonly text: string;
  readonly documentVersion: number;
  readonly document: { readonly id: string } | null;
}
const search = async (query: string): Promise<Found[]> =>
  (
    await api.run<{ search: { passages: Found[] } }>(
      "query ($query: String!) { search(query: $query) { passages { text documentVersion document { id } } } }",
      { query },
    )
  ).search.passages;
const change = async (
  field: string,
  id: string,
): Promise<{ document: DocumentView | null; problem: ProblemView | null }> =>
  (
    await api.run<Record<string, { document: DocumentView | null; problem: ProblemView | null }>>(
      `mutation ($id: ID!) { ${field}(id: $id) { document { id status version chunksCount entitiesCount mimeType failure { stage code message } }
        problem { __typename code message } } }`,
      { id },
    )
  )[field] as { document: DocumentView | null; problem: ProblemView | null };

describe("a file", () => {
  test("goes from an upload to masked passages with page and heading, telling each stage in order", async () => {
    const bytes = await readFile(RULES);
    const { upload, problem } = await createUpload(api, {
      datasetId,
      name: "연차관리규정.pdf",
      mimeType: "application/pdf",
      size: bytes.length,
      metadata: { source: "intranet" },
    });
    const promised = granted(upload, problem);
    expect(await put(promised, bytes)).toBe(200);
    const admitted = await completeUpload(api, promised.id);
    const { id } = granted(admitted.document, admitted.problem);
    expect(admitted.document?.status).toBe("PROCESSING");
    expect((await completeUpload(api, promised.id)).document?.id).toBe(id);

    const { document, events } = await indexed(api, id, 180_000);
    expect(document).toMatchObject({ status: "COMPLETED", failure: null, mimeType: "application/pdf", version: 1 });
    // The rooms that embed and extract work side by side; the rest has an order.
    const told = [...new Set(events.filter(({ state }) => state !== "WAITING").map(({ stage }) => stage))];
    const order = ["STORE", "PARSE", "MASK", "CHUNK", "EMBED", "INDEX", "FINISH"];
    expect(told.filter((stage) => stage !== "EXTRACT")).toEqual(order.filter((stage) => told.includes(stage)));
    expect(told).toEqual(expect.arrayContaining(["PARSE", "CHUNK", "EMBED", "EXTRACT", "FINISH"]));
    expect(events.at(-1)).toMatchObject({ stage: "FINISH", state: "COMPLETED" });
    expect(events.slice(0, -1).every(({ state }) => state === "WAITING" || state === "RUNNING")).toBe(true);

    await shownByGraph(api, document);
    const chunks = await chunksOf(id);
    expect(chunks).toHaveLength(document.chunksCount);
    expect(new Set(chunks.flatMap(({ pages }) => pages))).toEqual(new Set([1, 2, 3]));
    expect(chunks.some(({ headingPath }) => headingPath.some((heading) => heading.includes("신청과 승인")))).toBe(true);
    expect(chunks.some(({ elementType }) => elementType === "TABLE")).toBe(true);
    const isOnPage = ({ x0, y0, x1, y1 }: ChunkView["boxes"][number]): boolean =>
      0 <= x0 && x0 < x1 && x1 <= 1 && 0 <= y0 && y0 < y1 && y1 <= 1;
    expect(chunks.flatMap(({ boxes }) => boxes).filter((box) => !isOnPage(box))).toEqual([]);

    const source = await readFile(SOURCE, "utf8");
    const personal = [...new Set(source.match(/\d{6}-\d{7}|0\d{1,2}-\d{3,4}-\d{4}|[\w.]+@[\w.]+\.example/g))];
    expect(personal.length).toBeGreaterThanOrEqual(4);
    const shown = await api.raw(
      `query ($id: ID!) { document(id: $id) { title pii { kind count } metadata entities(first: 100) { edges { node { name aliases } } } related { sharedEntities { name } } } }`,
      { id },
    );
    const stored = [...(await stores.vectorsOf(id)), ...(await stores.graphChunksOf(id))];
    const everything = [
      shown.text,
      JSON.stringify([chunks, stored, events, await search("담당자 연락처 주민등록번호")]),
    ].join();
    for (const value of personal) expect(everything).not.toContain(value);
    expect(shown.data?.["document"]).toMatchObject({
      metadata: { source: "intranet" },
      pii: expect.arrayContaining([
        { kind: "KR_RRN", count: 1 },
        { kind: "PHONE_NUMBER", count: 2 },
        { kind: "EMAIL", count: 2 },
      ]),
    });
  });

  test("of the same bytes is one document, whatever its name", async () => {
    const bytes = Buffer.from("# Twin\n\nThe Twin Office opens at eight.\n");
    const first = await uploadFile(api, datasetId, { name: "one.md", bytes });
    const { document, problem } = await uploadFile(api, datasetId, { name: "two.md", bytes });
    expect(document).toBeNull();
    expect(problem).toMatchObject({ __typename: "Conflict" });
    const other = await uploadFile(api, await createDataset(api, "Elsewhere", "hr"), { name: "one.md", bytes });
    expect(granted(other.document, other.problem).id).not.toBe(first.document?.id);
  });

  test("can be called off and taken up again", async () => {
    const { id } = await addText(api, datasetId, "halt.md", "# Halt\n\nThe Halt Office closes at noon.\n");
    expect(await change("cancelIndexing", id)).toMatchObject({ document: { status: "CANCELLED" }, problem: null });
    expect(await search("Halt Office")).not.toContainEqual(expect.objectContaining({ document: { id } }));
    expect(await change("retryIndexing", id)).toMatchObject({ document: { status: "PROCESSING" }, problem: null });
    await completed(api, id);
    expect(await search("Halt Office")).toContainEqual(expect.objectContaining({ document: { id } }));
  });
});

test("a deleted document is hidden at once, leaves every store, and its receipt says how much went", async () => {
  const { id } = await addText(
    api,
    datasetId,
    "gone.md",
    "# Vanadium\n\nThe Vanadium Board is managed by the Vanadium Team.\n",
  );
  await completed(api, id);
  const before = await stores.tracesOf(kim.tenant, id);
  for (const [store, count] of Object.entries(before)) expect(count, store).toBeGreaterThan(0);

  const deletion = await deleteDocument(api, id);
  expect((await documentOf(api, id))?.status ?? "DELETING").toBe("DELETING");
  expect((await deleteDocument(api, id)).id).toBe(deletion.id);
  const isFound = async (): Promise<boolean> =>
    (await search("Vanadium Board")).some(({ document }) => document?.id === id);
  expect([await isFound(), await entityCount("Vanadium")]).toEqual([false, 0]);

  const done = await receipt(api, deletion.id);
  expect(done).toMatchObject({ objectId: id, objectType: "Document", status: "COMPLETED" });
  const removed = Object.fromEntries(done.removed.map(({ store, count }) => [store, count]));
  expect(removed["s3.objects"]).toBe(before.objects);
  expect(Object.values(removed).every((count) => count >= 0)).toBe(true);
  expect(await stores.tracesOf(kim.tenant, id)).toEqual(EMPTY);
  expect(await documentOf(api, id)).toBeNull();
});

const entityCount = async (word: string): Promise<number> =>
  (
    await api.run<{ entities: { totalCount: number } }>(
      "query ($word: String!) { entities(search: $word) { totalCount } }",
      { word },
    )
  ).entities.totalCount;

test("while a document is indexed anew, every search sees one whole version of it", async () => {
  const part = (n: number) =>
    `## Part ${n}\n\nThe Osmium Register of part ${n} is kept by the Osmium Office in room ${n}. ${"It is read often. ".repeat(60)}\n`;
  const { id } = await addText(api, datasetId, "osmium.md", `# Osmium\n\n${[1, 2, 3, 4].map(part).join("\n")}`);
  const { chunksCount } = await completed(api, id);
  expect(chunksCount).toBeGreaterThan(2);
  const seen = async (): Promise<Found[]> =>
    (await search("Osmium Register")).filter(({ document }) => document?.id === id);
  const first = await seen();
  expect(first.length).toBeGreaterThan(1);

  expect(await change("reindexDocument", id)).toMatchObject({ document: { status: "PROCESSING", version: 1 } });
  let finished = false;
  const end = indexed(api, id).finally(() => {
    finished = true;
  });
  const versions = new Set<number>();
  while (!finished) {
    const found = await seen();
    expect(found).toHaveLength(first.length);
    const together = new Set(found.map(({ documentVersion }) => documentVersion));
    expect(together.size).toBe(1);
    for (const version of together) versions.add(version);
  }
  expect((await end).document).toMatchObject({ status: "COMPLETED", version: 2, chunksCount });
  expect(new Set((await seen()).map(({ documentVersion }) => documentVersion))).toEqual(new Set([2]));
  expect([...versions][0]).toBe(1);
  await eventually("the old version is swept from the stores", async () => {
    const rows = [await stores.vectorsOf(id), await stores.graphChunksOf(id)];
    return rows.every((chunks) => chunks.length === chunksCount && chunks.every(({ generation }) => generation === 2));
  });
});

test("a data set that moves to another department changes its readers at once", async () => {
  const park = apiOf({ ...kim, user: "park", departments: ["it"] });
  const mover = apiOf({ ...kim, departments: ["hr", "it"] });
  const moving = await createDataset(api, "Moving", "hr");
  const { id } = await addText(
    api,
    moving,
    "iridium.md",
    "# Iridium\n\nThe Iridium Desk belongs to the Iridium Team.\n",
  );
  await completed(api, id);
  const finds = async (as: Api): Promise<boolean> =>
    (
      await as.raw('{ search(query: "Iridium Desk") { passages { text } } entities(search: "Iridium") { totalCount } }')
    ).text.includes("Desk belongs");
  expect([await finds(api), await finds(park)]).toEqual([true, false]);
  await mover.run('mutation ($id: ID!) { updateDataset(input: { id: $id, department: "it" }) { problem { code } } }', {
    id: moving,
  });
  expect([await documentOf(api, id), (await documentOf(park, id))?.id]).toEqual([null, id]);
  const named = async (as: Api): Promise<number> =>
    (await as.run<{ entities: { totalCount: number } }>('{ entities(search: "Iridium") { totalCount } }')).entities
      .totalCount;
  expect([await named(api), await finds(api)]).toEqual([0, false]);
  expect(await named(park)).toBeGreaterThan(0);
  await eventually("the other department finds it", async () => (await finds(park)) && !(await finds(api)));
});
