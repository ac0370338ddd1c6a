import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import { DEFAULT_PER_TENANT } from "./adapters/postgres-outbox.js";
import { startRelay } from "./jobs/relay.js";
import { type OtherRooms, startOtherRooms } from "./testing/other-rooms.js";
import {
  eventually,
  granted,
  newDataset,
  newDocument,
  newTenant,
  openRoom,
  type Room,
  readDocument,
  viewerOf,
} from "./testing/room.js";
import { gate, regulation } from "./testing/working-room.js";

const REDIS_NUMBER = 13;
const trace = "0".repeat(32);
let room: Room;
let others: OtherRooms;
let queue: Queue;

beforeAll(async () => {
  room = await openRoom(REDIS_NUMBER);
  await room.redis.flushdb();
  const url = new URL(process.env["REDIS_URL"] as string);
  url.pathname = `/${REDIS_NUMBER}`;
  queue = new Queue(QUEUES.documents, { connection: { url: url.href } });
  const relay = await startRelay(room);
  room.onClose(() => relay.stop());
});
afterAll(async () => {
  await room.close();
  await queue.close();
});

const inQueue = async (): Promise<number> => {
  const counts = await queue.getJobCounts("waiting", "active", "delayed", "prioritized", "waiting-children");
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
};
const waiting = async (viewer: Viewer): Promise<number> => {
  const [row] = await room.postgres.as(viewer, (tx) =>
    tx.query<{ n: number }>("SELECT count(*)::int AS n FROM outbox WHERE starts"),
  );
  return row?.n ?? 0;
};
/** Copies of one document, each with a start of its own in the outbox, as so many uploads would leave them. */
async function flood(viewer: Viewer, documentId: string, count: number): Promise<void> {
  await room.postgres.as(viewer, (tx) =>
    tx.query(
      `WITH copies AS (
         INSERT INTO documents (id, dataset_id, tenant_id, department, name, file_path, mime_type, size_bytes, sha256, status, stage, created_by)
         SELECT 'doc_' || lpad(n::text, 8, '0') || $3, dataset_id, tenant_id, department, name, file_path, mime_type, size_bytes, sha256 || n, 'PROCESSING', 'STORE', created_by
         FROM documents, generate_series(1, $2::int) n WHERE id = $1 RETURNING *)
       INSERT INTO outbox (tenant_id, department, user_id, dataset_id, document_id, command, trace_id)
       SELECT tenant_id, department, created_by, dataset_id, id, '{"kind":"run","stage":"parse","generation":1,"attempt":1}', $4 FROM copies`,
      [documentId, count, randomUUID().replaceAll("-", "").slice(0, 18), trace],
    ),
  );
}

test("one tenant's 10,000 files leave room for another's one", async () => {
  const kim = viewerOf(newTenant(), "kim", ["hr"]);
  const lee = viewerOf(newTenant(), "lee");
  const many = await newDocument(room, kim, (await newDataset(room, kim, "hr")).id, regulation());
  await flood(kim, many.id, 10_000);
  await eventually(async () => (await inQueue()) === DEFAULT_PER_TENANT);
  const one = await newDocument(room, lee, (await newDataset(room, lee)).id, regulation());
  await eventually(async () => (await inQueue()) === DEFAULT_PER_TENANT + 1);

  others = startOtherRooms(room);
  room.work(QUEUES.documents, Object.values(room.jobs));
  let most = 0;
  await eventually(async () => {
    most = Math.max(most, await inQueue());
    return (await readDocument(room, lee, one.id))?.status === "COMPLETED";
  });
  expect(await waiting(kim)).toBeGreaterThan(9000);
  // A finished document's place is taken again before its last job has left the queue, so some are counted twice.
  expect(most).toBeLessThan(3 * DEFAULT_PER_TENANT);
  await room.postgres.as(kim, (tx) => tx.query("UPDATE documents SET status = 'CANCELLED', attempt = attempt + 1"));
  expect(await waiting(kim)).toBe(0);
});

test("a paused data set waits while others go on, can be cancelled and deleted meanwhile, and then goes on itself", async () => {
  const kim = viewerOf(newTenant(), "kim");
  const paused = await newDataset(room, kim);
  const open = await newDataset(room, kim);
  granted(await room.holdings.pause(kim, paused.id, true, trace));
  const admit = (datasetId: string) => newDocument(room, kim, datasetId, regulation());
  const [held, cancelled, deleted] = [await admit(paused.id), await admit(paused.id), await admit(paused.id)];
  const free = await admit(open.id);
  const settled = (id: string, status: string) =>
    eventually(async () => (await readDocument(room, kim, id))?.status === status);
  await settled(free.id, "COMPLETED");
  granted(await room.holdings.cancel(kim, cancelled.id, trace));
  granted(await room.holdings.deleteDocument(kim, deleted.id, trace));
  await eventually(async () => (await readDocument(room, kim, deleted.id)) === undefined);
  expect(await readDocument(room, kim, held.id)).toMatchObject({ status: "PROCESSING", stage: "STORE" });
  expect(await readDocument(room, kim, cancelled.id)).toMatchObject({ status: "CANCELLED" });

  granted(await room.holdings.pause(kim, paused.id, false, trace));
  await settled(held.id, "COMPLETED");
  expect(await readDocument(room, kim, cancelled.id)).toMatchObject({ status: "CANCELLED" });
});

test("a data set that is indexed anew leaves alone what is under way and builds the rest once", async () => {
  const kim = viewerOf(newTenant(), "kim");
  const set = await newDataset(room, kim);
  const admit = () => newDocument(room, kim, set.id, regulation());
  const ready = [await admit(), await admit()];
  const now = (id: string) => readDocument(room, kim, id);
  for (const { id } of ready) await eventually(async () => (await now(id))?.status === "COMPLETED");
  const held = gate();
  others.onIndex = held.wait;
  const busy = await admit();
  await held.reached;
  expect(granted(await room.holdings.reindexAll(kim, set.id, trace)).started).toBe(2);
  expect(granted(await room.holdings.reindexAll(kim, set.id, trace)).started).toBe(0);
  held.open();
  for (const { id } of [...ready, busy]) await eventually(async () => (await now(id))?.status === "COMPLETED");
  expect(await Promise.all(ready.map(async ({ id }) => (await now(id))?.visibleGeneration))).toEqual([2, 2]);
  expect((await now(busy.id))?.visibleGeneration).toBe(1);
});
