import { createHash } from "node:crypto";

const BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's, lower case, as in every other id
const LENGTH = 26;

/**
 * The id of a chunk: `chk_` and 26 base-32 characters (130 bits) of SHA-256. The same document, generation and
 * position always give the same id, so that a stage that runs twice writes the same rows.
 */
export function chunkId(documentId: string, generation: number, position: number): string {
  const digest = createHash("sha256").update(`${documentId}\u0000${generation}\u0000${position}`).digest();
  let id = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of digest) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5 && id.length < LENGTH) {
      bits -= 5;
      id += BASE32[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return `chk_${id}`;
}
