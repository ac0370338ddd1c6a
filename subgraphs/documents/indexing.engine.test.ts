import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { PermanentFailure } from "../../platform/queue/worker.js";

import { carryOut } from "./jobs/relay.js";
import { reviveLostWork } from "./jobs/sweep.js";
import { findStuck } from "./jobs/watchdog.js";
import type { OtherRooms } from "./testing/other-rooms.js";
import {
  eventually,
  granted,
  newDataset,
  newDocument,
  newTenant,
  openRoom,
  type Room,
  readDocument,
  requestOf,
  viewerOf,
} from "./testing/room.js";
import { calm, gate, openWorkingRoom, regulation } from "./testing/working-room.js";

let working: Awaited<ReturnType<typeof openWorkingRoom>>;
let room: Room;
let others: OtherRooms;
let kim: Viewer;
let datasetId: string;
const trace = "0".repeat(32);
const REDIS_WITHOUT_WORKERS = 3;

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

describe("A changed file", () => {
  const replaceWith = async (documentId: string, text: string) => {
    const body = Buffer.from(text);
    const ticket = granted(
      await room.admission.createUpload(
        requestOf(kim),
        datasetId,
        { name: "changed.md", mimeType: "text/markdown", size: body.length, metadata: {} },
        documentId,
      ),
    );
    await fetch(ticket.url, { method: "PUT", body, headers: ticket.headers });
    return room.admission.completeUpload(requestOf(kim), ticket.upload.id);
  };

  test("is the next version of its document: the one before is found until it is whole, and its file stays", async () => {
    const before = await indexed();
    const held = gate();
    others.onIndex = held.wait;
    const started = granted(await replaceWith(before.id, regulation()));
    expect(started).toMatchObject({ id: before.id, status: "PROCESSING", visibleGeneration: 1, name: "changed.md" });
    await held.reached;
    expect((await room.visibility.visible(kim.tenantId, [before.id])).get(before.id)?.generation).toBe(1);
    held.open();
    const after = await settled(before.id, "COMPLETED");
    expect(after).toMatchObject({ visibleGeneration: 2 });
    expect((await room.visibility.visible(kim.tenantId, [before.id])).get(before.id)?.generation).toBe(2);
    const [earlier, ...none] = (await room.documents.versions(kim, [before.id])).get(before.id) ?? [];
    expect(none).toEqual([]);
    expect(earlier).toMatchObject({ version: 1, name: before.name, storageKey: before.storageKey });
    expect(await room.objects.size(before.storageKey, AbortSignal.timeout(5000))).toBe(before.size);
    const stranger = viewerOf(kim.tenantId, "park", ["it"]);
    expect((await room.documents.versions(stranger, [before.id])).size).toBe(0);
  });

  test("that has not changed, or is another document of the data set, is that document", async () => {
    const text = regulation();
    const one = await newDocument(room, kim, datasetId, text);
    const two = await indexed();
    expect((await replaceWith(one.id, text)).refusal).toMatchObject({ kind: "CONFLICT", existingId: one.id });
    expect((await replaceWith(two.id, text)).refusal).toMatchObject({ kind: "CONFLICT", existingId: one.id });
    expect(await readDocument(room, kim, two.id)).toMatchObject({ visibleGeneration: 1, status: "COMPLETED" });
  });

  test("overtakes the indexing of the file before it", async () => {
    const held = gate();
    others.onIndex = held.wait;
    const before = await admit();
    await held.reached;
    granted(await replaceWith(before.id, regulation()));
    others.onIndex = async () => {};
    held.open();
    expect(await settled(before.id, "COMPLETED")).toMatchObject({ visibleGeneration: 2, name: "changed.md" });
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
    expect(await settled(document.id, "COMPLETED")).toMatchObject({ visibleGeneration: 2 });
  });

  test("aborts what runs in another room within seconds and has every store emptied of what was made", async () => {
    let aborted = false;
    const held = gate();
    others.onIndex = (_id, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(signal.reason);
        });
        void held.wait();
      });
    const document = await admit();
    await held.reached;
    const made = `documents/${kim.tenantId}/${datasetId}/${document.id}/g1/`;
    granted(await room.holdings.cancel(kim, document.id, trace));
    await eventually(async () => others.discarded.filter((one) => one.documentId === document.id).length === 2);
    expect(aborted).toBe(true);
    expect(others.discarded.find((one) => one.documentId === document.id)?.generation).toBe(1);
    expect(await room.objects.removeAll(made, AbortSignal.timeout(5000))).toBe(0);
    expect(await room.objects.size(document.storageKey, AbortSignal.timeout(5000))).toBeGreaterThan(0);
  });
});

describe("The watchdog", () => {
  const grownOld = (id: string) =>
    room.postgres.as(kim, (tx) =>
      tx.query("UPDATE documents SET updated_at = now() - interval '10 minutes' WHERE id = $1", [id]),
    );
  const foundStuck = async (id: string) => {
    await room.redis.del(room.progress.key(kim.tenantId, id));
    await grownOld(id);
    await findStuck(room, 60);
    return (await readDocument(room, kim, id))?.stuck ?? undefined;
  };

  test("says why a document does not move, tells its listeners, and takes it back when it moves again", async () => {
    others.onIndex = async () => {
      throw new Error("ENGINE_AWAY: the index at 10.0.0.1 does not answer");
    };
    const document = await admit();
    // Looked at early, its first stage may just be at work.
    const stuck = await eventually(async () => {
      const found = await foundStuck(document.id);
      return found?.code === "FAILING" && found;
    });
    expect(stuck).toMatchObject({ code: "FAILING", message: expect.stringMatching(/retrieval \(ENGINE_AWAY\)/) });
    expect(stuck?.message).not.toContain("10.0.0.1");
    const [told] = await room.progress.log.read(room.progress.key(kim.tenantId, document.id), 0);
    expect(told?.event).toMatchObject({ state: "STUCK", code: "FAILING", documentId: document.id });
    const { stuck: inSet } = (await room.datasets.progress(kim, [datasetId])).get(datasetId) ?? {};
    expect(inSet).toBe(1);
    calm(others);
    expect(await settled(document.id, "COMPLETED")).toMatchObject({ stuck: null });
  });

  test("finds work that no worker takes up", async () => {
    const lonely = await openRoom(REDIS_WITHOUT_WORKERS);
    try {
      const viewer = viewerOf(newTenant(), "kim");
      const document = await newDocument(lonely, viewer, (await newDataset(lonely, viewer)).id, regulation());
      await lonely.outbox.drain(10, (command) => carryOut(lonely, command));
      await lonely.redis.del(lonely.progress.key(viewer.tenantId, document.id));
      expect(await findStuck(lonely, -1)).toBe(1);
      const found = await readDocument(lonely, viewer, document.id);
      expect(found?.stuck).toMatchObject({ code: "NO_WORKER", message: "No worker of documents is running." });
      expect(await findStuck(lonely, -1)).toBe(0);
    } finally {
      await lonely.redis.flushdb();
      await lonely.close();
    }
  });

  test("leaves alone what waits in a paused data set", async () => {
    granted(await room.holdings.pause(kim, datasetId, true, trace));
    const document = await admit();
    await grownOld(document.id);
    expect(await findStuck(room, 60)).toBe(0);
    expect((await readDocument(room, kim, document.id))?.stuck).toBeNull();
    granted(await room.holdings.pause(kim, datasetId, false, trace));
    await settled(document.id, "COMPLETED");
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
