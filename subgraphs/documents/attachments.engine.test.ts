import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { newId } from "../../platform/graphql/ids.js";
import { attachmentId, MAX_ATTACHED_DOCUMENTS } from "./domain/attachment.js";
import { type Document, targetOf } from "./domain/document.js";
import type { NewAttachment } from "./ports.js";
import {
  granted,
  newDataset,
  newDocument,
  newTenant,
  openRoom,
  type Room,
  readDocument,
  viewerOf,
} from "./testing/room.js";

const TRACE = "0".repeat(32);
let room: Room;
let kim: Viewer;

beforeAll(async () => {
  room = await openRoom(7);
  kim = viewerOf(newTenant(), "kim", ["hr"]);
});
afterAll(() => room.close());

const file = (parent: Document, name: string, content = name): NewAttachment => {
  const id = attachmentId(parent.id, content);
  return { id, name, storageKey: `documents/x/${id}`, mimeType: "text/plain", size: 3, sha256: content };
};
const message = async (department: string | null = "hr"): Promise<Document> => {
  const dataset = await newDataset(room, kim, department);
  return newDocument(room, kim, dataset.id, `message ${randomUUID()}`, "mail.eml.txt");
};
const attach = (parent: Document, files: NewAttachment[]) =>
  room.attachments.attach(kim, targetOf(parent), files, TRACE);
const starts = (id: string) =>
  room.postgres.system((tx) => tx.query("SELECT command FROM outbox WHERE document_id = $1", [id]));

describe("An attachment", () => {
  test("is a document under its message, in the same data set and department, made once however often the stage runs", async () => {
    const parent = await message();
    const files = [file(parent, "b.txt"), file(parent, "a.txt")];
    await attach(parent, files);
    await attach(parent, files);
    const children = (await room.attachments.ofParents(kim, [parent.id])).get(parent.id) ?? [];
    expect(children.map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
    for (const child of children) {
      expect(child).toMatchObject({
        parentId: parent.id,
        rootId: parent.id,
        depth: 1,
        datasetId: parent.datasetId,
        department: "hr",
        createdBy: "kim",
        status: "PROCESSING",
      });
      expect(await starts(child.id)).toHaveLength(1);
    }
  });

  test("of an overtaken attempt is not made", async () => {
    const parent = await message();
    const overtaken = { ...targetOf(parent), attempt: parent.attempt - 1 };
    expect(await room.attachments.attach(kim, overtaken, [file(parent, "late.txt")], TRACE)).toBeUndefined();
    expect((await room.attachments.ofParents(kim, [parent.id])).size).toBe(0);
  });

  test("with the bytes of an uploaded document, or of another message's, is a document of its own", async () => {
    const [first, second] = [await message(), await message()];
    await attach(first, [file(first, "same.txt", "bytes")]);
    await attach(second, [{ ...file(second, "same.txt", "bytes") }]);
    const children = await room.attachments.ofParents(kim, [first.id, second.id]);
    expect([...children.values()].map((list) => list.length)).toEqual([1, 1]);
  });

  test("is counted over the whole uploaded file: beyond the bound the rest is left out", async () => {
    const parent = await message();
    const [child] = (await attach(parent, [file(parent, "inner.eml")])) ?? [];
    if (!child) throw new Error("not attached");
    const many = Array.from({ length: MAX_ATTACHED_DOCUMENTS }, (_, i) => file(child, `${i}.txt`));
    expect(await attach(child, many)).toHaveLength(MAX_ATTACHED_DOCUMENTS - 1);
    expect(await attach(parent, [file(parent, "one-more.txt")])).toEqual([]);
  });

  test("cannot be seen from another department or tenant", async () => {
    const parent = await message();
    await attach(parent, [file(parent, "secret.txt")]);
    for (const stranger of [viewerOf(kim.tenantId, "lee", ["sales"]), viewerOf(newTenant(), "kim", ["hr"])])
      expect((await room.attachments.ofParents(stranger, [parent.id])).size).toBe(0);
  });

  test("goes with its message, whose receipt ends with the last of them, in either order", async () => {
    for (const childFirst of [true, false]) {
      const parent = await message();
      const [child] = (await attach(parent, [file(parent, "inner.eml")])) ?? [];
      if (!child) throw new Error("not attached");
      const [inner] = (await attach(child, [file(child, "deep.txt")])) ?? [];
      if (!inner) throw new Error("not attached");
      const receipt = granted(
        await room.documents.remove(kim, parent.id, newId("Deletion"), { action: "document.delete", traceId: TRACE }),
      );
      const parts = await Promise.all([child, inner].map(({ id }) => room.deletions.ofObject(kim, id)));
      expect(parts.map((part) => part?.partOf)).toEqual([receipt.id, receipt.id]);
      const erase = async (id: string, deletionId: string | undefined) =>
        room.documents.erase(kim, id, deletionId ?? "", { "milvus.rows": 1 });
      const state = async () => (await room.deletions.byIds(kim, [receipt.id])).get(receipt.id);
      const order: [string, string | undefined][] = [
        [parent.id, receipt.id],
        [child.id, parts[0]?.id],
        [inner.id, parts[1]?.id],
      ];
      for (const [id, deletionId] of childFirst ? order.reverse() : order) {
        expect((await state())?.status).toBe("RUNNING");
        await erase(id, deletionId);
      }
      expect(await state()).toMatchObject({
        status: "COMPLETED",
        removed: { "milvus.rows": 3, "postgres.documents": 3 },
      });
      expect(await readDocument(room, kim, child.id)).toBeUndefined();
    }
  });
});
