import { BLOCK_BYTES, BLOCK_WEIGHTS, halfToNumber, type PackedModelFile } from "./packed-file.js";

const MICROSOFT = "com.microsoft";
const IR_VERSION = 9;
const OPSET = 17;
/** ONNX element types. */
const FLOAT = 1;
const UINT8 = 2;
const INT32 = 6;
/** `MatMulNBits` accumulates in 8-bit integers at level 4: the fastest on CPUs, same ranking as level 0. */
const ACCURACY_LEVEL = 4;

type Attribute = number | string | { float: number };

// Protocol buffers: a field is a varint key (number << 3 | wire type) and its value.
function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    out.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Buffer.from(out);
}
const intField = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);
function bytesField(field: number, value: Buffer | string): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}
function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), bytes]);
}

function attribute(name: string, value: Attribute): Buffer {
  const head = bytesField(1, name);
  if (typeof value === "string") return Buffer.concat([head, bytesField(4, value), intField(20, 3)]);
  if (typeof value === "number") return Buffer.concat([head, intField(3, value), intField(20, 2)]);
  return Buffer.concat([head, floatField(2, value.float), intField(20, 1)]);
}

/** Reorders the file's blocks (low nibbles first) into ONNX's (neighbours share a byte), scales apart. */
function repackBlocks(raw: Buffer): { weights: Uint8Array; scales: Float32Array } {
  const blocks = raw.length / BLOCK_BYTES;
  const weights = new Uint8Array(blocks * 16);
  const scales = new Float32Array(blocks);
  const unpacked = new Uint8Array(BLOCK_WEIGHTS);
  for (let block = 0; block < blocks; block++) {
    const start = block * BLOCK_BYTES;
    scales[block] = halfToNumber(raw.readUInt16LE(start));
    for (let i = 0; i < 16; i++) {
      const pair = raw.readUInt8(start + 2 + i);
      unpacked[i] = pair & 15;
      unpacked[i + 16] = pair >> 4;
    }
    for (let i = 0; i < 16; i++)
      weights[block * 16 + i] = (unpacked[2 * i] as number) | ((unpacked[2 * i + 1] as number) << 4);
  }
  return { weights, scales };
}

class GraphBuilder {
  private readonly parts: Buffer[] = [];

  node(op: string, inputs: string[], output: string, attributes: Record<string, Attribute> = {}, domain = ""): string {
    const fields = [
      ...inputs.map((input) => bytesField(1, input)),
      bytesField(2, output),
      bytesField(3, `${output}_node`),
      bytesField(4, op),
      ...Object.entries(attributes).map(([name, value]) => bytesField(5, attribute(name, value))),
      ...(domain === "" ? [] : [bytesField(7, domain)]),
    ];
    this.parts.push(bytesField(1, Buffer.concat(fields)));
    return output;
  }

  constant(name: string, dims: number[], type: number, data: Uint8Array | Float32Array): string {
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const fields = [...dims.map((dim) => intField(1, dim)), intField(2, type), bytesField(8, name), bytesField(9, raw)];
    this.parts.push(bytesField(5, Buffer.concat(fields)));
    return name;
  }

  private value(field: number, name: string, type: number, dims: (number | string)[]): Buffer {
    const shape = Buffer.concat(
      dims.map((dim) => bytesField(1, typeof dim === "string" ? bytesField(2, dim) : intField(1, dim))),
    );
    const tensor = bytesField(1, Buffer.concat([intField(1, type), bytesField(2, shape)]));
    return bytesField(field, Buffer.concat([bytesField(1, name), bytesField(2, tensor)]));
  }
  input = (name: string, type: number, dims: (number | string)[]) => this.parts.push(this.value(11, name, type, dims));
  output = (name: string, type: number, dims: (number | string)[]) => this.parts.push(this.value(12, name, type, dims));

  /** The serialised ModelProto. */
  serialize(): Buffer {
    const opset = (domain: string, version: number) =>
      bytesField(8, Buffer.concat([bytesField(1, domain), intField(2, version)]));
    const graph = bytesField(7, Buffer.concat([bytesField(2, "e5"), ...this.parts]));
    return Buffer.concat([
      intField(1, IR_VERSION),
      bytesField(2, "llmflow"),
      opset("", OPSET),
      opset(MICROSOFT, 1),
      graph,
    ]);
  }
}

/**
 * The transformer of a packed e5 model as an ONNX model (about 14 MB) with 4-bit matrix products.
 * Inputs: `embeddings` float [batch, tokens, hidden] (word + position + type, summed by the caller, so that the large
 * word table needs no second copy) and `mask` int32 [batch, tokens]. Output: `last_hidden_state`.
 */
export async function buildEncoderGraph(file: PackedModelFile): Promise<Buffer> {
  const { hidden, layers, heads, feedForward, epsilon } = file.shape;
  const graph = new GraphBuilder();

  const linear = async (input: string, tensor: string, outputs: number, inputs: number, name: string) => {
    const { weights, scales } = repackBlocks(await file.bytes(`${tensor}.w`));
    graph.constant(`${tensor}_weights`, [outputs, inputs / BLOCK_WEIGHTS, 16], UINT8, weights);
    graph.constant(`${tensor}_scales`, [scales.length], FLOAT, scales);
    graph.constant(`${tensor}_bias`, [outputs], FLOAT, await file.floats(`${tensor}.b`));
    const attributes = {
      K: inputs,
      N: outputs,
      bits: 4,
      block_size: BLOCK_WEIGHTS,
      accuracy_level: ACCURACY_LEVEL,
    };
    const operands = [input, `${tensor}_weights`, `${tensor}_scales`];
    const product = graph.node("MatMulNBits", operands, `${name}_product`, attributes, MICROSOFT);
    return graph.node("Add", [product, `${tensor}_bias`], name);
  };
  const layerNorm = async (input: string, tensor: string, name: string) => {
    graph.constant(`${tensor}_scale`, [hidden], FLOAT, await file.floats(`${tensor}.w`));
    graph.constant(`${tensor}_shift`, [hidden], FLOAT, await file.floats(`${tensor}.b`));
    const attributes = { axis: -1, epsilon: { float: epsilon } };
    return graph.node("LayerNormalization", [input, `${tensor}_scale`, `${tensor}_shift`], name, attributes);
  };

  graph.input("embeddings", FLOAT, ["batch", "tokens", hidden]);
  graph.input("mask", INT32, ["batch", "tokens"]);
  let state = await layerNorm("embeddings", "emb.ln", "layer0_input");
  for (let layer = 0; layer < layers; layer++) {
    const at = `l${layer}.`;
    const query = await linear(state, `${at}q`, hidden, hidden, `${at}query`);
    const key = await linear(state, `${at}k`, hidden, hidden, `${at}key`);
    const value = await linear(state, `${at}v`, hidden, hidden, `${at}value`);
    const operands = [query, key, value, "", "mask"];
    const context = graph.node("MultiHeadAttention", operands, `${at}context`, { num_heads: heads }, MICROSOFT);
    const attended = await linear(context, `${at}ao`, hidden, hidden, `${at}attended`);
    const middle = await layerNorm(
      graph.node("Add", [state, attended], `${at}residual1`),
      `${at}aln`,
      `${at}normalised1`,
    );
    const up = await linear(middle, `${at}fi`, feedForward, hidden, `${at}up`);
    const down = await linear(
      graph.node("Gelu", [up], `${at}gelu`, {}, MICROSOFT),
      `${at}fo`,
      hidden,
      feedForward,
      `${at}down`,
    );
    const name = layer === layers - 1 ? "last_hidden_state" : `${at}output`;
    state = await layerNorm(graph.node("Add", [middle, down], `${at}residual2`), `${at}oln`, name);
  }
  graph.output("last_hidden_state", FLOAT, ["batch", "tokens", hidden]);
  return graph.serialize();
}
