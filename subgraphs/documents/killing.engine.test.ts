import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { reconcileTenant } from "./jobs/reconcile.js";
import { reviveLostWork } from "./jobs/sweep.js";
import type { Task } from "./testing/dying-worker.js";
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
import { regulation } from "./testing/working-room.js";

/** `npm test` kills this often; the soak asks for more. */
const SEEDS = Number(process.env["KILL_SEEDS"] ?? 20);
const REDIS_NUMBER = 5;
const LOCK_MS = 1500;
const trace = "0".repeat(32);

/** Effects after which the worker dies, before the job, or the command, is acknowledged. */
const POINTS = [
  "documents.enter",
  "objects.write",
  "documents.draft",
  "pipeline.run",
  "pipeline.openIndexing",
  "publisher.report",
  "publisher.show",
  "documents.change",
  "objects.remove",
  "pipeline.sweep",
  "pipeline.withdraw",
  "pipeline.discard",
  "pipeline.purge",
  "objects.removeAll",
  "documents.erase",
  "publisher.forget",
] as const;

let room: Room;
let others: OtherRooms;
let kim: Viewer;
let datasetId: string;

beforeAll(async () => {
  room = await openRoom(REDIS_NUMBER);
  await room.redis.flushdb();
  others = startOtherRooms(room);
  kim = viewerOf(newTenant(), "kim", ["hr"]);
  datasetId = (await newDataset(room, kim, "hr")).id;
});
afterAll(() => room.close());

/** A number from 0 to 1 that a seed and a purpose decide alone (mulberry32). */
function chance(seed: number, purpose: number): number {
  let state = (seed * 0x9e3779b1 + purpose * 0x85ebca6b) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

async function startWorker(dieAfter: Task["dieAfter"]): Promise<ChildProcess> {
  const task: Task = { ...room.share, redisNumber: REDIS_NUMBER, lockMs: LOCK_MS, dieAfter };
  const worker = fork(fileURLToPath(new URL("./testing/dying-worker.ts", import.meta.url)), [JSON.stringify(task)], {
    execArgv: ["--import", fileURLToPath(new URL("../../infra/start/typescript.mjs", import.meta.url))],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  });
  await Promise.race([
    once(worker, "message"),
    once(worker, "exit").then(([code, signal]) => {
      if (signal !== "SIGKILL") throw new Error(`the worker ended with ${code ?? signal} before it began`);
    }),
  ]);
  return worker;
}

const statusOf = async (id: string): Promise<string> => (await readDocument(room, kim, id))?.status ?? "GONE";
const isSettled = async (ids: Iterable<string>): Promise<boolean> => {
  for (const id of ids) if (["PROCESSING", "DELETING"].includes(await statusOf(id))) return false;
  return true;
};

test(
  `a worker that is killed ${SEEDS} times between an effect and its acknowledgement loses nothing, does nothing twice and leaves nothing`,
  async () => {
    const kept = new Set<string>();
    const deleted = new Map<string, string>();
    const deaths = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const point = POINTS[(seed - 1) % POINTS.length] as string;
      const worker = await startWorker({ point, calls: 1 + Math.floor(chance(seed, 1) * 2) });
      const died = once(worker, "exit");
      const { id } = await newDocument(room, kim, datasetId, regulation());
      kept.add(id);
      // Every other seed something else happens to a document meanwhile, so that the points of its way are passed as well.
      if (seed % 2 === 0) {
        const [victim] = kept;
        if (victim && chance(seed, 2) < 0.7) {
          kept.delete(victim);
          deleted.set(victim, granted(await room.holdings.deleteDocument(kim, victim, trace)).id);
        } else granted(await room.holdings.cancel(kim, id, trace));
      }
      // It has died, or all work is done and the point was not passed.
      const dead = await Promise.race([
        died.then(() => true),
        eventually(() => isSettled([...kept, ...deleted.keys()]), 30_000).then(() => false),
      ]);
      if (dead) deaths.set(point, (deaths.get(point) ?? 0) + 1);
      else {
        worker.kill("SIGKILL");
        await died;
      }
    }
    const last = await startWorker(null);
    const ended = once(last, "exit");
    await eventually(async () => {
      await reviveLostWork(room, 5, trace);
      return isSettled([...kept, ...deleted.keys()]);
    }, 60_000);

    expect([...deaths.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(SEEDS / 2);
    for (const id of kept) {
      const document = await readDocument(room, kim, id);
      if (document?.status === "CANCELLED") granted(await room.holdings.retry(kim, id, trace));
    }
    await eventually(() => isSettled(kept), 60_000);
    for (const id of kept) {
      const document = await readDocument(room, kim, id);
      expect(document, id).toMatchObject({ status: "COMPLETED", failure: null, stuck: null });
      const made = others.artefacts.filter(
        (one) => one.documentId === id && one.generation === document?.visibleGeneration,
      );
      // The rooms may be asked twice; what they are given is one and the same.
      expect(new Set(made.map((artefact) => JSON.stringify(artefact))).size, id).toBe(1);
      expect((await room.visibility.visible(kim.tenantId, [id])).get(id)?.generation).toBe(document?.visibleGeneration);
    }
    for (const [id, deletionId] of deleted) {
      expect(await statusOf(id)).toBe("GONE");
      const receipt = (await room.deletions.byIds(kim, [deletionId])).get(deletionId);
      expect(receipt, id).toMatchObject({ status: "COMPLETED", removed: { "postgres.documents": 1 } });
    }
    const holdings = await Promise.all(
      [...kept].map(async (id) => {
        const document = await readDocument(room, kim, id);
        return { documentId: id, generation: document?.visibleGeneration ?? 0, items: document?.chunksCount ?? 0 };
      }),
    );
    for (const queue of ["retrieval", "knowledge-graph"]) others.inventories[queue] = { holdings, loose: 0 };
    const sweep = () =>
      reconcileTenant(room, kim.tenantId, {
        settledSeconds: 0,
        repair: false,
        traceId: trace,
        signal: AbortSignal.timeout(30_000),
      });
    await eventually(async () => (await isQuiet()) || undefined, 30_000);
    expect((await sweep()).findings).toEqual([]);
    last.kill("SIGTERM");
    await ended;
  },
  Math.max(170_000, SEEDS * 10_000),
);

/** Nothing waits in the outbox any more. */
const isQuiet = async (): Promise<boolean> => {
  const [row] = await room.postgres.as(kim, (tx) => tx.query<{ n: number }>("SELECT count(*)::int AS n FROM outbox"));
  return row?.n === 0;
};
