import type { Redis } from "ioredis";
import { tenantKey } from "../redis/redis.js";
import { FOLLOWERS, followersKey, pendingKey, visibilityKey } from "./keys.js";

/**
 * Which generation of a document a reader may see. `documents` owns the truth (a row of its table) and publishes it here as
 * a projection; the rooms that hold derived data over-fetch and keep only what is visible. Unknown is invisible (fails closed).
 */
export interface DocumentVisibility {
  readonly generation: number;
  readonly department: string | null;
  readonly datasetId: string;
  /** Grows with each change of the document; an older one never overwrites a newer one. */
  readonly revision: number;
}

export interface VisibilityFeed {
  publish(tenantId: string, documentId: string, state: DocumentVisibility): Promise<void>;
  /** Hides a document for good; the revision still guards against late writers. */
  hide(tenantId: string, documentId: string, revision: number): Promise<void>;
  /**
   * A mark that is another one after every change to the documents of these data sets, or of the whole tenant for none: what was
   * made from them under the same mark is made from the same documents. Undefined when nothing is known.
   */
  stamp(tenantId: string, datasetIds: readonly string[]): Promise<string | undefined>;
  /** The visible documents among `documentIds`; one round trip. */
  visible(tenantId: string, documentIds: readonly string[]): Promise<Map<string, DocumentVisibility>>;
}

// KEYS: states, tenants with news, stamps, then the pending hash of each follower. ARGV: document, revision, state, tenant, data set ('' for a
// hidden one). Keeps the newest revision only, and notes it for every follower in the same step, unless readers see the same as before.
// A stamp is a time and not a count: a count that is lost and begun again would come back to a value that it had.
const PUT = `local old = redis.call('HGET', KEYS[1], ARGV[1])
local t = redis.call('TIME') local stamp = t[1] .. '.' .. t[2]
local same = false
if old then
  local o, n = cjson.decode(old), cjson.decode(ARGV[3])
  if o.revision >= tonumber(ARGV[2]) then return 0 end
  same = o.generation == n.generation and o.department == n.department and o.hidden == n.hidden
  if o.datasetId then redis.call('HSET', KEYS[3], o.datasetId, stamp) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[3], '*', stamp)
if ARGV[5] ~= '' then redis.call('HSET', KEYS[3], ARGV[5], stamp) end
for i = 4, #KEYS do
  if not same or redis.call('HEXISTS', KEYS[i], ARGV[1]) == 1 then redis.call('HSET', KEYS[i], ARGV[1], ARGV[2]) end
end
redis.call('SADD', KEYS[2], ARGV[4]) return 1`;

export function createVisibilityFeed(redis: Redis): VisibilityFeed {
  const stamps = (tenantId: string): string => tenantKey(tenantId, "visibility", "stamps");
  const put = (
    tenantId: string,
    documentId: string,
    revision: number,
    value: { datasetId?: string },
  ): Promise<unknown> => {
    const keys = [
      visibilityKey(tenantId),
      followersKey,
      stamps(tenantId),
      ...FOLLOWERS.map((follower) => pendingKey(tenantId, follower)),
    ];
    const dataset = value.datasetId ?? "";
    return redis.eval(PUT, keys.length, ...keys, documentId, revision, JSON.stringify(value), tenantId, dataset);
  };
  return {
    publish: async (tenantId, documentId, state) => void (await put(tenantId, documentId, state.revision, state)),
    hide: async (tenantId, documentId, revision) =>
      void (await put(tenantId, documentId, revision, { revision, hidden: true } as { datasetId?: string })),
    async stamp(tenantId, datasetIds) {
      const sets = [...new Set(datasetIds)].sort();
      const [all, ...each] = await redis.hmget(stamps(tenantId), "*", ...sets);
      if (!all) return undefined;
      // A data set without a stamp has had no document.
      return sets.length === 0 ? all : each.map((stamp, i) => `${sets[i]}@${stamp ?? 0}`).join(",");
    },
    async visible(tenantId, documentIds) {
      const ids = [...new Set(documentIds)];
      if (ids.length === 0) return new Map();
      const values = await redis.hmget(visibilityKey(tenantId), ...ids);
      const states = new Map<string, DocumentVisibility>();
      values.forEach((value, i) => {
        const state = readState(value);
        if (state?.visible) states.set(ids[i] as string, state.visible);
      });
      return states;
    },
  };
}

/** What was last said about a document: what readers may see of it, or null when it is hidden. */
export interface PublishedState {
  readonly revision: number;
  readonly visible: DocumentVisibility | null;
}

/** A stored state; undefined when nothing was ever said. */
export function readState(value: string | null | undefined): PublishedState | undefined {
  if (!value) return undefined;
  const state = JSON.parse(value) as DocumentVisibility & { hidden?: boolean };
  return { revision: state.revision, visible: state.hidden ? null : state };
}
