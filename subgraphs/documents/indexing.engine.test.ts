import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import { PermanentFailure } from "../../platform/queue/worker.js";
import { startRelay } from "./jobs/relay.js";
import { reviveLostWork } from "./jobs/sweep.js";
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

let room: Room;
let others: OtherRooms;
let kim: Viewer;
let datasetId: string;
const trace = "0".repeat(32);

beforeAll(async () => {
  room = await openRoom(8);
  others = startOtherRooms(room);
  room.work(QUEUES.documents, Object.values(room.jobs));
  const relay = await startRelay(room);
  room.onClose(() => relay.stop());
  kim = viewerOf(newTenant(), "kim", ["hr"]);
  datasetId = (await newDataset(room, kim, "hr")).id;
});
afterAll(() => room.close());
beforeEach(() => {
  others.onIndex = async () => {};
  others.onExtract = async () => {};
  others.onPurge = async () => {};
});

const text = () =>
  `# 연차 규정 ${randomUUID()}\n\n시행일: 2025. 1. 1.\n\n문의는 010-1234-5678 로 한다. 연차 휴가는 3일 전에 신청한다.\n`;
const settled = (id: string, status: string) =>
  eventually(async () => {
    const document = await readDocument(room, kim, id);
    return document?.status === status && document;
  });
const admit = () => newDocument(room, kim, datasetId, text());
const indexed = async () => settled((await admit()).id, "COMPLETED");
/** A latch: `reached` resolves when somebody waits at it, `open` lets them go. */
function gate() {
  let open = (): void => {};
  let arrive = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return {
    open: () => open(),
    reached,
    wait: () => {
      arrive();
      return opened;
    },
  };
}

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
      "s3.objects": 2,
      "postgres.documents": 1,
    });
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
    const documents = await Promise.all([text(), text()].map((one) => newDocument(room, kim, set.id, one)));
    for (const { id } of documents) await settled(id, "COMPLETED");
    const deletion = granted(await room.holdings.deleteDataset(kim, set.id, trace));
    const receipt = await eventually(async () => {
      const now = (await room.deletions.byIds(kim, [deletion.id])).get(deletion.id);
      return now?.status === "COMPLETED" && now;
    });
    expect(receipt.removed).toMatchObject({
      "retrieval.items": 4,
      "s3.objects": 4,
      "postgres.documents": 2,
      "postgres.datasets": 1,
    });
    expect((await room.datasets.byIds(kim, [set.id])).size).toBe(0);
  });
});

describe("Moving a data set", () => {
  test("changes at once who can find its documents", async () => {
    const both = viewerOf(kim.tenantId, "boss", ["hr", "it"]);
    const set = await newDataset(room, both, "hr");
    const document = await newDocument(room, both, set.id, text());
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
    const document = await newDocument(room, both, set.id, text());
    await held.reached;
    granted(await room.holdings.updateDataset(both, set.id, { department: "it" }, trace));
    others.onIndex = async () => {};
    held.open();
    await eventually(async () => (await readDocument(room, both, document.id))?.status === "COMPLETED");
    const last = others.artefacts.filter((one) => one.documentId === document.id).at(-1);
    expect(last?.document.department).toBe("it");
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
const tries = async (documentId: string): Promise<number> => {
  const [row] = await room.postgres.system((tx) =>
    tx.query<{ n: number }>("SELECT coalesce(max(tries), 0)::int AS n FROM outbox WHERE document_id = $1", [
      documentId,
    ]),
  );
  return row?.n ?? 0;
};
