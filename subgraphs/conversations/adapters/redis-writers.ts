import type { Redis } from "../../../platform/redis/redis.js";
import type { Writers } from "../ports.js";

/** Answers that are being written now, over all tenants: ids only, scored by when their writer's lease ends. */
const KEY = "conversations:writers";
/** A writer that was not heard of for this long is dead; it renews every second. */
const LEASE_MS = 5000;

// Redis's own clock decides, so that the workers' clocks need not agree.
const NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)\n";
const RENEW = `${NOW}redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) return 1`;
const LOST = `${NOW}return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])`;
const ALIVE = `${NOW}local alive = {}
for _, id in ipairs(ARGV) do
  local deadline = redis.call('ZSCORE', KEYS[1], id)
  if deadline and tonumber(deadline) > now then alive[#alive + 1] = id end
end
return alive`;

/** The writers' leases in one sorted set. */
export function createWriters(redis: Redis, leaseMilliseconds: number = LEASE_MS): Writers {
  return {
    renew: async (answerId) => void (await redis.eval(RENEW, 1, KEY, answerId, leaseMilliseconds)),
    release: async (answerId) => void (await redis.zrem(KEY, answerId)),
    lost: async (limit) => (await redis.eval(LOST, 1, KEY, limit)) as string[],
    async alive(answerIds) {
      if (answerIds.length === 0) return new Set();
      return new Set((await redis.eval(ALIVE, 1, KEY, ...answerIds)) as string[]);
    },
  };
}
