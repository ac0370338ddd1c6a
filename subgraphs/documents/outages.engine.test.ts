import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { QUEUES } from "../../platform/queue/catalogue.js";
import { type FaultProxy, openFaultProxy } from "../../tests/fault-proxy.js";
import { reconcileTenant } from "./jobs/reconcile.js";
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
import { calm, gate, regulation } from "./testing/working-room.js";

const REDIS_NUMBER = 4;
const trace = "0".repeat(32);
/** The room past every fault: what is admitted and looked at. */
let outer: Room;
/** The same room as its worker sees it, through the proxies. */
let inner: Room;
let others: OtherRooms;
let kim: Viewer;
let datasetId: string;
let disk: FullDisk;
const proxies = {} as Record<"postgres" | "redis" | "s3", FaultProxy>;

interface FullDisk {
  readonly url: string;
  full: boolean;
  /** Writes that were refused. */
  refused: number;
  close(): void;
}

/** An object store whose disk is full while `full`: what is there can be read and removed, nothing can be written. */
async function openDisk(target: string): Promise<FullDisk> {
  const to = new URL(target);
  const state = { full: false, refused: 0 };
  const server: Server = createServer((req, res) => {
    if (state.full && req.method === "PUT") {
      state.refused++;
      req.resume();
      return void res
        .writeHead(507, { "content-type": "application/xml" })
        .end("<Error><Code>InsufficientStorage</Code><Message>No space left on device</Message></Error>");
    }
    const { method, headers, url: path } = req;
    const onward = request({ host: to.hostname, port: to.port, method, headers, path }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on("error", () => res.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

beforeAll(async () => {
  const given = { redis: process.env["REDIS_URL"] as string, s3: process.env["S3_ENDPOINT"] as string };
  outer = await openRoom(REDIS_NUMBER);
  await outer.redis.flushdb();
  disk = await openDisk(given.s3);
  proxies.postgres = await openFaultProxy(outer.share.databaseUrl);
  proxies.redis = await openFaultProxy(given.redis);
  proxies.s3 = await openFaultProxy(disk.url);
  process.env["REDIS_URL"] = proxies.redis.url(given.redis);
  process.env["S3_ENDPOINT"] = proxies.s3.url(given.s3);
  inner = await openRoom(REDIS_NUMBER, {
    ...outer.share,
    databaseUrl: proxies.postgres.url(outer.share.databaseUrl),
    lockMs: 3000,
    wrap: (_name, port) => port,
  });
  process.env["REDIS_URL"] = given.redis;
  process.env["S3_ENDPOINT"] = given.s3;
  others = startOtherRooms(outer);
  inner.work(QUEUES.documents, Object.values(inner.jobs));
  const relay = await startRelay(inner);
  inner.onClose(() => relay.stop());
  kim = viewerOf(newTenant(), "kim", ["hr"]);
  datasetId = (await newDataset(outer, kim, "hr")).id;
});
afterAll(async () => {
  await inner.close();
  await outer.close();
  for (const proxy of Object.values(proxies)) await proxy.close();
  disk.close();
});
beforeEach(() => calm(others));

const now = (id: string) => readDocument(outer, kim, id);
/** The document ends as it should, once; work that the queue has lost meanwhile is revived as the worker's sweep does. */
async function endsWell(id: string): Promise<void> {
  await eventually(async () => {
    await reviveLostWork(outer, 20, trace).catch(() => 0);
    return (await now(id))?.status !== "PROCESSING";
  }, 60_000);
  expect(await now(id)).toMatchObject({ status: "COMPLETED", failure: null, visibleGeneration: 1 });
  const made = others.artefacts.filter((one) => one.documentId === id);
  expect(new Set(made.map((artefact) => JSON.stringify(artefact))).size).toBe(1);
}

const FAULTS = [
  ["down", { kind: "reset" }],
  ["slow", { kind: "latency", ms: 150 }],
] as const;

describe.each(["postgres", "redis", "s3"] as const)("While %s", (store) => {
  test.each(FAULTS)(
    "is %s, work waits, and ends once it is not",
    async (_name, fault) => {
      const held = gate();
      others.onIndex = held.wait;
      const running = await newDocument(outer, kim, datasetId, regulation());
      await held.reached;
      proxies[store].set(fault);
      const before = proxies[store].connections();
      const waiting = await newDocument(outer, kim, datasetId, regulation());
      held.open();
      others.onIndex = async () => {};
      if (fault.kind === "reset") {
        // It was tried, and failed, more than once.
        await eventually(async () => proxies[store].connections() > before + 3, 30_000);
        proxies[store].set({ kind: "none" });
      }
      for (const { id } of [running, waiting]) await endsWell(id);
      proxies[store].set({ kind: "none" });
    },
    150_000,
  );
});

describe("While the artefact store's disk is full", () => {
  test("indexing waits, a new file is refused and half of nothing stays, and all ends once there is room", async () => {
    const document = await newDocument(outer, kim, datasetId, regulation());
    disk.full = true;
    const other = await newDocument(outer, kim, datasetId, regulation());
    await eventually(async () => disk.refused > 0, 30_000);
    await expect(newDocument(inner, kim, datasetId, regulation())).rejects.toThrow(/STORAGE|store/i);
    expect((await now(other.id))?.status).toBe("PROCESSING");
    disk.full = false;
    for (const { id } of [document, other]) await endsWell(id);
  }, 120_000);
});

test("after all of this every store tells the same story", async () => {
  const page = await outer.documents.page(kim, datasetId, { first: 100, after: null }, {});
  const holdings = page.rows.map(({ id, visibleGeneration, chunksCount }) => ({
    documentId: id,
    generation: visibleGeneration ?? 0,
    items: chunksCount,
  }));
  expect(page.rows.map(({ status }) => status)).toEqual(page.rows.map(() => "COMPLETED"));
  for (const queue of [QUEUES.retrieval, QUEUES.knowledgeGraph]) others.inventories[queue] = { holdings, loose: 0 };
  const options = { settledSeconds: 0, repair: false, traceId: trace };
  const { findings } = await reconcileTenant(outer, kim.tenantId, { ...options, signal: AbortSignal.timeout(30_000) });
  expect(findings).toEqual([]);
  const [gone] = page.rows;
  granted(await outer.holdings.deleteDocument(kim, gone?.id ?? "", trace));
  await eventually(async () => (await now(gone?.id ?? "")) === undefined);
}, 60_000);
