import { tenantKey } from "../redis/redis.js";

/** Rooms whose stores bear marks of what is visible and are brought up to date after it was published. */
export const FOLLOWERS = ["knowledge-graph"] as const;
export type Follower = (typeof FOLLOWERS)[number];

/** Hash: document → its published state. */
export const visibilityKey = (tenantId: string): string => tenantKey(tenantId, "visibility");
/** Hash: document → the revision that the follower's store does not show yet. */
export const pendingKey = (tenantId: string, follower: Follower): string =>
  tenantKey(tenantId, "visibility-pending", follower);
/** Set: tenants that may have something pending for some follower. Names of tenants only. */
export const followersKey = "visibility:behind";
