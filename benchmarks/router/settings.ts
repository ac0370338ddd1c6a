import type { JWK } from "jose";

/** What every process of this benchmark is told. */
export interface RouterSettings {
  readonly supergraphSdl: string;
  readonly subgraphs: { readonly catalogue: string; readonly reviews: string };
  /** The router's signing key, base64url. */
  readonly secret: string;
  readonly publicKey: JWK;
}

export const ROUTER_KEY_ID = "router";
