import { type Redis, tenantKey } from "../../../platform/redis/redis.js";
import type { StreamPlaces } from "../ports.js";

/** How many streams may be open at once, over all replicas. */
export interface StreamLimits {
  readonly perUser: number;
  readonly perTenant: number;
}

/** A stream whose replica died frees its place after this long; it renews every two seconds. */
const LEASE_MS = 10_000;
const TTL_SECONDS = 3600;

const NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)\n";
// KEYS: the user's places, the tenant's. ARGV: stream, lease, ttl, per user, per tenant. A stream that has a place keeps it.
const TAKE = `${NOW}for i = 1, 2 do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
  if not redis.call('ZSCORE', KEYS[i], ARGV[1]) and redis.call('ZCARD', KEYS[i]) >= tonumber(ARGV[3 + i]) then return i end
end
for i = 1, 2 do
  redis.call('ZADD', KEYS[i], now + ARGV[2], ARGV[1])
  redis.call('EXPIRE', KEYS[i], ARGV[3])
end
return 0`;

/** Places for live streams, as leases in a sorted set per user and one per tenant. */
export function createStreamPlaces(redis: Redis, limits: StreamLimits): StreamPlaces {
  const keys = (tenantId: string, userId: string): [string, string] => [
    tenantKey(tenantId, "streams", "user", userId),
    tenantKey(tenantId, "streams", "all"),
  ];
  return {
    async take({ tenantId, userId }, streamId) {
      const full = await redis.eval(
        TAKE,
        2,
        ...keys(tenantId, userId),
        streamId,
        LEASE_MS,
        TTL_SECONDS,
        limits.perUser,
        limits.perTenant,
      );
      if (full === 1) return { of: "USER", limit: limits.perUser };
      return full === 2 ? { of: "TENANT", limit: limits.perTenant } : undefined;
    },
    async leave({ tenantId, userId }, streamId) {
      await Promise.all(keys(tenantId, userId).map((key) => redis.zrem(key, streamId)));
    },
  };
}
