import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import type { OtherRooms } from "./testing/other-rooms.js";
import { eventually, granted, newDataset, newDocument, type Room, readDocument, viewerOf } from "./testing/room.js";
import { calm, gate, openWorkingRoom, regulation } from "./testing/working-room.js";

let working: Awaited<ReturnType<typeof openWorkingRoom>>;
let room: Room;
let others: OtherRooms;
let kim: Viewer;
let datasetId: string;
const trace = "0".repeat(32);

beforeAll(async () => {
  working = await openWorkingRoom(12);
  ({ room, others, kim, datasetId } = working);
});
afterAll(() => room.close());
beforeEach(() => calm(others));

const settled = (id: string, status: string) => working.settled(id, status);
const admit = () => working.admit();
const indexed = () => working.indexed();

describe("Deleting", () => {
  test("hides at once, empties every store and leaves a receipt", async () => {
    const document = await indexed();
    const held = gate();
    others.onPurge = held.wait;
    const deletion = granted(await room.holdings.deleteDocument(kim, document.id, trace));
    await held.reached;
    expect((await room.visibility.visible(kim.tenantId, [document.id])).size).toBe(0);
    expect(granted(await room.holdings.deleteDocument(kim, document.id, trace)).id).toBe(deletion.id);
    held.open();
    const receipt = await eventually(async () => {
      const now = (await room.deletions.byIds(kim, [deletion.id])).get(deletion.id);
      return now?.status === "COMPLETED" && now;
    });
    expect(receipt.removed).toEqual({
      "retrieval.items": 2,
      "knowledge-graph.items": 2,
      "conversations.items": 2,
      "s3.objects": expect.any(Number),
      "postgres.documents": 1,
    });
    // The file, its chunks as cut and as indexed; the parsed text, when indexing had just ended.
    expect([3, 4]).toContain(receipt.removed["s3.objects"]);
    expect(await readDocument(room, kim, document.id)).toBeUndefined();
    const prefix = `documents/${kim.tenantId}/${datasetId}/${document.id}/`;
    expect(await room.objects.removeAll(prefix, AbortSignal.timeout(5000))).toBe(0);
    expect(await room.progress.log.last(room.progress.key(kim.tenantId, document.id))).toBe(0);
  });

  test("waits for work that still runs, so that nothing is written after it", async () => {
    const held = gate();
    others.onIndex = held.wait;
    const document = await admit();
    await held.reached;
    const deletion = granted(await room.holdings.deleteDocument(kim, document.id, trace));
    await eventually(async () => (await tries(document.id)) > 0);
    expect(others.purged.some((one) => one.documentId === document.id)).toBe(false);
    held.open();
    await eventually(async () => {
      const now = (await room.deletions.byIds(kim, [deletion.id])).get(deletion.id);
      return now?.status === "COMPLETED";
    });
  });

  test("of a data set ends when its last document is gone, with one receipt for all", async () => {
    const set = await newDataset(room, kim, "hr");
    const documents = await Promise.all([regulation(), regulation()].map((one) => newDocument(room, kim, set.id, one)));
    for (const { id } of documents) await settled(id, "COMPLETED");
    const deletion = granted(await room.holdings.deleteDataset(kim, set.id, trace));
    const receipt = await eventually(async () => {
      const now = (await room.deletions.byIds(kim, [deletion.id])).get(deletion.id);
      return now?.status === "COMPLETED" && now;
    });
    expect(receipt.removed).toMatchObject({
      "retrieval.items": 4,
      "postgres.documents": 2,
      "postgres.datasets": 1,
    });
    expect(receipt.removed["s3.objects"]).toBeGreaterThanOrEqual(6);
    expect((await room.datasets.byIds(kim, [set.id])).size).toBe(0);
  });
});

describe("Moving a data set", () => {
  test("changes at once who can find its documents", async () => {
    const both = viewerOf(kim.tenantId, "boss", ["hr", "it"]);
    const set = await newDataset(room, both, "hr");
    const document = await newDocument(room, both, set.id, regulation());
    await settled(document.id, "COMPLETED");
    granted(await room.holdings.updateDataset(both, set.id, { department: "it" }, trace));
    await eventually(async () => {
      const shown = await room.visibility.visible(kim.tenantId, [document.id]);
      return shown.get(document.id)?.department === "it";
    });
    await eventually(async () =>
      others.switches.some((one) => one.documentId === document.id && one.department === "it"),
    );
    expect(await readDocument(room, kim, document.id)).toBeUndefined();
  });

  test("while a document is indexed starts its chunks anew for the new readers", async () => {
    const both = viewerOf(kim.tenantId, "boss", ["hr", "it"]);
    const set = await newDataset(room, both, "hr");
    const held = gate();
    others.onIndex = held.wait;
    const document = await newDocument(room, both, set.id, regulation());
    await held.reached;
    granted(await room.holdings.updateDataset(both, set.id, { department: "it" }, trace));
    others.onIndex = async () => {};
    held.open();
    await eventually(async () => (await readDocument(room, both, document.id))?.status === "COMPLETED");
    const last = others.artefacts.filter((one) => one.documentId === document.id).at(-1);
    expect(last?.document.department).toBe("it");
  });
});

const tries = async (documentId: string): Promise<number> => {
  const [row] = await room.postgres.system((tx) =>
    tx.query<{ n: number }>("SELECT coalesce(max(tries), 0)::int AS n FROM outbox WHERE document_id = $1", [
      documentId,
    ]),
  );
  return row?.n ?? 0;
};
