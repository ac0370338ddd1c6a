import type { Redis } from "ioredis";
import { tenantKey } from "../redis/redis.js";

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
  /** The visible documents among `documentIds`; one round trip. */
  visible(tenantId: string, documentIds: readonly string[]): Promise<Map<string, DocumentVisibility>>;
}

// KEYS[1] hash; ARGV: field, revision, value. Keeps the newest revision only.
const PUT = `local old = redis.call('HGET', KEYS[1], ARGV[1])
if old then local o = cjson.decode(old) if o.revision >= tonumber(ARGV[2]) then return 0 end end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) return 1`;

export function createVisibilityFeed(redis: Redis): VisibilityFeed {
  const key = (tenantId: string): string => tenantKey(tenantId, "visibility");
  const put = (tenantId: string, documentId: string, revision: number, value: object): Promise<unknown> =>
    redis.eval(PUT, 1, key(tenantId), documentId, revision, JSON.stringify(value));
  return {
    publish: async (tenantId, documentId, state) => void (await put(tenantId, documentId, state.revision, state)),
    hide: async (tenantId, documentId, revision) =>
      void (await put(tenantId, documentId, revision, { revision, hidden: true })),
    async visible(tenantId, documentIds) {
      const ids = [...new Set(documentIds)];
      if (ids.length === 0) return new Map();
      const values = await redis.hmget(key(tenantId), ...ids);
      const states = new Map<string, DocumentVisibility>();
      values.forEach((value, i) => {
        const state = value ? (JSON.parse(value) as DocumentVisibility & { hidden?: boolean }) : undefined;
        if (state && !state.hidden) states.set(ids[i] as string, state);
      });
      return states;
    },
  };
}
