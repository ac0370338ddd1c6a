import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import { addQuantizedRow, PackedModelFile } from "./packed-file.js";

/** What the owner of this thread asks for: one text's token ids. */
export interface EncodeJob {
  id: number;
  ids: Int32Array;
}

/** The text's unit vector and the milliseconds it took, or why it failed. */
export type EncodeResult = { id: number; vector: Float32Array; milliseconds: number } | { id: number; error: string };

/** Sent once, when the model is loaded. */
export interface EncoderReady {
  ready: true;
  dimension: number;
}

// onnxruntime's `run` blocks its thread until the text is done (0.2 s for 400 tokens): this thread has nothing else to do.
const port = parentPort;
if (port === null) throw new Error("encoder-worker runs as a worker thread only");
const paths = workerData as { model: string; encoder: string };

const file = await PackedModelFile.open(paths.model);
const hidden = file.shape.hidden;
const words = await file.bytes("emb.word");
const positions = await file.floats("emb.pos");
const type = await file.floats("emb.type");
for (let i = 0; i < positions.length; i++) {
  positions[i] = (positions[i] as number) + (type[i % hidden] as number);
}
await file.close();

const session = await ort.InferenceSession.create(paths.encoder, {
  // One thread is as fast as two for texts of this size, and leaves the other core to the rest of the machine.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: "all",
});

/** Mean of the token states, scaled to length 1. */
function meanPool(states: Float32Array, tokens: number): Float32Array {
  const pooled = new Float32Array(hidden);
  for (let token = 0; token < tokens; token++) {
    for (let i = 0; i < hidden; i++) pooled[i] = (pooled[i] as number) + (states[token * hidden + i] as number);
  }
  const norm = Math.hypot(...pooled);
  return pooled.map((value) => value / norm);
}

async function encode(ids: Int32Array): Promise<Float32Array> {
  const tokens = ids.length;
  const embeddings = positions.slice(0, tokens * hidden);
  for (let token = 0; token < tokens; token++) {
    addQuantizedRow(words, ids[token] as number, hidden, embeddings, token * hidden);
  }
  const output = await session.run({
    embeddings: new ort.Tensor("float32", embeddings, [1, tokens, hidden]),
    mask: new ort.Tensor("int32", new Int32Array(tokens).fill(1), [1, tokens]),
  });
  return meanPool(output["last_hidden_state"]?.data as Float32Array, tokens);
}

port.on("message", async (message: EncodeJob | "stop") => {
  if (message === "stop") {
    port.close();
    await session.release();
    return;
  }
  const { id, ids } = message;
  const started = performance.now();
  try {
    const vector = await encode(ids);
    port.postMessage({ id, vector, milliseconds: performance.now() - started } satisfies EncodeResult);
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies EncodeResult);
  }
});
port.postMessage({ ready: true, dimension: hidden } satisfies EncoderReady);
