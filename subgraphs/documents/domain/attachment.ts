import { createHash } from "node:crypto";

/** Messages in messages that are followed; what lies deeper is left out. */
export const MAX_ATTACHMENT_DEPTH = 3;
/** Documents that one uploaded file may become in all. */
export const MAX_ATTACHED_DOCUMENTS = 200;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** "doc_" and the ten characters of time in an id. */
const TIME_LENGTH = 14;
const RANDOM_LENGTH = 16;

/**
 * The id of an attachment: the same whenever the message is read, so that a stage that runs twice makes it once. It sorts beside its
 * message, and only the content tells it from its siblings.
 */
export function attachmentId(parentId: string, sha256: string): string {
  const digest = createHash("sha256").update(`${parentId}\n${sha256}`).digest();
  const rest = [...digest.subarray(0, RANDOM_LENGTH)].map((byte) => ALPHABET[byte & 31]).join("");
  return parentId.slice(0, TIME_LENGTH) + rest;
}
