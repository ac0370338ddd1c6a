import type { Redis } from "ioredis";
import { UnavailableError } from "../errors/errors.js";
import { FOLLOWERS, type Follower, followersKey, pendingKey, visibilityKey } from "./keys.js";
import { type PublishedState, readState } from "./visibility.js";

/** What was published but is not in a follower's store yet. */
export interface PendingVisibility {
  /** False: nothing was ever published for the tenant, or it was lost; then nothing of it is readable. */
  readonly known: boolean;
  /** By document; the newest state, whatever the store shows. */
  readonly changes: ReadonlyMap<string, PublishedState>;
}

/**
 * The feed as seen by a room whose store follows it. Between the publication of a change and the moment when the store shows it
 * the document is pending: readers take its published state instead of the store's.
 */
export interface VisibilityFollower {
  /** One round trip. @throws UnavailableError VISIBILITY when more than `limit` documents are pending. */
  pending(tenantId: string, limit: number): Promise<PendingVisibility>;
  /** Some pending documents, for those who bring the store up to date. */
  behind(tenantId: string, limit: number): Promise<ReadonlyMap<string, PublishedState>>;
  state(tenantId: string, documentId: string): Promise<PublishedState | undefined>;
  /** The store shows this revision now; a newer one stays pending. */
  caughtUp(tenantId: string, documents: readonly { readonly id: string; readonly revision: number }[]): Promise<void>;
  /** Tenants that may have something pending. */
  tenants(): Promise<readonly string[]>;
}

// KEYS: states, pending. ARGV: limit. {known, pending in all, id, state, id, state, …}
const PENDING = `local count = redis.call('HLEN', KEYS[2])
local out = {redis.call('EXISTS', KEYS[1]), count}
if count == 0 or count > tonumber(ARGV[1]) then return out end
for _, id in ipairs(redis.call('HKEYS', KEYS[2])) do
  out[#out + 1] = id
  out[#out + 1] = redis.call('HGET', KEYS[1], id) or ''
end
return out`;

// KEYS: tenants with news, the pending hash of this follower, those of all. ARGV: tenant, document, revision, …
const CAUGHT_UP = `for i = 2, #ARGV, 2 do
  local revision = redis.call('HGET', KEYS[2], ARGV[i])
  if revision and tonumber(revision) <= tonumber(ARGV[i + 1]) then redis.call('HDEL', KEYS[2], ARGV[i]) end
end
for i = 3, #KEYS do if redis.call('EXISTS', KEYS[i]) == 1 then return 0 end end
return redis.call('SREM', KEYS[1], ARGV[1])`;

const SCAN = 500;

export function createVisibilityFollower(redis: Redis, follower: Follower): VisibilityFollower {
  return {
    async pending(tenantId, limit) {
      const [known, count, ...rows] = (await redis.eval(
        PENDING,
        2,
        visibilityKey(tenantId),
        pendingKey(tenantId, follower),
        limit,
      )) as [number, number, ...string[]];
      if (count > limit)
        throw new UnavailableError("VISIBILITY", "Many documents change hands just now. Try again shortly.");
      const changes = new Map<string, PublishedState>();
      for (let at = 0; at + 1 < rows.length; at += 2) {
        const id = rows[at] as string;
        // Pending without a state: the projection was lost in part. Hidden until it is published again.
        changes.set(id, readState(rows[at + 1]) ?? { revision: 0, visible: null });
      }
      return { known: known === 1, changes };
    },
    async behind(tenantId, limit) {
      const ids: string[] = [];
      for (let cursor = "0"; ; ) {
        const [next, rows] = await redis.hscan(pendingKey(tenantId, follower), cursor, "COUNT", SCAN);
        for (let at = 0; at < rows.length; at += 2) ids.push(rows[at] as string);
        cursor = next;
        if (cursor === "0" || ids.length >= limit) break;
      }
      const wanted = ids.slice(0, limit);
      const values = wanted.length > 0 ? await redis.hmget(visibilityKey(tenantId), ...wanted) : [];
      return new Map(
        wanted.flatMap((id, i) => {
          const state = readState(values[i]);
          return state ? [[id, state] as const] : [];
        }),
      );
    },
    state: async (tenantId, documentId) => readState(await redis.hget(visibilityKey(tenantId), documentId)),
    async caughtUp(tenantId, documents) {
      const keys = [
        followersKey,
        pendingKey(tenantId, follower),
        ...FOLLOWERS.map((name) => pendingKey(tenantId, name)),
      ];
      await redis.eval(
        CAUGHT_UP,
        keys.length,
        ...keys,
        tenantId,
        ...documents.flatMap(({ id, revision }) => [id, revision]),
      );
    },
    tenants: () => redis.smembers(followersKey),
  };
}
