import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { PermanentFailure } from "../../platform/queue/worker.js";

import { reviveLostWork } from "./jobs/sweep.js";
import type { OtherRooms } from "./testing/other-rooms.js";
import { eventually, granted, newDocument, type Room, readDocument } from "./testing/room.js";
import { calm, gate, openWorkingRoom } from "./testing/working-room.js";

let working: Awaited<ReturnType<typeof openWorkingRoom>>;
let room: Room;
let others: OtherRooms;
let kim: Viewer;
let datasetId: string;
const trace = "0".repeat(32);

beforeAll(async () => {
  working = await openWorkingRoom(8);
  ({ room, others, kim, datasetId } = working);
});
afterAll(() => room.close());
beforeEach(() => calm(others));

const settled = (id: string, status: string) => working.settled(id, status);
const admit = () => working.admit();
const indexed = () => working.indexed();

describe("Indexing", () => {
  test("a document is parsed, masked, cut, given to both rooms and shown", async () => {
    const document = await indexed();
    expect(document).toMatchObject({
      visibleGeneration: 1,
      entitiesCount: 3,
      effectiveDate: "2025-01-01",
      pii: { PHONE_NUMBER: 1 },
      failure: null,
      department: "hr",
    });
    const artefact = others.artefacts.find((one) => one.documentId === document.id);
    expect(artefact?.chunks.length).toBe(document.chunksCount);
    expect(artefact?.document).toMatchObject({ department: "hr", effectiveDate: "2025-01-01", version: 1 });
    expect(JSON.stringify(artefact)).not.toContain("1234-5678");
    expect(JSON.stringify(artefact)).toContain("[PHONE_NUMBER]");
    const shown = await room.visibility.visible(kim.tenantId, [document.id]);
    expect(shown.get(document.id)).toMatchObject({ generation: 1, department: "hr", datasetId });
    await eventually(async () => others.switches.filter((one) => one.documentId === document.id).length === 2);
    const log = await eventually(async () => {
      const entries = await room.progress.log.read(room.progress.key(kim.tenantId, document.id), 0);
      return entries.at(-1)?.event.state === "COMPLETED" && entries;
    });
    expect(new Set(log.map((entry) => entry.event.stage))).toEqual(
      new Set(["PARSE", "MASK", "CHUNK", "INDEX", "FINISH"]),
    );
  });

  test("the parsed, unmasked text does not stay in the store", async () => {
    const document = await indexed();
    const key = `documents/${kim.tenantId}/${datasetId}/${document.id}/g1/elements.json`;
    await eventually(async () => (await room.objects.size(key, AbortSignal.timeout(5000))) === undefined);
  });

  test("a file that turns out to be damaged fails with a reason a person can act on", async () => {
    const document = await newDocument(room, kim, datasetId, `%PDF-1.7 ${randomUUID()}`, "broken.pdf");
    const failed = await settled(document.id, "FAILED");
    expect(failed.failure).toMatchObject({ stage: "PARSE", retryable: false });
    expect(failed.failure?.action).not.toBe("");
    const { refusal } = await room.holdings.retry(kim, document.id, trace);
    expect(refusal).toMatchObject({ kind: "CONFLICT", code: "NOT_RETRYABLE" });
  });

  test("a failing graph leaves the document searchable and says so, and a retry completes it", async () => {
    others.onExtract = () => Promise.reject(new PermanentFailure("MODEL_AWAY", "secret address"));
    const document = await indexed();
    expect(document.failure).toMatchObject({ stage: "EXTRACT", code: "GRAPH_INCOMPLETE", retryable: true });
    expect((await room.visibility.visible(kim.tenantId, [document.id])).has(document.id)).toBe(true);
    others.onExtract = async () => {};
    granted(await room.holdings.retry(kim, document.id, trace));
    const whole = await settled(document.id, "COMPLETED");
    expect(whole).toMatchObject({ failure: null, entitiesCount: 3, visibleGeneration: 1 });
  });

  test("a failing index fails the document with the room's code and without its words", async () => {
    others.onIndex = () => Promise.reject(new PermanentFailure("EMBEDDER_AWAY", "http://10.0.0.1 is gone"));
    const failed = await settled((await admit()).id, "FAILED");
    expect(failed.failure).toMatchObject({ stage: "INDEX", code: "EMBEDDER_AWAY" });
    expect(JSON.stringify(failed.failure)).not.toContain("10.0.0.1");
    expect((await room.visibility.visible(kim.tenantId, [failed.id])).has(failed.id)).toBe(false);
  });

  test("a retry goes on where it failed: what was parsed is not parsed again", async () => {
    others.onIndex = () => Promise.reject(new PermanentFailure("EMBEDDER_AWAY", ""));
    const failed = await settled((await admit()).id, "FAILED");
    others.onIndex = async () => {};
    await room.objects.remove([failed.storageKey], AbortSignal.timeout(5000));
    granted(await room.holdings.retry(kim, failed.id, trace));
    expect(await settled(failed.id, "COMPLETED")).toMatchObject({ visibleGeneration: 1, failure: null });
  });

  test("re-indexing shows the old generation until the new one is whole", async () => {
    const first = await indexed();
    const held = gate();
    others.onIndex = held.wait;
    granted(await room.holdings.reindex(kim, first.id, trace));
    await held.reached;
    expect((await room.visibility.visible(kim.tenantId, [first.id])).get(first.id)?.generation).toBe(1);
    held.open();
    const second = await settled(first.id, "COMPLETED");
    expect(second.visibleGeneration).toBe(2);
    expect((await room.visibility.visible(kim.tenantId, [first.id])).get(first.id)?.generation).toBe(2);
    const ids = others.artefacts.filter((one) => one.documentId === first.id).map((one) => one.chunks[0]?.id);
    expect(new Set(ids).size).toBe(2);
  });

  test("a failed re-indexing leaves the old generation, which the document says", async () => {
    const first = await indexed();
    others.onIndex = () => Promise.reject(new PermanentFailure("EMBEDDER_AWAY", ""));
    granted(await room.holdings.reindex(kim, first.id, trace));
    const still = await eventually(async () => {
      const document = await readDocument(room, kim, first.id);
      return document?.failure ? document : undefined;
    });
    expect(still).toMatchObject({ status: "COMPLETED", visibleGeneration: 1, latestGeneration: 2 });
    expect((await room.visibility.visible(kim.tenantId, [first.id])).get(first.id)?.generation).toBe(1);
  });
});

describe("Cancelling", () => {
  test("stops the attempt; what it still finishes changes nothing; a retry goes on", async () => {
    const held = gate();
    others.onIndex = held.wait;
    const document = await admit();
    await held.reached;
    const cancelled = granted(await room.holdings.cancel(kim, document.id, trace));
    expect(cancelled).toMatchObject({ status: "CANCELLED", attempt: 2 });
    held.open();
    others.onIndex = async () => {};
    await eventually(async () => (await waiting(document.id)) === 0);
    expect(await readDocument(room, kim, document.id)).toMatchObject({ status: "CANCELLED", visibleGeneration: null });
    granted(await room.holdings.retry(kim, document.id, trace));
    expect(await settled(document.id, "COMPLETED")).toMatchObject({ visibleGeneration: 1 });
  });
});

describe("Lost work", () => {
  test("starts again when the queue has forgotten it", async () => {
    const held = gate();
    others.onIndex = held.wait;
    const document = await admit();
    await held.reached;
    const before = await readDocument(room, kim, document.id);
    // The queue as it is after Redis has lost everything: the attempt has no jobs.
    await room.postgres.as(kim, (tx) =>
      tx.query("UPDATE documents SET attempt = attempt + 1 WHERE id = $1", [document.id]),
    );
    others.onIndex = async () => {};
    held.open();
    expect(await reviveLostWork(room, 0, trace)).toBeGreaterThan(0);
    const done = await settled(document.id, "COMPLETED");
    expect(done.attempt).toBeGreaterThan((before?.attempt ?? 0) + 1);
  });

  test("work that waits or runs is left alone", async () => {
    const held = gate();
    others.onIndex = held.wait;
    const document = await admit();
    await held.reached;
    await reviveLostWork(room, 0, trace);
    expect((await readDocument(room, kim, document.id))?.attempt).toBe(1);
    held.open();
    await settled(document.id, "COMPLETED");
  });
});

const waiting = async (documentId: string): Promise<number> => {
  const [row] = await room.postgres.system((tx) =>
    tx.query<{ n: number }>("SELECT count(*)::int AS n FROM outbox WHERE document_id = $1", [documentId]),
  );
  return row?.n ?? 0;
};
