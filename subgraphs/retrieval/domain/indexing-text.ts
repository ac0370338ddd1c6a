import { searchTokens } from "../../../platform/language/search-tokens.js";

/** The longest text a row can hold, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 65_535;

/** The text up to `bytes` bytes of UTF-8, cut between characters, and between words where `separator` says so. */
export function cutToBytes(text: string, bytes: number, separator?: string): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const encoded = Buffer.from(text);
  let end = bytes;
  // A byte 10xxxxxx continues a character: step back to where one begins.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  const cut = encoded.toString("utf8", 0, end);
  const at = separator ? cut.lastIndexOf(separator) : -1;
  return at > 0 ? cut.slice(0, at) : cut;
}

/** A chunk's text under its headings, as it is embedded and searched: a passage "5일 전" means little without "연차 신청". */
export function textWithHeadings(chunk: {
  readonly text: string;
  readonly headingPath: readonly string[];
  readonly title: string | null;
}): string {
  const headings = chunk.headingPath.length > 0 ? chunk.headingPath : chunk.title ? [chunk.title] : [];
  const missing = headings.filter((heading) => heading.trim() !== "" && !chunk.text.startsWith(heading));
  return missing.length > 0 ? `${missing.join(" > ")}\n${chunk.text}` : chunk.text;
}

/** The tokens that full-text search sees, within what a row can hold. */
export const searchTextOf = (text: string): string => cutToBytes(searchTokens(text), MAX_TEXT_BYTES, " ");
