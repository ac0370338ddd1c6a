import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Viewer } from "../platform/auth/viewer.js";
import { RequestError } from "../platform/errors/errors.js";

/** Operations per minute. */
export interface RateLimits {
  readonly perUser: number;
  readonly perTenant: number;
  readonly anonymous: number;
}

const WINDOW_SECONDS = 60;

/** Counts operations per user and per tenant, shared by all replicas; while Redis is away each replica counts for itself. */
export function createRateLimits(redis: Redis, limits: RateLimits): (viewer: Viewer | undefined) => Promise<void> {
  const limiter = (name: string, points: number): RateLimiterRedis =>
    new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `rate:${name}`,
      points,
      duration: WINDOW_SECONDS,
      insuranceLimiter: new RateLimiterMemory({ points, duration: WINDOW_SECONDS }),
    });
  const users = limiter("user", limits.perUser);
  const tenants = limiter("tenant", limits.perTenant);
  const anonymous = limiter("anonymous", limits.anonymous);
  return async (viewer) => {
    try {
      if (!viewer) await anonymous.consume("anyone");
      else await Promise.all([users.consume(`${viewer.tenantId}:${viewer.userId}`), tenants.consume(viewer.tenantId)]);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const seconds = Math.ceil(refusal.msBeforeNext / 1000);
      throw new RequestError("RATE_LIMITED", `Too many requests. Try again in ${seconds} s.`, {
        retryAfterSeconds: seconds,
      });
    }
  };
}
