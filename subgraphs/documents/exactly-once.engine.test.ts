import { randomUUID } from "node:crypto";
import type { Job } from "bullmq";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import type { JobRun } from "../../platform/queue/worker.js";
import { type Document, targetOf } from "./domain/document.js";
import { erasedDocumentJob } from "./jobs/erased.js";
import { finishJob } from "./jobs/finish.js";
import { parseJob } from "./jobs/parse.js";
import { carryOut } from "./jobs/relay.js";
import { removeExpiredUploads, republish } from "./jobs/sweep.js";
import type { PendingCommand } from "./ports.js";
import {
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

let room: Room;
let kim: Viewer;
let datasetId: string;
const trace = "0".repeat(32);

beforeAll(async () => {
  room = await openRoom(10);
  kim = viewerOf(newTenant(), "kim", ["hr"]);
  datasetId = (await newDataset(room, kim, "hr")).id;
});
afterAll(() => room.close());

const admit = () => newDocument(room, kim, datasetId, `# 규정 ${randomUUID()}\n\n연차 휴가는 3일 전에 신청한다.\n`);
const lastTry = { attemptsMade: 7, opts: { attempts: 8 } } as unknown as Job;
const runOf = (job: Job = lastTry): JobRun => ({
  scope: kim,
  traceId: trace,
  signal: AbortSignal.timeout(30_000),
  logger: room.logger,
  job,
});
const payloadOf = (document: Document) => ({
  v: 1,
  actor: "",
  traceId: trace,
  documentId: document.id,
  datasetId,
  generation: document.latestGeneration,
  attempt: document.attempt,
});
const children = async () => ({
  retrieval: { value: { rows: 1, model: "suite", dimension: 384 } },
  knowledgeGraph: { value: { entities: 2, mentions: 2, relations: 0 } },
});
const finish = () => finishJob({ ...room, heartbeatMs: 1000, childResults: children });
const objectsOf = async (document: Document): Promise<string[]> => {
  const keys = ["elements", "chunks"].map(
    (name) => `documents/${kim.tenantId}/${datasetId}/${document.id}/g1/${name}.json`,
  );
  const sizes = await Promise.all(keys.map((key) => room.objects.size(key, AbortSignal.timeout(5000))));
  return keys.flatMap((key, i) => (sizes[i] === undefined ? [] : [`${key.split("/").at(-1)} ${sizes[i]}`]));
};
const commandsOf = (id: string) =>
  room.postgres.system((tx) =>
    tx.query<{ command: { kind: string } }>("SELECT command FROM outbox WHERE document_id = $1 ORDER BY id", [id]),
  );

describe("The outbox", () => {
  test("gives each command to one of many relays, in the order of its document", async () => {
    const documents = await Promise.all([admit(), admit(), admit()]);
    for (const document of documents) granted(await room.holdings.cancel(kim, document.id, trace));
    const seen: PendingCommand[] = [];
    const relay = async (): Promise<void> => {
      while (
        (await room.outbox.drain(5, async (command) => {
          seen.push(command);
          return "done";
        })) > 0
      );
    };
    // A command stays hidden while its predecessor is in other hands, so the relays go round until all is done.
    for (let left = 1; left > 0; ) {
      await Promise.all([relay(), relay(), relay()]);
      left = (await Promise.all(documents.map((document) => commandsOf(document.id)))).flat().length;
    }
    // The start that was cancelled before it was carried out is no longer there.
    for (const document of documents)
      expect(seen.filter((one) => one.documentId === document.id).map((one) => one.command.kind)).toEqual([
        "announce",
        "withdraw",
        "discard",
      ]);
  });

  test("keeps what cannot be carried out, and holds back what comes after it", async () => {
    const document = await admit();
    granted(await room.holdings.cancel(kim, document.id, trace));
    const tried: string[] = [];
    const attempt = () =>
      room.outbox.drain(100, async ({ documentId, command }) => {
        if (documentId !== document.id) return "later";
        tried.push(command.kind);
        throw new Error("the queue is away");
      });
    await attempt();
    await attempt();
    expect(tried).toEqual(["announce"]);
    expect(await commandsOf(document.id)).toHaveLength(3);
    await room.postgres.system((tx) => tx.query("DELETE FROM outbox"));
  });

  test("a command that is carried out twice puts one job on the queue", async () => {
    const document = await admit();
    let pending: PendingCommand | undefined;
    await room.outbox.drain(100, async (command) => {
      pending = command;
      await carryOut(room, command);
      await carryOut(room, command);
      return "done";
    });
    expect(pending?.documentId).toBe(document.id);
    expect(await room.pipeline.alive(targetOf(document))).toBe(true);
    expect(await room.pipeline.withdraw({ scope: kim, traceId: trace }, targetOf(document))).toBe(true);
    expect(await room.pipeline.alive(targetOf(document))).toBe(false);
  });
});

describe("A job that is run twice", () => {
  test("leaves what one run leaves, stage by stage", async () => {
    const document = await admit();
    const { parse, mask } = room.jobs;
    await parse.handle(payloadOf(document), runOf());
    const afterOne = await objectsOf(document);
    await parse.handle(payloadOf(document), runOf());
    expect(await objectsOf(document)).toEqual(afterOne);
    await mask.handle(payloadOf(document), runOf());
    const afterMask = await objectsOf(document);
    const draft = (await readDocument(room, kim, document.id))?.draft;
    await mask.handle(payloadOf(document), runOf());
    expect(await objectsOf(document)).toEqual(afterMask);
    expect((await readDocument(room, kim, document.id))?.draft).toEqual(draft);
    await finish().handle(payloadOf(document), runOf());
    const finished = await readDocument(room, kim, document.id);
    await finish().handle(payloadOf(document), runOf());
    expect(await readDocument(room, kim, document.id)).toEqual(finished);
    expect(finished).toMatchObject({ status: "COMPLETED", entitiesCount: 2 });
    const kinds = (await commandsOf(document.id)).map((row) => row.command.kind);
    expect(kinds).toEqual(["run", "announce"]);
  });

  test("computes nothing again from the same input", async () => {
    const document = await admit();
    await room.jobs.parse.handle(payloadOf(document), runOf());
    const parser = { parse: () => Promise.reject(new Error("parsed again")) };
    const again = parseJob({ ...room, heartbeatMs: 1000, maxFileBytes: 1e6, workDir: "/nowhere", parser });
    await again.handle(payloadOf(document), runOf());
    await room.jobs.mask.handle(payloadOf(document), runOf());
    const chunks = await objectsOf(document);
    const elements = `documents/${kim.tenantId}/${datasetId}/${document.id}/g1/elements.json`;
    await room.objects.write(elements, "no elements", "application/json", AbortSignal.timeout(5000));
    await room.jobs.mask.handle(payloadOf(document), runOf());
    expect((await objectsOf(document)).filter((object) => object.startsWith("chunks"))).toEqual(
      chunks.filter((object) => object.startsWith("chunks")),
    );
  });

  test("erases once, and only what the other rooms have confirmed", async () => {
    const document = await admit();
    const deletion = granted(await room.holdings.deleteDocument(kim, document.id, trace));
    const payload = { v: 1, actor: "", traceId: trace, documentId: document.id, datasetId, deletionId: deletion.id };
    const erased = (childResults: typeof purged) => erasedDocumentJob({ ...room, childResults });
    const purged = async () => ({
      retrieval: { value: { removed: { rows: 1 } } },
      knowledgeGraph: { value: { removed: {} } } as { value?: unknown; failedReason?: string },
      conversations: { value: { removed: { citations: 3 } } },
    });
    const away = async () => ({ ...(await purged()), knowledgeGraph: { failedReason: "away" } });
    await expect(erased(away).handle(payload, runOf())).rejects.toThrow(/did not confirm/);
    expect(await readDocument(room, kim, document.id)).toMatchObject({ status: "DELETING" });
    await erased(purged).handle(payload, runOf());
    const receipt = (await room.deletions.byIds(kim, [deletion.id])).get(deletion.id);
    await erased(purged).handle(payload, runOf());
    expect((await room.deletions.byIds(kim, [deletion.id])).get(deletion.id)).toEqual(receipt);
    expect(receipt).toMatchObject({
      status: "COMPLETED",
      removed: { "retrieval.rows": 1, "conversations.citations": 3, "s3.objects": 1 },
    });
  });
});

describe("A job of an overtaken attempt", () => {
  test("does nothing, whatever its stage", async () => {
    const document = await admit();
    granted(await room.holdings.cancel(kim, document.id, trace));
    const before = await readDocument(room, kim, document.id);
    for (const job of [room.jobs.parse, room.jobs.mask, finish()]) await job.handle(payloadOf(document), runOf());
    expect(await readDocument(room, kim, document.id)).toEqual(before);
    expect(await objectsOf(document)).toEqual([]);
  });

  test("is stopped in the middle by its heartbeat", async () => {
    const document = await admit();
    let started = (): void => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const endless = parseJob({
      ...room,
      heartbeatMs: 20,
      maxFileBytes: 1e6,
      workDir: "/tmp",
      parser: {
        parse: (_file, { signal }) =>
          new Promise((_resolve, reject) => {
            started();
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          }),
      },
    });
    const job = endless.handle(payloadOf(document), runOf());
    await running;
    granted(await room.holdings.cancel(kim, document.id, trace));
    await job;
    expect(await readDocument(room, kim, document.id)).toMatchObject({ status: "CANCELLED", failure: null });
  });
});

describe("A failing job", () => {
  test("fails the document at its last try and not before", async () => {
    const document = await admit();
    await room.objects.remove([document.storageKey], AbortSignal.timeout(5000));
    const first = { attemptsMade: 0, opts: { attempts: 8 } } as unknown as Job;
    await expect(room.jobs.parse.handle(payloadOf(document), runOf(first))).rejects.toThrow();
    expect(await readDocument(room, kim, document.id)).toMatchObject({ status: "PROCESSING" });
    await expect(room.jobs.parse.handle(payloadOf(document), runOf())).rejects.toThrow();
    expect(await readDocument(room, kim, document.id)).toMatchObject({
      status: "FAILED",
      failure: { stage: "PARSE", code: "PARSE_FAILED", retryable: true },
    });
  });
});

describe("The sweeps", () => {
  test("publish again what the feed has lost, and nothing that is hidden", async () => {
    const document = await admit();
    await room.jobs.parse.handle(payloadOf(document), runOf());
    await room.jobs.mask.handle(payloadOf(document), runOf());
    await finish().handle(payloadOf(document), runOf());
    await room.redis.del(`t:${kim.tenantId}:visibility`);
    expect(await republish(room)).toBeGreaterThan(0);
    expect((await room.visibility.visible(kim.tenantId, [document.id])).get(document.id)).toMatchObject({
      generation: 1,
      department: "hr",
    });
    expect(await republish(room)).toBe(0);
  });

  test("remove what an upload left that was never completed", async () => {
    const ticket = granted(
      await room.admission.createUpload(requestOf(kim), datasetId, {
        name: "a.txt",
        mimeType: "text/plain",
        size: 5,
        metadata: {},
      }),
    );
    await fetch(ticket.url, { method: "PUT", body: "hello", headers: ticket.headers });
    const { id, objectKey } = ticket.upload;
    await room.postgres.as(kim, (tx) =>
      tx.query("UPDATE uploads SET expires_at = now() - interval '2 hours' WHERE id = $1", [id]),
    );
    expect(await removeExpiredUploads(room, AbortSignal.timeout(10_000))).toBe(1);
    expect(await room.uploads.byId(kim, id)).toBeUndefined();
    expect(await room.objects.size(objectKey, AbortSignal.timeout(5000))).toBeUndefined();
  });
});
