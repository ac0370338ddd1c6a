import type { JWK } from "jose";

/** What every process of this benchmark is told. */
export interface RouterSettings {
  readonly supergraphSdl: string;
  readonly subgraphs: { readonly catalogue: string; readonly reviews: string };
  /** The router's signing key, base64url. */
  readonly secret: string;
  readonly publicKey: JWK;
}

export interface HiveSettings extends RouterSettings {
  /** Who plans: the gateway's own planner, or the one in Rust. */
  readonly planner: "javascript" | "rust";
}

export const ROUTER_KEY_ID = "router";
