import { type Redis, tenantKey } from "../redis/redis.js";

/** Longer than a job can run. */
const TTL_SECONDS = 24 * 3600;

// KEYS[1] key; ARGV: attempt, ttl. Keeps the newest.
const RAISE = `local old = tonumber(redis.call('GET', KEYS[1]) or '0')
redis.call('SET', KEYS[1], math.max(old, tonumber(ARGV[1])), 'EX', ARGV[2])`;

/** Which attempts at a document's work were called off; the owner of the document says so, every worker asks while it works. */
export interface OvertakenAttempts {
  /** This attempt and all before it are to stop. */
  callOff(tenantId: string, documentId: string, attempt: number): Promise<void>;
  isCalledOff(tenantId: string, documentId: string, attempt: number): Promise<boolean>;
  /** The document is gone, and its jobs with it. */
  forget(tenantId: string, documentId: string): Promise<void>;
}

/** Only a courtesy that saves time and work: what must not happen twice is guarded where it happens. */
export function createOvertakenAttempts(redis: Redis): OvertakenAttempts {
  const key = (tenantId: string, documentId: string): string => tenantKey(tenantId, "overtaken", documentId);
  return {
    callOff: async (tenantId, documentId, attempt) =>
      void (await redis.eval(RAISE, 1, key(tenantId, documentId), attempt, TTL_SECONDS)),
    isCalledOff: async (tenantId, documentId, attempt) =>
      Number((await redis.get(key(tenantId, documentId))) ?? 0) >= attempt,
    forget: async (tenantId, documentId) => void (await redis.del(key(tenantId, documentId))),
  };
}
