import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's base 32, lower case

function encode(value: bigint, length: number): string {
  let text = "";
  for (let rest = value, i = 0; i < length; i++, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

export const ID_PREFIXES = {
  Dataset: "ds",
  Document: "doc",
  Upload: "upl",
  Chunk: "chk",
  Entity: "ent",
  Conversation: "cnv",
  Message: "msg",
  Answer: "ans",
  Deletion: "del",
  Webhook: "whk",
  Prompt: "prm",
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** A new opaque id, e.g. `doc_01j…`: 48 bits of time, 80 bits of chance (ULID), so that ids sort by age. */
export const newId = (kind: IdKind): string =>
  `${ID_PREFIXES[kind]}_${encode(BigInt(Date.now()), 10)}${encode(BigInt(`0x${randomBytes(10).toString("hex")}`), 16)}`;

/** Which kind an id claims to be; undefined for anything that is no id of ours. */
export function kindOfId(id: string): IdKind | undefined {
  const match = id.match(/^([a-z]{2,4})_[0-9a-z]{20,40}$/);
  return (Object.keys(ID_PREFIXES) as IdKind[]).find((kind) => ID_PREFIXES[kind] === match?.[1]);
}
