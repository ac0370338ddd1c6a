import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { WEBHOOK_EVENTS } from "./domain/webhook.js";
import { sendDue } from "./jobs/webhooks.js";
import type { OtherRooms } from "./testing/other-rooms.js";
import { eventually, granted, newDataset, newDocument, type Room, requestOf, viewerOf } from "./testing/room.js";
import { openWorkingRoom, regulation } from "./testing/working-room.js";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const trace = "0".repeat(32);
let working: Awaited<ReturnType<typeof openWorkingRoom>>;
let room: Room;
let others: OtherRooms;
let kim: Viewer;
let server: Server;
let address: string;
let answer = 200;
const received: Received[] = [];

beforeAll(async () => {
  working = await openWorkingRoom(6);
  ({ room, others, kim } = working);
  server = createServer((req, res) => {
    let body = "";
    req.on("data", (part) => {
      body += part;
    });
    req.on("end", () => {
      if (req.method === "GET") return void res.writeHead(200, { "content-type": "text/plain" }).end(regulation());
      received.push({ headers: req.headers, body });
      res.writeHead(answer, answer === 307 ? { location: "http://169.254.169.254/" } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await room.close();
});
beforeEach(() => {
  received.length = 0;
  answer = 200;
});

const send = () =>
  sendDue(
    { webhooks: room.webhooks, fetch: room.fetchGuarded, master: room.webhookMaster, logger: room.logger },
    AbortSignal.timeout(10_000),
  );
/** A data set with a webhook for everything. */
async function hooked(url = address) {
  const set = await newDataset(room, kim, "hr");
  const input = { datasetId: set.id, url, events: WEBHOOK_EVENTS };
  return { set, ...granted(await room.hooks.create(kim, input, trace)) };
}
const deliveriesOf = async (webhookId: string) =>
  (await room.webhooks.deliveries(kim, webhookId, { first: 20, after: null })).rows;
const due = (webhookId: string, change: string) =>
  room.postgres.system((tx) =>
    tx.query(`UPDATE webhook_deliveries SET due_at = now(), ${change} WHERE webhook_id = $1`, [webhookId]),
  );
async function indexedIn(datasetId: string): Promise<string> {
  const { id } = await newDocument(room, kim, datasetId, regulation());
  await working.settled(id, "COMPLETED");
  return id;
}
const verifies = (secret: string, { headers, body }: Received): boolean => {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(expected);
};

describe("A webhook", () => {
  test("is told once, signed, of what came to rest, and of nothing else", async () => {
    const { set, webhook, secret } = await hooked();
    const id = await indexedIn(set.id);
    await send();
    expect(received).toHaveLength(1);
    const [told] = received as [Received];
    expect(JSON.parse(told.body)).toMatchObject({
      type: "document.completed",
      data: { documentId: id, datasetId: set.id, status: "COMPLETED", version: 1, failure: null },
    });
    expect(verifies(secret, told)).toBe(true);
    expect(verifies(`whsec_${Buffer.alloc(32).toString("base64")}`, told)).toBe(false);
    expect(await send()).toBe(0);
    expect(await deliveriesOf(webhook.id)).toMatchObject([{ status: "DELIVERED", tries: 1, httpStatus: 200 }]);

    granted(await room.holdings.deleteDocument(kim, id, trace));
    await eventually(async () => (await deliveriesOf(webhook.id)).length === 2);
    await send();
    expect(JSON.parse(received[1]?.body ?? "").type).toBe("document.deleted");
  });

  test("that cannot be reached is tried again with growing pauses, and given up after a day", async () => {
    const { set, webhook } = await hooked();
    await indexedIn(set.id);
    answer = 503;
    await send();
    const [first] = await deliveriesOf(webhook.id);
    expect(first).toMatchObject({ status: "PENDING", tries: 1, httpStatus: 503 });
    expect(first?.dueAt?.getTime()).toBeGreaterThan(Date.now() + 5000);
    expect(await send()).toBe(0);
    await due(webhook.id, "tries = 6");
    await send();
    const [later] = await deliveriesOf(webhook.id);
    expect(later?.dueAt?.getTime()).toBeGreaterThan(Date.now() + 60_000);
    await due(webhook.id, "give_up_at = now()");
    await send();
    expect(await deliveriesOf(webhook.id)).toMatchObject([{ status: "FAILED", tries: 8, dueAt: null }]);

    answer = 200;
    const replayed = granted(await room.hooks.replay(kim, later?.id ?? "", trace));
    expect(replayed).toMatchObject({ status: "PENDING", id: later?.id });
    await send();
    expect(received.at(-1)?.headers["webhook-id"]).toBe(later?.id);
    expect(await deliveriesOf(webhook.id)).toMatchObject([{ status: "DELIVERED" }]);
  });

  test("of a rotated secret is signed by both keys for a day, then by the new one alone", async () => {
    const { set, webhook, secret } = await hooked();
    const rotated = granted(await room.hooks.rotate(kim, webhook.id, trace));
    expect(rotated.secret).not.toBe(secret);
    await indexedIn(set.id);
    await send();
    expect([secret, rotated.secret].map((one) => verifies(one, received[0] as Received))).toEqual([true, true]);
    await room.postgres.as(kim, (tx) =>
      tx.query("UPDATE webhooks SET previous_until = now() WHERE id = $1", [webhook.id]),
    );
    await indexedIn(set.id);
    await send();
    expect([secret, rotated.secret].map((one) => verifies(one, received[1] as Received))).toEqual([false, true]);
  });

  test("never leads inside, neither by its address nor by a redirect", async () => {
    const set = await newDataset(room, kim, "hr");
    const at = (url: string) => room.hooks.create(kim, { datasetId: set.id, url, events: WEBHOOK_EVENTS }, trace);
    for (const url of ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd"])
      expect((await at(url)).refusal, url).toMatchObject({ kind: "INVALID", issues: [{ path: "url" }] });
    const { set: redirected, webhook } = await hooked();
    answer = 307;
    await indexedIn(redirected.id);
    await send();
    expect(await deliveriesOf(webhook.id)).toMatchObject([
      { status: "PENDING", error: expect.stringMatching(/not allowed/) },
    ]);
  });

  test("is another department's, or another tenant's, to nobody", async () => {
    const { set, webhook } = await hooked();
    await indexedIn(set.id);
    const [delivery] = await deliveriesOf(webhook.id);
    for (const stranger of [viewerOf(kim.tenantId, "park", ["it"]), viewerOf("t-elsewhere", "lee", ["hr"])]) {
      expect((await room.webhooks.byIds(stranger, [webhook.id])).size).toBe(0);
      expect((await room.webhooks.ofDatasets(stranger, [set.id])).size).toBe(0);
      expect((await room.hooks.rotate(stranger, webhook.id, trace)).refusal?.kind).toBe("NOT_FOUND");
      expect((await room.hooks.remove(stranger, webhook.id, trace)).refusal?.kind).toBe("NOT_FOUND");
      expect((await room.hooks.replay(stranger, delivery?.id ?? "", trace)).refusal?.kind).toBe("NOT_FOUND");
    }
    const reader = viewerOf(kim.tenantId, "choi", ["hr"], ["viewer" as never]);
    expect((await room.hooks.remove(reader, webhook.id, trace)).refusal?.kind).toBe("NOT_ALLOWED");
  });

  test("tells of a failure and of a cancellation by their names", async () => {
    const { set, webhook } = await hooked();
    const { PermanentFailure } = await import("../../platform/queue/worker.js");
    others.onIndex = async () => {
      throw new PermanentFailure("REFUSED", "no");
    };
    const failed = await newDocument(room, kim, set.id, regulation());
    await working.settled(failed.id, "FAILED");
    others.onIndex = (_id, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const cancelled = await newDocument(room, kim, set.id, regulation());
    granted(await room.holdings.cancel(kim, cancelled.id, trace));
    others.onIndex = async () => {};
    expect((await deliveriesOf(webhook.id)).map(({ event }) => event).sort()).toEqual([
      "document.cancelled",
      "document.failed",
    ]);
  });
});

describe("A file at an address", () => {
  test("becomes a document", async () => {
    const set = await newDataset(room, kim, "hr");
    const added = granted(
      await room.admission.addUrl(requestOf(kim), set.id, { url: `${address}/leave.md`, metadata: {} }),
    );
    expect(added).toMatchObject({ name: "leave.md", status: "PROCESSING" });
    await working.settled(added.id, "COMPLETED");
  });

  test("inside, or at no address, is refused without going there", async () => {
    const set = await newDataset(room, kim, "hr");
    const add = (url: string) => room.admission.addUrl(requestOf(kim), set.id, { url, metadata: {} });
    for (const url of ["http://169.254.169.254/latest", "http://10.0.0.1/", "nowhere"])
      expect((await add(url)).refusal, url).toMatchObject({ kind: "INVALID", code: "URL_NOT_ALLOWED" });
    const closed = new URL(address);
    closed.port = "1";
    expect((await add(closed.href)).refusal).toMatchObject({ kind: "INVALID", code: "URL_UNREACHABLE" });
    const reader = viewerOf(kim.tenantId, "choi", ["hr"], ["viewer" as never]);
    const asReader = await room.admission.addUrl(requestOf(reader), set.id, { url: address, metadata: {} });
    expect(asReader.refusal?.kind).toBe("NOT_ALLOWED");
  });
});
