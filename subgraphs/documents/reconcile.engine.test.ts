import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import type { Document } from "./domain/document.js";
import { reconcileTenant } from "./jobs/reconcile.js";
import type { OtherRooms } from "./testing/other-rooms.js";
import { eventually, type Room, readDocument } from "./testing/room.js";
import { openWorkingRoom } from "./testing/working-room.js";

const trace = "0".repeat(32);
let room: Room;
let others: OtherRooms;
let kim: Viewer;
let document: Document;

beforeAll(async () => {
  const working = await openWorkingRoom(15);
  ({ room, others, kim } = working);
  document = await working.indexed();
  await eventually(async () => (await sweep()).findings.length === 0);
});
afterAll(() => room.close());

const holding = (generation = 1, documentId = document.id) => ({
  documentId,
  generation,
  items: document.chunksCount,
});
const bothHold = (...holdings: ReturnType<typeof holding>[]): void => {
  for (const queue of [QUEUES.retrieval, QUEUES.knowledgeGraph]) others.inventories[queue] = { holdings, loose: 0 };
};
const sweep = (repair = false) => {
  others.inventories[QUEUES.retrieval] ??= { holdings: [holding()], loose: 0 };
  others.inventories[QUEUES.knowledgeGraph] ??= { holdings: [holding()], loose: 0 };
  return reconcileTenant(room, kim.tenantId, {
    settledSeconds: 0,
    repair,
    traceId: trace,
    signal: AbortSignal.timeout(30_000),
  });
};
beforeEach(() => bothHold(holding()));
const told = async () => (await sweep()).findings.map(({ store, kind }) => `${store} ${kind}`).sort();
const signal = () => AbortSignal.timeout(5000);

describe("The sweep over the stores", () => {
  test("finds nothing where every store tells the same story", async () => {
    expect(await sweep()).toEqual({ tenantId: kim.tenantId, findings: [], repaired: 0 });
  });

  test("finds what is left of a document that is gone, and has it removed", async () => {
    const gone = "doc_0000000000000000000000gone";
    bothHold(holding(), holding(1, gone));
    const key = `documents/${kim.tenantId}/${document.datasetId}/${gone}/g1/chunks.json`;
    await room.objects.write(key, "{}", "application/json", signal());
    await room.visibility.publish(kim.tenantId, gone, {
      generation: 1,
      department: null,
      datasetId: document.datasetId,
      revision: 7,
    });
    await room.redis.xadd(room.progress.key(kim.tenantId, gone), "1-0", "e", "{}");
    expect(await told()).toEqual(["milvus ORPHAN", "neo4j ORPHAN", "redis ORPHAN", "redis ORPHAN", "s3 ORPHAN"]);
    await sweep(true);
    await eventually(async () => others.purged.filter((one) => one.documentId === gone).length === 3);
    bothHold(holding());
    expect(await told()).toEqual([]);
    expect(await room.objects.size(key, signal())).toBeUndefined();
  });

  test("finds a generation that nobody sees, and has it discarded", async () => {
    bothHold(holding(), holding(9));
    expect(await told()).toEqual(["milvus ORPHAN", "neo4j ORPHAN"]);
    await sweep(true);
    await eventually(async () => others.discarded.some((one) => one.generation === 9));
    expect(others.discarded.some((one) => one.generation === 1)).toBe(false);
  });

  test("finds an object that nothing needs, and leaves alone what an upload is about to become", async () => {
    const prefix = `documents/${kim.tenantId}/${document.datasetId}/${document.id}/`;
    await room.objects.write(`${prefix}g0/chunks.json`, "{}", "application/json", signal());
    const { admission } = room;
    const ticket = await admission.createUpload({ viewer: kim, traceId: trace, signal: signal() }, document.datasetId, {
      name: "a.txt",
      mimeType: "text/plain",
      size: 5,
      metadata: {},
    });
    const upload = ticket.value?.upload;
    await room.objects.write(upload?.objectKey ?? "", "hello", "text/plain", signal());
    expect(await told()).toEqual(["s3 ORPHAN"]);
    expect((await sweep(true)).repaired).toBe(1);
    expect(await told()).toEqual([]);
    expect(await room.objects.size(upload?.objectKey ?? "", signal())).toBe(5);
  });

  test("finds a receipt that nothing will end, and ends it", async () => {
    await room.postgres.as(kim, (tx) =>
      tx.query(
        "INSERT INTO deletions (id, tenant_id, object_type, object_id, requested_by, requested_at) VALUES ('del_stray', $1, 'Document', 'doc_never', 'kim', now() - interval '1 hour')",
        [kim.tenantId],
      ),
    );
    expect(await told()).toEqual(["postgres ORPHAN"]);
    await sweep(true);
    expect(await told()).toEqual([]);
  });

  test("finds what a store has lost, and has it built anew", async () => {
    others.inventories[QUEUES.retrieval] = { holdings: [], loose: 0 };
    await room.redis.hdel(`t:${kim.tenantId}:visibility`, document.id);
    expect(await told()).toEqual(["milvus MISSING", "redis MISSING"]);
    await sweep(true);
    await eventually(async () => {
      const now = await readDocument(room, kim, document.id);
      return now?.visibleGeneration === 2 && now.status === "COMPLETED";
    }, 60_000);
    bothHold(holding(2));
    await eventually(async () => (await told()).length === 0, 60_000);
  }, 150_000);
});
