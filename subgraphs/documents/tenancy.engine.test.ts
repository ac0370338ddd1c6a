import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import {
  granted,
  newDataset,
  newDocument,
  newTenant,
  openRoom,
  type Room,
  requestOf,
  viewerOf,
} from "./testing/room.js";

let room: Room;
let kim: Viewer;
let strangers: [string, Viewer][];
let datasetId: string;
let documentId: string;
let deletionId: string;
const trace = "0".repeat(32);

beforeAll(async () => {
  room = await openRoom(9);
  const tenant = newTenant();
  kim = viewerOf(tenant, "kim", ["hr"]);
  strangers = [
    ["another department", viewerOf(tenant, "lee", ["it"])],
    ["another department's admin", viewerOf(tenant, "choi", ["it"], ["admin"])],
    ["another tenant", viewerOf(newTenant(), "kim", ["hr"], ["admin"])],
  ];
  datasetId = (await newDataset(room, kim, "hr")).id;
  documentId = (await newDocument(room, kim, datasetId, "연차 규정")).id;
  const gone = await newDocument(room, kim, datasetId, "옛 규정");
  deletionId = granted(await room.holdings.deleteDocument(kim, gone.id, trace)).id;
});
afterAll(() => room.close());

describe("What belongs to a department", () => {
  test("is seen by its members", async () => {
    const colleague = viewerOf(kim.tenantId, "han", ["hr"], ["member"]);
    expect((await room.documents.byIds(colleague, [documentId])).size).toBe(1);
    expect((await room.datasets.page(colleague, { first: 10, after: null }, {})).totalCount).toBe(1);
    expect((await room.datasets.progress(colleague, [datasetId])).get(datasetId)?.documents).toBe(1);
  });

  test("is not there for anybody else: not by id, in lists, in counts, in receipts", async () => {
    for (const [who, viewer] of strangers) {
      expect((await room.datasets.byIds(viewer, [datasetId])).size, who).toBe(0);
      expect((await room.documents.byIds(viewer, [documentId])).size, who).toBe(0);
      expect((await room.deletions.byIds(viewer, [deletionId])).size, who).toBe(0);
      expect((await room.datasets.page(viewer, { first: 10, after: null }, {})).totalCount, who).toBe(0);
      expect((await room.documents.page(viewer, datasetId, { first: 10, after: null }, {})).totalCount, who).toBe(0);
      expect((await room.datasets.progress(viewer, [datasetId])).size, who).toBe(0);
    }
  });

  test("is changed by nobody else, and they learn no more than that it is not there", async () => {
    const { holdings, admission } = room;
    for (const [who, viewer] of strangers) {
      const outcomes = await Promise.all([
        holdings.reindex(viewer, documentId, trace),
        holdings.retry(viewer, documentId, trace),
        holdings.cancel(viewer, documentId, trace),
        holdings.deleteDocument(viewer, documentId, trace),
        holdings.deleteDataset(viewer, datasetId, trace),
        holdings.updateDataset(viewer, datasetId, { name: "mine" }, trace),
        admission.addText(requestOf(viewer), datasetId, { name: "a.txt", text: "a", metadata: {} }),
        admission.createUpload(requestOf(viewer), datasetId, {
          name: "a.txt",
          mimeType: "text/plain",
          size: 1,
          metadata: {},
        }),
      ]);
      expect(new Set(outcomes.map((outcome) => outcome.refusal?.kind)), who).toEqual(new Set(["NOT_FOUND"]));
    }
    expect((await room.documents.byIds(kim, [documentId])).get(documentId)?.status).toBe("PROCESSING");
  });

  test("the database itself refuses what a bug in the code might ask for", async () => {
    for (const [who, viewer] of strangers) {
      await room.postgres.as(viewer, async (tx) => {
        for (const table of ["datasets", "documents", "uploads", "deletions"])
          expect(await tx.query(`SELECT 1 FROM ${table}`), `${who}: ${table}`).toEqual([]);
        expect(await tx.query("UPDATE documents SET name = 'x' RETURNING id"), who).toEqual([]);
        expect(await tx.query("DELETE FROM documents RETURNING id"), who).toEqual([]);
      });
      await expect(
        room.postgres.as(viewer, (tx) =>
          tx.query(
            "INSERT INTO datasets (id, tenant_id, department, name, indexing, created_by) VALUES ('ds_x', $1, 'hr', 'x', '{}', 'x')",
            [kim.tenantId],
          ),
        ),
        who,
      ).rejects.toThrow(/row-level security/);
    }
    const unset = { tenantId: "", userId: "", departments: [] };
    expect(await room.postgres.as(unset, (tx) => tx.query("SELECT 1 FROM documents"))).toEqual([]);
    await expect(room.postgres.as(kim, (tx) => tx.query("DELETE FROM outbox"))).rejects.toThrow(/permission denied/);
  });

  test("cannot be pushed into a department of others, nor taken out of one", async () => {
    const { holdings } = room;
    expect((await holdings.createDataset(kim, { name: "it's", department: "it" }, trace)).refusal).toMatchObject({
      kind: "NOT_ALLOWED",
    });
    expect((await holdings.updateDataset(kim, datasetId, { department: "it" }, trace)).refusal).toMatchObject({
      kind: "NOT_ALLOWED",
    });
  });

  test("is read but not changed by members", async () => {
    const member = viewerOf(kim.tenantId, "han", ["hr"], ["member", "mlops", "auditor"]);
    const { holdings } = room;
    const outcomes = await Promise.all([
      holdings.createDataset(member, { name: "a" }, trace),
      holdings.updateDataset(member, datasetId, { name: "a" }, trace),
      holdings.reindex(member, documentId, trace),
      holdings.deleteDocument(member, documentId, trace),
      holdings.deleteDataset(member, datasetId, trace),
    ]);
    expect(new Set(outcomes.map((outcome) => outcome.refusal?.kind))).toEqual(new Set(["NOT_ALLOWED"]));
  });
});

describe("A name", () => {
  test("is free in another department, and taken in its own", async () => {
    const both = viewerOf(kim.tenantId, "boss", ["hr", "it"]);
    const { holdings } = room;
    const first = granted(await holdings.createDataset(both, { name: "규정", department: "hr" }, trace));
    expect(granted(await holdings.createDataset(both, { name: "규정", department: "it" }, trace)).name).toBe("규정");
    expect((await holdings.createDataset(both, { name: "규정", department: "hr" }, trace)).refusal).toMatchObject({
      kind: "CONFLICT",
      existingId: first.id,
    });
    expect((await holdings.updateDataset(both, first.id, { department: "it" }, trace)).refusal).toMatchObject({
      kind: "CONFLICT",
    });
  });
});

describe("A change", () => {
  test("is in the audit trail in the same transaction, without names or content", async () => {
    const rows = await room.postgres.as(kim, (tx) =>
      tx.query<{ action: string; object_id: string }>("SELECT * FROM audit.events WHERE user_id = 'kim'"),
    );
    expect(rows.map((row) => row.action)).toEqual(
      expect.arrayContaining(["dataset.create", "upload.create", "document.create", "document.delete"]),
    );
    expect(JSON.stringify(rows)).not.toContain("규정");
  });
});
