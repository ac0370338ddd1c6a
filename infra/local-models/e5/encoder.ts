import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { EmbedderFiles } from "../weights.js";
import type { EncodeJob, EncodeResult, EncoderReady } from "./encoder-worker.js";

/** Which of the two queues a text waits in: a person waits for `interactive`, an indexing job for `batch`. */
export type Lane = "interactive" | "batch";

/** A text's unit vector with the milliseconds it waited and took. */
export interface Encoded {
  vector: Float32Array;
  queueMs: number;
  inferenceMs: number;
}

interface Waiting {
  ids: Int32Array;
  since: number;
  signal: AbortSignal | undefined;
  resolve(encoded: Encoded): void;
  reject(error: unknown): void;
}

/**
 * Encodes one text at a time in a worker thread. The thread never holds more than one text, so an interactive text
 * waits for the one being encoded and for earlier interactive ones, never for a batch. The number of waiting texts is
 * bounded by the server's permits, not here.
 */
export class Encoder {
  private readonly lanes: Record<Lane, Waiting[]> = { interactive: [], batch: [] };
  private current: { id: number; waiting: Waiting; started: number } | undefined;
  private failure: Error | undefined;
  private sequence = 0;
  private failed: (error: Error) => void = () => {};

  private constructor(
    private readonly worker: Worker,
    readonly dimension: number,
  ) {
    worker.on("message", (result: EncodeResult) => this.settle(result));
    const crashed = (error: Error) => {
      if (this.failure !== undefined) return;
      this.fail(error);
      this.failed(error);
    };
    worker.on("error", crashed);
    worker.on("exit", (code) => crashed(new Error(`the encoder thread ended with code ${code}`)));
  }

  /** Starts the thread and resolves when the model is loaded (about half a second). */
  static async start(files: EmbedderFiles): Promise<Encoder> {
    const worker = new Worker(new URL("./encoder-worker.ts", import.meta.url), { workerData: files });
    const ready = await new Promise<EncoderReady>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`the encoder thread ended with code ${code}`)));
    });
    return new Encoder(worker, ready.dimension);
  }

  get healthy(): boolean {
    return this.failure === undefined;
  }

  /** Called once when the thread ends without being stopped. */
  onFailure(listener: (error: Error) => void): void {
    this.failed = listener;
  }

  /** Texts waiting, without the one being encoded. */
  get waiting(): number {
    return this.lanes.interactive.length + this.lanes.batch.length;
  }

  /** Encodes a text's token ids. A text whose signal fires while it waits is dropped and rejects with the signal's reason. */
  encode(ids: Int32Array, lane: Lane, signal?: AbortSignal): Promise<Encoded> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.lanes[lane].push({ ids, since: performance.now(), signal, resolve, reject });
      this.next();
    });
  }

  /** Drops what waits, lets the thread finish its text (ending it inside native code would end the process) and ends it. */
  async stop(): Promise<void> {
    const exited = once(this.worker, "exit");
    this.reject(new Error("the encoder was stopped"), this.takeWaiting());
    this.failure ??= new Error("the encoder was stopped");
    this.worker.postMessage("stop");
    await exited;
  }

  private next(): void {
    while (this.current === undefined) {
      const waiting = this.lanes.interactive.shift() ?? this.lanes.batch.shift();
      if (waiting === undefined) return;
      if (waiting.signal?.aborted) {
        waiting.reject(waiting.signal.reason);
        continue;
      }
      const id = ++this.sequence;
      this.current = { id, waiting, started: performance.now() };
      this.worker.postMessage({ id, ids: waiting.ids } satisfies EncodeJob);
    }
  }

  private settle(result: EncodeResult): void {
    const current = this.current;
    if (current === undefined || current.id !== result.id) return;
    this.current = undefined;
    if ("error" in result) current.waiting.reject(new Error(result.error));
    else {
      const { vector, milliseconds } = result;
      const queueMs = current.started - current.waiting.since;
      current.waiting.resolve({ vector, queueMs, inferenceMs: milliseconds });
    }
    this.next();
  }

  private fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    const current = this.current ? [this.current.waiting] : [];
    this.current = undefined;
    this.reject(error, [...current, ...this.takeWaiting()]);
  }

  private takeWaiting(): Waiting[] {
    const { interactive, batch } = this.lanes;
    this.lanes.interactive = [];
    this.lanes.batch = [];
    return [...interactive, ...batch];
  }

  private reject(error: Error, all: Waiting[]): void {
    for (const waiting of all) waiting.reject(error);
  }
}
