import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createWriters } from "../adapters/redis-writers.js";
import { openReplica, someViewer } from "../testing/room.js";
import { openScene, type Scene, textOf } from "../testing/scene.js";
import { sweepLostWriters } from "./sweep.js";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());
beforeEach(() => scene.reset());

describe("a writer's lease", () => {
  test("ends by itself, is found as lost, and is gone once released", async () => {
    const id = `ans-${randomUUID()}`;
    const brief = createWriters(scene.first.redis, 1);
    await brief.renew(id);
    await expect.poll(() => brief.lost(1000)).toContain(id);
    expect(await brief.alive([id])).toEqual(new Set());
    await scene.first.writers.renew(id);
    expect(await scene.first.writers.alive([id, "another"])).toEqual(new Set([id]));
    expect(await scene.first.writers.lost(1000)).not.toContain(id);
    await scene.first.writers.release(id);
    expect(await scene.first.writers.alive([id])).toEqual(new Set());
  });

  test("that a dead writer left gives its answer to another job, whose writer alone may go on", async () => {
    const viewer = someViewer();
    const go = Promise.withResolvers<void>();
    scene.llm.say(["verloren, ", { wait: go.promise }, "verloren"], ["온전한 답"]);
    const n = scene.llm.requests.length + 1;
    const answer = await scene.ask(viewer);
    await scene.until(viewer, answer.id, "verloren");
    // As after a death: nothing renews the lease. The old writer is still there, like one that was only paused.
    await Promise.all(
      Array.from({ length: 2 }, () =>
        sweepLostWriters({ ...scene.first, writers: { ...scene.first.writers, lost: async () => [answer.id] } }),
      ),
    );
    const entries = await scene.all(viewer, answer.id);
    const restarts = entries.filter(({ event }) => event.type === "stage" && event.stage === "RESTARTED");
    expect(restarts).toHaveLength(1);
    expect(textOf(entries.slice(entries.indexOf(restarts[0] as never)))).toBe("온전한 답");
    // The overtaken writer leaves its model by itself, though that would never have said another word.
    await (await scene.llm.request(n)).closed;
    go.resolve();
    expect(await scene.stored(viewer, answer.id)).toMatchObject({ status: "COMPLETED", attempt: 2 });
    // The queue brings the first job back, as it does with a dead worker's: a later one had the answer.
    await expect(scene.first.answers.claim(viewer, answer.id, 1)).resolves.toBeUndefined();
  });

  test("of an answer that ended since is let go", async () => {
    const viewer = someViewer();
    const answer = await scene.ask(viewer);
    await scene.all(viewer, answer.id);
    await scene.first.writers.renew(answer.id);
    await sweepLostWriters({ ...scene.first, writers: { ...scene.first.writers, lost: async () => [answer.id] } });
    expect(await scene.first.writers.alive([answer.id])).toEqual(new Set());
    expect(await scene.stored(viewer, answer.id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
  });
});

describe("live streams", () => {
  test("have a place per user and per tenant, over all replicas, and free it when they end", async () => {
    const streams = { perUser: 2, perTenant: 3 };
    const options = { llmUrl: scene.llm.url, queue: scene.queue, streams };
    const replicas = [await openReplica(options), await openReplica(options)] as const;
    try {
      const viewer = someViewer();
      const colleague = someViewer({ tenantId: viewer.tenantId });
      const left = new AbortController();
      const open = async (who: typeof viewer, replica: 0 | 1) => {
        scene.llm.say(["offen ", "<hang>"]);
        const { id } = await scene.ask(who);
        const events = scene.follow(who, id, { replica: replicas[replica], signal: left.signal });
        await events.next();
        return { id, events };
      };
      const first = await open(viewer, 0);
      await open(viewer, 1);
      await expect(open(viewer, 0)).rejects.toMatchObject({ code: "RATE_LIMITED", details: { of: "USER", limit: 2 } });
      await open(colleague, 0);
      await expect(open(colleague, 1)).rejects.toMatchObject({ details: { of: "TENANT", limit: 3 } });
      await open(someViewer(), 1);
      await first.events.return(undefined);
      await open(viewer, 1);
      left.abort();
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
    }
  });
});
