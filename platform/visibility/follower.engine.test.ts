import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../logging/logger.js";
import { createRedis, type Redis } from "../redis/redis.js";
import { createVisibilityFollower, type VisibilityFollower } from "./follower.js";
import { pendingKey, visibilityKey } from "./keys.js";
import { createVisibilityFeed, type VisibilityFeed } from "./visibility.js";

const tenant = `t-visibility-${randomUUID().slice(0, 8)}`;
let redis: Redis;
let feed: VisibilityFeed;
let follower: VisibilityFollower;
beforeAll(() => {
  redis = createRedis(process.env["REDIS_URL"] ?? "", "visibility-suite", createLogger("test", "silent"));
  feed = createVisibilityFeed(redis);
  follower = createVisibilityFollower(redis, "knowledge-graph");
});
afterAll(async () => {
  await redis.del(visibilityKey(tenant), pendingKey(tenant, "knowledge-graph"));
  redis.disconnect();
});

const state = (revision: number, generation: number, department: string | null = "hr") => ({
  revision,
  generation,
  department,
  datasetId: "ds_1",
});
const pending = async () => Object.fromEntries((await follower.pending(tenant, 10)).changes);

test("a tenant of which nothing is published is unknown", async () => {
  expect(await follower.pending(tenant, 10)).toEqual({ known: false, changes: new Map() });
});

test("what is published is pending until the follower has caught up with that revision", async () => {
  await feed.publish(tenant, "doc_a", state(1, 1));
  await feed.publish(tenant, "doc_a", state(2, 1, "sales"));
  expect(await follower.tenants()).toContain(tenant);
  await follower.caughtUp(tenant, [{ id: "doc_a", revision: 1 }]);
  expect(await pending()).toEqual({ doc_a: { revision: 2, visible: state(2, 1, "sales") } });
  await follower.caughtUp(tenant, [{ id: "doc_a", revision: 2 }]);
  expect(await follower.pending(tenant, 10)).toEqual({ known: true, changes: new Map() });
  expect(await follower.tenants()).not.toContain(tenant);
});

test("a revision that changes nothing for readers leaves nothing to do", async () => {
  await feed.publish(tenant, "doc_a", state(3, 1, "sales"));
  expect(await pending()).toEqual({});
  await feed.publish(tenant, "doc_b", state(1, 1));
  await feed.publish(tenant, "doc_b", state(2, 1));
  expect(await pending()).toEqual({ doc_b: { revision: 2, visible: state(2, 1) } });
});

test("a hidden document is pending as hidden, and an older revision does not show it again", async () => {
  await feed.hide(tenant, "doc_b", 5);
  await feed.publish(tenant, "doc_b", state(4, 1));
  expect(await pending()).toEqual({ doc_b: { revision: 5, visible: null } });
  expect(await follower.behind(tenant, 10)).toEqual(new Map([["doc_b", { revision: 5, visible: null }]]));
});

test("more than the limit is refused, never cut", async () => {
  for (let i = 0; i < 11; i++) await feed.publish(tenant, `doc_many_${i}`, state(1, 1));
  await expect(follower.pending(tenant, 10)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
