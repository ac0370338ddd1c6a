import { randomBytes } from "node:crypto";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { searchTextOf } from "../domain/indexing-text.js";
import type { EmbeddedPassage } from "../ports.js";
import { collectionName, createPassageCollections } from "./milvus-collection.js";
import { createMilvusConnection } from "./milvus-connection.js";
import { createMilvusPassageIndex } from "./milvus-passage-index.js";
import { createMilvusPassageStore } from "./milvus-passage-store.js";

const address = process.env["MILVUS_ADDRESS"] as string;
const model = { model: "engine-suite", dimension: 8 };
const signal = AbortSignal.timeout(120_000);
const suite = randomBytes(4).toString("hex");

const open = () => {
  const connection = createMilvusConnection(address);
  const collections = createPassageCollections(connection);
  return {
    connection,
    index: createMilvusPassageIndex(connection, collections),
    store: createMilvusPassageStore(connection, collections),
  };
};
const { connection, index, store } = open();
const purge: [TenantScope, string][] = [];
const tenant = (name: string, ...departments: string[]): TenantScope => ({
  tenantId: `t-${name}-${suite}`,
  userId: "u1",
  departments,
});

let serial = 0;
function passage(scope: TenantScope, text: string, more: Partial<EmbeddedPassage> = {}): EmbeddedPassage {
  serial++;
  const made: EmbeddedPassage = {
    chunkId: `chk_${suite}${serial}`,
    documentId: `doc_${suite}${serial}`,
    datasetId: "ds_1",
    department: null,
    generation: 1,
    position: 0,
    text,
    elementType: "NARRATIVE_TEXT",
    headingPath: ["제5조"],
    pages: [2, 3],
    boxes: [{ page: 2, x0: 0.1, y0: 0.2, x1: 0.9, y1: 0.3 }],
    fileName: "연차관리규정.pdf",
    documentVersion: 1,
    effectiveDate: "2025-01-01",
    createdAt: Date.UTC(2025, 0, 1),
    searchText: searchTextOf(text),
    fingerprint: `f${serial}`,
    vector: [1, serial / 100, 0, 0, 0, 0, 0, 0],
    ...more,
  };
  purge.push([scope, made.documentId]);
  return made;
}
const dense = async (scope: TenantScope, filter = {}) =>
  (await index.dense(scope, model, { vector: [1, 0, 0, 0, 0, 0, 0, 0], limit: 50, filter }, signal)).map(
    (hit) => hit.chunkId,
  );
const fullText = async (scope: TenantScope, words: string, filter = {}) =>
  (await index.fullText(scope, model, { text: searchTextOf(words), limit: 50, filter }, signal)).map(
    (hit) => hit.chunkId,
  );
const fetched = async (scope: TenantScope, ids: string[]) =>
  (await index.fetch(scope, model, ids, {}, signal)).map((found) => found.chunkId);

afterAll(async () => {
  for (const [scope, documentId] of purge) await store.removeDocument(scope, documentId, signal);
  await connection.close();
});

describe("who sees what", () => {
  const acme = tenant("acme", "hr");
  const rival = tenant("rival", "hr");
  const sales = { ...acme, departments: ["sales"] };

  test("a tenant never sees another's rows, a department never another department's", async () => {
    const shared = passage(acme, "연차 휴가는 그룹웨어에서 신청한다");
    const hr = passage(acme, "연차 휴가 이월은 인사팀이 정한다", { department: "hr" });
    const foreign = passage(rival, "연차 휴가는 대표가 정한다", { department: "hr" });
    await store.write(acme, model, [shared, hr], signal);
    await store.write(rival, model, [foreign], signal);
    const all = [shared.chunkId, hr.chunkId, foreign.chunkId];

    for (const [scope, expected] of [
      [acme, [shared.chunkId, hr.chunkId]],
      [sales, [shared.chunkId]],
      [{ ...acme, departments: [] }, [shared.chunkId]],
      [rival, [foreign.chunkId]],
    ] as const) {
      expect((await dense(scope)).sort()).toEqual([...expected].sort());
      expect((await fullText(scope, "연차 휴가를")).sort()).toEqual([...expected].sort());
      expect((await fetched(scope, all)).sort()).toEqual([...expected].sort());
    }
  });

  test("no id, name or department widens a filter", async () => {
    const mine = passage(acme, 'a quote " and a backslash \\ in the text', {
      fileName: 'x" or tenant_id != "',
      datasetId: "ds_quoted",
    });
    await store.write(acme, model, [mine], signal);
    const attack = '" or tenant_id != "';
    expect(await dense(acme, { datasetIds: [attack] })).toEqual([]);
    expect(await dense(acme, { documentIds: [`x"] or id >= "`, "x\\"] })).toEqual([]);
    expect(await fetched(acme, [attack, "\\"])).toEqual([]);
    expect(await dense({ ...rival, departments: [`hr"] or scope in ["${acme.tenantId}/hr`] })).not.toContain(
      mine.chunkId,
    );
    const [found] = await index.fetch(acme, model, [mine.chunkId], {}, signal);
    expect(found).toMatchObject({ text: mine.text, fileName: mine.fileName });
  });
});

test("a passage comes back as it was written", async () => {
  const scope = tenant("whole", "hr");
  const written = passage(scope, "줄 하나\n줄 둘\t탭 😀", { department: "hr", elementType: "TABLE" });
  await store.write(scope, model, [written], signal);
  const [found] = await index.fetch(scope, model, [written.chunkId], {}, signal);
  const { searchText: _, fingerprint: __, vector: ___, ...expected } = written;
  expect(found).toEqual(expected);
});

test("filters narrow: data set, document, element type, age", async () => {
  const scope = tenant("filters");
  const old = passage(scope, "오래된 규정", { datasetId: "ds_old", createdAt: 1000, effectiveDate: "2019-03-01" });
  const table = passage(scope, "규정 표", {
    datasetId: "ds_new",
    elementType: "TABLE",
    createdAt: 2000,
    effectiveDate: "2025-01-01",
  });
  await store.write(scope, model, [old, table], signal);
  expect(await dense(scope, { datasetIds: ["ds_old"] })).toEqual([old.chunkId]);
  expect(await dense(scope, { documentIds: [table.documentId] })).toEqual([table.chunkId]);
  expect(await fullText(scope, "규정", { elementTypes: ["TABLE"] })).toEqual([table.chunkId]);
  expect(await dense(scope, { createdAfter: 2000 })).toEqual([table.chunkId]);
  expect(await dense(scope, { createdBefore: 2000 })).toEqual([old.chunkId]);
  expect(await dense(scope, { effectiveOn: "2024-12-31" })).toEqual([old.chunkId]);
  expect((await dense(scope, { effectiveOn: "2025-01-01" })).length).toBe(2);
  expect(await dense(scope, { datasetIds: [] })).toEqual([]);
});

test("writing twice keeps one row, older generations and whole documents go by name", async () => {
  const scope = tenant("writes");
  const first = passage(scope, "첫 판");
  const { documentId } = first;
  const second = passage(scope, "둘째 판", { documentId, generation: 2 });
  await store.write(scope, model, [first, second], signal);
  await store.write(scope, model, [{ ...first, fingerprint: "changed" }], signal);
  expect(await store.countDocument(scope, documentId, signal)).toBe(2);
  expect(await store.fingerprints(scope, model, { documentId, generation: 1 }, signal)).toEqual(
    new Map([[first.chunkId, "changed"]]),
  );
  const other = tenant("writes-other");
  expect(await store.removeDocument(other, documentId, signal)).toBe(0);
  expect(await store.removeGenerationsBefore(scope, { documentId, generation: 2 }, signal)).toBe(1);
  expect(await dense(scope)).toEqual([second.chunkId]);
  expect(await store.removeDocument(scope, documentId, signal)).toBe(1);
  expect(await dense(scope)).toEqual([]);
  expect(await store.removeDocument(scope, documentId, signal)).toBe(0);
});

test("a document that moves keeps its vectors and is found by its new department only", async () => {
  const hr = tenant("moves", "hr");
  const sales = { ...hr, departments: ["sales"] };
  const rows = Array.from({ length: 12 }, (_, i) =>
    passage(hr, `급여 기준 ${i}`, { documentId: `doc_moves${suite}`, department: "hr", position: i }),
  );
  await store.write(hr, model, rows, signal);
  expect(await store.moveToDepartment(hr, `doc_moves${suite}`, "sales", signal)).toBe(12);
  expect(await store.moveToDepartment(hr, `doc_moves${suite}`, "sales", signal)).toBe(0);
  expect(await dense(hr)).toEqual([]);
  expect((await dense(sales)).sort()).toEqual(rows.map((row) => row.chunkId).sort());
  expect(await fullText(sales, "급여")).toHaveLength(12);
  const [best] = await index.dense(sales, model, { vector: rows[3]?.vector ?? [], limit: 1, filter: {} }, signal);
  expect(best?.chunkId).toBe(rows[3]?.chunkId);
});

test("more rows than one page are scanned once each", async () => {
  const scope = tenant("pages");
  const rows = Array.from({ length: 1203 }, (_, i) =>
    passage(scope, `문장 ${i}`, { documentId: `doc_pages${suite}`, position: i }),
  );
  purge.splice(-1202);
  await store.write(scope, model, rows, signal);
  const found = await store.fingerprints(scope, model, { documentId: `doc_pages${suite}`, generation: 1 }, signal);
  expect(found.size).toBe(1203);
});

test("a collection that the server no longer holds in memory is loaded again by whoever comes first", async () => {
  const scope = tenant("reload");
  const row = passage(scope, "다시 읽는다");
  await store.write(scope, model, [row], signal);
  const release = () =>
    connection.call("release", signal, (client) =>
      client.releaseCollection({ collection_name: collectionName(model) }),
    );
  await release();
  expect(await dense(scope)).toEqual([row.chunkId]);
  await release();
  const fresh = open();
  expect((await fresh.index.fetch(scope, model, [row.chunkId], {}, signal)).length).toBe(1);
  await release();
  expect(await fresh.store.countDocument(scope, row.documentId, signal)).toBe(1);
  await fresh.connection.close();
});

test("a model without documents has an empty index, not an error", async () => {
  const nothing = { model: `nothing-${suite}`, dimension: 8 };
  const query = { vector: [1, 0, 0, 0, 0, 0, 0, 0], limit: 5, filter: {} };
  expect(await index.dense(tenant("none"), nothing, query, signal)).toEqual([]);
  expect(await index.fullText(tenant("none"), nothing, { text: "연차", limit: 5, filter: {} }, signal)).toEqual([]);
});

test("an index that is away fails with a code, and is found again when it is back", async () => {
  const [host, port] = address.split(":");
  const sockets: Socket[] = [];
  const proxy = createServer((socket) => {
    const upstream = connect(Number(port), host);
    socket.pipe(upstream).pipe(socket);
    sockets.push(socket, upstream);
    for (const end of [socket, upstream]) end.on("error", () => [socket, upstream].map((each) => each.destroy()));
  });
  const listen = (at: number) => new Promise<void>((resolve) => proxy.listen(at, "127.0.0.1", resolve));
  await listen(0);
  const free = (proxy.address() as AddressInfo).port;
  await new Promise((resolve) => proxy.close(resolve));

  const recovering = createMilvusConnection(`127.0.0.1:${free}`);
  const collections = createPassageCollections(recovering);
  await expect(collections.names(signal)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(collections.names(signal)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await listen(free);
  expect(await collections.names(signal)).toContain(collectionName(model));
  await recovering.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
});
