import { crc32, inflateRawSync } from "node:zlib";
import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;

interface Entry {
  encrypted: boolean;
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  headerOffset: number;
}

const damaged = (what: string): ParseFailure => new ParseFailure("corrupt", `The file is damaged: ${what}.`);

function endOfDirectory(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_LENGTH - LONGEST_COMMENT);
  for (let at = bytes.length - END_LENGTH; at >= first; at--) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw damaged("the directory at the end of its archive is missing");
}

/**
 * A zip archive held in memory. Only what is asked for is inflated, never beyond its declared size nor the limits (a bomb costs
 * nothing), and every part is checked against its stored size and CRC-32, so that a damaged part is an error, not shorter text.
 */
export class Archive {
  readonly #bytes: Buffer;
  readonly #entries = new Map<string, Entry>();
  #left: number;

  /** Throws `corrupt` when the directory cannot be read and `too_large` beyond the limits. */
  constructor(bytes: Uint8Array, limits: ParserLimits) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = limits.inflatedBytes;
    const end = endOfDirectory(this.#bytes);
    const count = this.#bytes.readUInt16LE(end + 10);
    if (count > limits.archiveEntries) throw new ParseFailure("too_large", "The file holds too many parts.");
    let at = this.#bytes.readUInt32LE(end + 16);
    for (let i = 0; i < count; i++) {
      if (at + 46 > end || this.#bytes.readUInt32LE(at) !== DIRECTORY_ENTRY)
        throw damaged("its archive directory is cut off");
      const nameLength = this.#bytes.readUInt16LE(at + 28);
      const name = this.#bytes.toString("utf8", at + 46, at + 46 + nameLength);
      this.#entries.set(name, {
        encrypted: (this.#bytes.readUInt16LE(at + 8) & 1) === 1,
        method: this.#bytes.readUInt16LE(at + 10),
        crc: this.#bytes.readUInt32LE(at + 16),
        compressedSize: this.#bytes.readUInt32LE(at + 20),
        size: this.#bytes.readUInt32LE(at + 24),
        headerOffset: this.#bytes.readUInt32LE(at + 42),
      });
      at += 46 + nameLength + this.#bytes.readUInt16LE(at + 30) + this.#bytes.readUInt16LE(at + 32);
    }
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The bytes of one part, or null when there is none of that name. Throws `corrupt`, `encrypted` or `too_large`. */
  read(name: string): Uint8Array | null {
    const entry = this.#entries.get(name);
    if (!entry) return null;
    if (entry.encrypted) throw new ParseFailure("encrypted", "The file is protected with a password.");
    if (entry.size > this.#left) throw new ParseFailure("too_large", "The file unpacks to more than is allowed.");
    const content = this.#inflate(name, entry);
    if (content.length !== entry.size || crc32(content) !== entry.crc)
      throw damaged(`its part ${name} does not match its checksum`);
    this.#left -= content.length;
    return content;
  }

  #inflate(name: string, entry: Entry): Buffer {
    const header = entry.headerOffset;
    if (header + 30 > this.#bytes.length || this.#bytes.readUInt32LE(header) !== LOCAL_HEADER) {
      throw damaged(`its part ${name} cannot be found`);
    }
    const start = header + 30 + this.#bytes.readUInt16LE(header + 26) + this.#bytes.readUInt16LE(header + 28);
    const packed = this.#bytes.subarray(start, start + entry.compressedSize);
    if (packed.length !== entry.compressedSize) throw damaged(`its part ${name} is cut off`);
    if (entry.method === 0) return packed;
    if (entry.method !== 8) throw new ParseFailure("unsupported", "The file is packed in a way that cannot be read.");
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
    } catch (cause) {
      throw new ParseFailure("corrupt", `The file is damaged: its part ${name} cannot be unpacked.`, { cause });
    }
  }
}
