import { type Redis, tenantKey } from "../../../platform/redis/redis.js";
import type { Listeners } from "../ports.js";

/** A listener that was not renewed for this long is gone with its process. */
const LEASE_MS = 6000;
const TTL_SECONDS = 3600;

// Redis's own clock decides, so that the replicas' clocks need not agree.
const NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)\n";
// KEYS: listeners, armed. ARGV: listener, lease, ttl, arms.
const RENEW = `${NOW}redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
if ARGV[4] == '1' then redis.call('SET', KEYS[2], '1', 'EX', ARGV[3]) end
return 1`;
// ARGV: listener that leaves ('' for none).
const LEFT = `${NOW}redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) == 0 and redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
return 0`;

/** Listeners as leases in a sorted set per answer. */
export function createListeners(redis: Redis, leaseMilliseconds: number = LEASE_MS): Listeners {
  const keys = (tenantId: string, answerId: string): [string, string] => [
    tenantKey(tenantId, "answer", answerId, "listeners"),
    tenantKey(tenantId, "answer", answerId, "ends-with-listeners"),
  ];
  const left = async (tenantId: string, answerId: string, listenerId: string): Promise<boolean> =>
    (await redis.eval(LEFT, 2, ...keys(tenantId, answerId), listenerId)) === 1;
  return {
    async renew(tenantId, answerId, listenerId, cancels) {
      await redis.eval(
        RENEW,
        2,
        ...keys(tenantId, answerId),
        listenerId,
        leaseMilliseconds,
        TTL_SECONDS,
        cancels ? "1" : "0",
      );
    },
    leave: left,
    abandoned: (tenantId, answerId) => left(tenantId, answerId, ""),
  };
}
