import type { Redis } from "../../../platform/redis/redis.js";
import { tenantKey } from "../../../platform/redis/redis.js";
import type { PurgeMarks } from "../ports.js";

/** Longer than any job can still be on its way. */
const TTL_SECONDS = 14 * 24 * 3600;

// KEYS[1] key; ARGV: rows, ttl. Keeps the larger number.
const KEEP_LARGEST = `local old = tonumber(redis.call('GET', KEYS[1]) or '0')
local rows = math.max(old, tonumber(ARGV[1]))
redis.call('SET', KEYS[1], rows, 'EX', ARGV[2])
return rows`;

export function createPurgeMarks(redis: Redis): PurgeMarks {
  const key = (tenantId: string, documentId: string): string => tenantKey(tenantId, "retrieval", "purged", documentId);
  const record = async (tenantId: string, documentId: string, rows: number): Promise<number> =>
    Number(await redis.eval(KEEP_LARGEST, 1, key(tenantId, documentId), rows, TTL_SECONDS));
  return {
    mark: async (tenantId, documentId) => void (await record(tenantId, documentId, 0)),
    isMarked: async (tenantId, documentId) => (await redis.exists(key(tenantId, documentId))) === 1,
    recordFound: record,
  };
}
