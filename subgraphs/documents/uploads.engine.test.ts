import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import {
  granted,
  MAX_BYTES,
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
let datasetId: string;

beforeAll(async () => {
  room = await openRoom(7);
  kim = viewerOf(newTenant(), "kim", ["hr"]);
  datasetId = (await newDataset(room, kim)).id;
});
afterAll(() => room.close());

async function put(content: string | Uint8Array, name = "note.txt", announced?: number) {
  const body = Buffer.from(content as string);
  const ticket = granted(
    await room.admission.createUpload(requestOf(kim), datasetId, {
      name,
      mimeType: "text/plain",
      size: announced ?? body.length,
      metadata: { source: "suite" },
    }),
  );
  const response = await fetch(ticket.url, { method: "PUT", body, headers: ticket.headers });
  return { ticket, status: response.status };
}
const complete = (uploadId: string, viewer = kim) => room.admission.completeUpload(requestOf(viewer), uploadId);

describe("An upload", () => {
  test("becomes one document, however often it is completed", async () => {
    const { ticket, status } = await put(`연차 규정 ${randomUUID()}`, "연차 규정.txt");
    expect(status).toBe(200);
    const outcomes = await Promise.all([complete(ticket.upload.id), complete(ticket.upload.id)]);
    const later = granted(await complete(ticket.upload.id));
    expect(outcomes.map((outcome) => granted(outcome).id)).toEqual([later.id, later.id]);
    expect(later).toMatchObject({
      name: "연차 규정.txt",
      mimeType: "text/plain",
      status: "PROCESSING",
      metadata: { source: "suite" },
    });
    const body = await fetch(
      await room.objects.signedGet(later.storageKey, { expiresInSeconds: 60, fileName: later.name }),
    );
    expect(body.headers.get("content-disposition")).toContain("filename*=UTF-8''%EC%97%B0");
    expect(await body.text()).toMatch(/^연차 규정 /);
    const commands = await room.postgres.system((tx) =>
      tx.query("SELECT command FROM outbox WHERE document_id = $1", [later.id]),
    );
    expect(commands).toHaveLength(1);
  });

  test("of bytes that the data set has is a conflict that names the document", async () => {
    const content = `the same ${randomUUID()}`;
    const first = granted(await complete((await put(content)).ticket.upload.id));
    const second = await put(content, "other-name.txt");
    expect((await complete(second.ticket.upload.id)).refusal).toMatchObject({
      kind: "CONFLICT",
      existingId: first.id,
    });
    const left = await room.objects.removeAll(
      `documents/${kim.tenantId}/${datasetId}/${second.ticket.upload.documentId}/`,
      AbortSignal.timeout(5000),
    );
    expect(left).toBe(0);
  });

  test("raced by the same bytes makes one document", async () => {
    const content = `raced ${randomUUID()}`;
    const uploads = await Promise.all([put(content), put(content), put(content)]);
    const outcomes = await Promise.all(uploads.map(({ ticket }) => complete(ticket.upload.id)));
    expect(outcomes.filter((outcome) => outcome.value)).toHaveLength(1);
    expect(outcomes.flatMap((outcome) => outcome.refusal?.kind ?? [])).toEqual(["CONFLICT", "CONFLICT"]);
  });

  test("of more bytes than announced is refused by the store itself", async () => {
    expect((await put("longer than announced", "note.txt", 3)).status).toBe(403);
  });

  test("that was never put says so", async () => {
    const ticket = granted(
      await room.admission.createUpload(requestOf(kim), datasetId, {
        name: "a.txt",
        mimeType: "text/plain",
        size: 5,
        metadata: {},
      }),
    );
    expect((await complete(ticket.upload.id)).refusal).toMatchObject({ kind: "INVALID", code: "NOT_UPLOADED" });
  });

  test("of a type that cannot be read says what to do, and leaves nothing", async () => {
    const { ticket } = await put("GIF89a\x01\x00\x01\x00", "picture.txt");
    const { refusal } = await complete(ticket.upload.id);
    expect(refusal).toMatchObject({ kind: "INVALID", code: "FILE_UNSUPPORTED" });
    expect(JSON.stringify(refusal)).toMatch(/Save it as/);
    const prefix = `documents/${kim.tenantId}/${datasetId}/${ticket.upload.documentId}/`;
    expect(await room.objects.removeAll(prefix, AbortSignal.timeout(5000))).toBe(0);
  });

  test.each([
    ["empty", { size: 0 }, "INVALID"],
    ["too large", { size: MAX_BYTES + 1 }, "QUOTA"],
    ["nameless", { name: " " }, "INVALID"],
    ["named like a path", { name: "../x.txt" }, "INVALID"],
    ["of no media type", { mimeType: "text" }, "INVALID"],
    ["with metadata that is no object", { metadata: [1] }, "INVALID"],
  ])("that is %s is refused before a URL is given", async (_, wrong, kind) => {
    const file = { name: "a.txt", mimeType: "text/plain", size: 5, metadata: {}, ...wrong };
    expect((await room.admission.createUpload(requestOf(kim), datasetId, file)).refusal?.kind).toBe(kind);
  });

  test("belongs to its creator: neither a colleague nor another tenant can complete it", async () => {
    const { ticket } = await put(`mine ${randomUUID()}`);
    const colleague = viewerOf(kim.tenantId, "lee", ["hr"]);
    const stranger = viewerOf(newTenant(), "kim", ["hr"]);
    expect((await complete(ticket.upload.id, colleague)).refusal?.kind).toBe("NOT_FOUND");
    expect((await complete(ticket.upload.id, stranger)).refusal?.kind).toBe("NOT_FOUND");
    expect(granted(await complete(ticket.upload.id)).name).toBe("note.txt");
  });
});

describe("A text", () => {
  test("is a document by one call, and the same text a conflict", async () => {
    const text = `# 안내 ${randomUUID()}`;
    const document = await newDocument(room, kim, datasetId, text);
    expect(document).toMatchObject({ mimeType: "text/markdown", status: "PROCESSING" });
    const again = await room.admission.addText(requestOf(kim), datasetId, { name: "b.md", text, metadata: {} });
    expect(again.refusal).toMatchObject({ kind: "CONFLICT", existingId: document.id });
  });
});
