import { ParseFailure } from "../../../domain/elements.js";

/** Tags of the records that carry text and structure (HWP Document File Formats 5.0, Hancom Inc.). */
export const TAG = {
  paraShape: 25,
  style: 26,
  paraHeader: 66,
  paraText: 67,
  ctrlHeader: 71,
  listHeader: 72,
  table: 77,
} as const;

/** A record with what is nested under it. */
export interface HwpRecord {
  tag: number;
  data: Buffer;
  children: HwpRecord[];
}

const LONG = 0xfff;
const DEEPEST = 100;

/**
 * Cuts a stream into its records: 10 bits tag, 10 bits level, 12 bits size, or, when those are all ones, 4 bytes of size.
 * Throws `corrupt` when one runs over the end, `too_complex` beyond `most` records or levels.
 */
export function readRecords(stream: Buffer, most: number): HwpRecord[] {
  const roots: HwpRecord[] = [];
  const path: HwpRecord[] = [];
  let count = 0;
  for (let at = 0; at + 4 <= stream.length; ) {
    const header = stream.readUInt32LE(at);
    at += 4;
    const level = (header >>> 10) & 0x3ff;
    let size = header >>> 20;
    if (size === LONG) {
      if (at + 4 > stream.length) throw new ParseFailure("corrupt", "The file is damaged: a record is cut off.");
      size = stream.readUInt32LE(at);
      at += 4;
    }
    if (at + size > stream.length) throw new ParseFailure("corrupt", "The file is damaged: a record is cut off.");
    if (++count > most || level > DEEPEST)
      throw new ParseFailure("too_complex", "The document has too many parts or nests them too deeply.");
    const record: HwpRecord = { tag: header & 0x3ff, data: stream.subarray(at, at + size), children: [] };
    at += size;
    path.length = Math.min(path.length, level);
    const parent = path.at(-1);
    (parent ? parent.children : roots).push(record);
    path.push(record);
  }
  return roots;
}

/** Controls that take the place of 8 characters; the others below 32 are one character. */
const isWide = (code: number): boolean =>
  (code >= 1 && code <= 9) || (code >= 11 && code <= 12) || (code >= 14 && code <= 23);

/** The characters of a paragraph's text record. Controls are left out; what they stand for is in the records beside it. */
export function paragraphText(data: Buffer): string {
  let text = "";
  for (let at = 0; at + 2 <= data.length; at += 2) {
    const code = data.readUInt16LE(at);
    if (code >= 32) text += String.fromCharCode(code);
    else if (code === 9) text += "\t";
    else if (code === 10) text += "\n";
    else if (code === 24) text += "-";
    else if (code === 30 || code === 31) text += " ";
    if (isWide(code)) at += 14;
  }
  // characters of Hangul's own in the private use area have no meaning elsewhere
  return text
    .replace(/[\ue000-\uf8ff]/g, "")
    .replace(/[ \t\u00a0]+/g, " ")
    .trim();
}

/** A control's name is stored backwards: "tbl " as the bytes of " lbt". */
export const controlName = (data: Buffer): string =>
  data.subarray(0, 4).toString("latin1").split("").reverse().join("");

/** A string of a length in characters, then UTF-16. */
export function readString(data: Buffer, at: number): { text: string; end: number } {
  if (at + 2 > data.length) return { text: "", end: data.length };
  const end = Math.min(data.length, at + 2 + data.readUInt16LE(at) * 2);
  return { text: data.subarray(at + 2, end).toString("utf16le"), end };
}
