import { Redis } from "ioredis";
import type { Logger } from "../logging/logger.js";

export type { Redis } from "ioredis";

/** A connection for short commands: each has a time limit, none waits in an unbounded queue while the server is away. */
export function createRedis(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    connectionName: `llmflow:${name}`,
    maxRetriesPerRequest: 3,
    commandTimeout: 5000,
    connectTimeout: 5000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2000),
  });
  redis.on("error", (error: Error) => logger.warn({ component: "redis", reason: error.message }, "redis connection"));
  return redis;
}

/** A connection for blocking commands (queues, stream readers), which may wait as long as they like. */
export function createBlockingRedis(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    connectionName: `llmflow:${name}:blocking`,
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2000),
  });
  redis.on("error", (error: Error) => logger.warn({ component: "redis", reason: error.message }, "redis connection"));
  return redis;
}

/** Every key of a tenant begins with its prefix; there is no other way to build one. Parts are joined by ":". */
export const tenantKey = (tenantId: string, ...parts: readonly string[]): string => `t:${tenantId}:${parts.join(":")}`;
