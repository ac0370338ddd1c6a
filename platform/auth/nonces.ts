import type { Redis } from "ioredis";

/** Remembers nonces, so that a captured request cannot be sent again, to any replica. */
export interface NonceStore {
  /** True the first time a nonce is seen within `ttlSeconds`, false ever after. */
  claim(nonce: string, ttlSeconds: number): Promise<boolean>;
}

/** Nonces shared by all replicas. One round trip; fails closed when Redis does. */
export const redisNonces = (redis: Redis): NonceStore => ({
  async claim(nonce, ttlSeconds) {
    return (await redis.set(`nonce:${nonce}`, "1", "EX", ttlSeconds, "NX")) === "OK";
  },
});

/** Nonces of a single process, bounded: for suites without Redis. Replicas do not share them, so no room is wired with it. */
export function memoryNonces(limit = 100_000): NonceStore {
  const seen = new Map<string, number>();
  return {
    async claim(nonce, ttlSeconds) {
      const now = Date.now();
      if ((seen.get(nonce) ?? 0) > now) return false;
      for (const [key, expires] of seen) {
        if (expires > now && seen.size < limit) break;
        seen.delete(key);
      }
      seen.set(nonce, now + ttlSeconds * 1000);
      return true;
    },
  };
}
