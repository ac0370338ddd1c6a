import { createHash } from "node:crypto";

/** Names what a stage computes from: equal hashes mean equal artefacts. */
export const inputHash = (...input: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(input)).digest("base64url");
