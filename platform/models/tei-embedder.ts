import { AdaptiveGate } from "./adaptive-gate.js";
import { type Batch, planBatches } from "./batches.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { Endpoint } from "./endpoint.js";
import { ModelError } from "./errors.js";
import type { CallOptions, Embedder, EmbedderInfo } from "./ports.js";
import { retrying } from "./retry.js";
import { type PromptStyle, promptStyleOf, type TeiInfo, teiInfo, teiTokens, teiVectors } from "./tei-wire.js";

export interface TeiEmbedderOptions {
  url: string;
  apiKey?: string | undefined;
  /** Unset: by the model's id (see `promptStyleOf`). */
  prompts?: PromptStyle | undefined;
  /** Requests under way at once. */
  inFlight?: number | undefined;
  /** Time limit of one attempt at a question, and of all attempts. */
  queryTimeoutMs?: number | undefined;
  queryDeadlineMs?: number | undefined;
  /** Time limit of one attempt at a batch, and of all attempts at it. */
  batchTimeoutMs?: number | undefined;
  batchDeadlineMs?: number | undefined;
}

type Role = "query" | "passage";

interface Model {
  info: EmbedderInfo;
  maxBatchTokens: number;
  prompts: PromptStyle;
}

/** How long it is taken for granted which model the server runs. */
const REMEMBERED_MS = 30_000;
const PROBE = "query: dimension";
/** A batch that the server fails on (5xx) is tried this often before a poisonous text is looked for. */
const SERVER_ERRORS_BEFORE_SPLIT = 3;

/** `Embedder` over Text Embeddings Inference's HTTP interface. */
export class TeiEmbedder implements Embedder {
  private readonly endpoint: Endpoint;
  private readonly breaker: CircuitBreaker;
  private readonly gate: AdaptiveGate;
  private readonly limits: Record<"queryTimeoutMs" | "queryDeadlineMs" | "batchTimeoutMs" | "batchDeadlineMs", number>;
  private model: Promise<Model> | undefined;
  private askedAt = 0;

  constructor(private readonly options: TeiEmbedderOptions) {
    this.endpoint = new Endpoint({ url: options.url, apiKey: options.apiKey, name: "the embedder" });
    this.breaker = new CircuitBreaker("the embedder");
    this.gate = new AdaptiveGate(options.inFlight ?? 4);
    this.limits = {
      queryTimeoutMs: options.queryTimeoutMs ?? 5_000,
      queryDeadlineMs: options.queryDeadlineMs ?? 8_000,
      batchTimeoutMs: options.batchTimeoutMs ?? 120_000,
      batchDeadlineMs: options.batchDeadlineMs ?? 600_000,
    };
  }

  async info({ signal, fresh }: CallOptions & { fresh?: boolean | undefined } = {}): Promise<EmbedderInfo> {
    if (fresh) this.model = undefined;
    return (await this.describe(signal)).info;
  }

  async embedQuery(text: string, { signal }: CallOptions = {}): Promise<number[]> {
    const { queryTimeoutMs: timeoutMs, queryDeadlineMs: deadlineMs } = this.limits;
    const call = async () => {
      const model = await this.describe(signal);
      const [vector] = await this.request(model, [text], "query", timeoutMs, signal);
      return vector as number[];
    };
    return retrying(call, { deadlineMs, attempts: 4, maxMs: 1_000, signal });
  }

  async embedPassages(
    texts: readonly string[],
    { signal, onBatch }: CallOptions & { onBatch?: ((done: number) => void) | undefined } = {},
  ): Promise<number[][]> {
    if (texts.length === 0) return [];
    const model = await retrying(() => this.describe(signal), { deadlineMs: this.limits.batchDeadlineMs, signal });
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const vectors = new Array<number[]>(texts.length);
    const { maxBatch, maxTokens } = model.info;
    const work = planBatches(texts, maxBatch, model.maxBatchTokens, maxTokens).map(async (batch) => {
      await this.fill(model, texts, batch, vectors, either);
      onBatch?.(batch.end - batch.start);
    });
    try {
      await Promise.all(work);
      return vectors;
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(work);
      throw signal?.aborted ? signal.reason : error;
    }
  }

  async countTokens(texts: readonly string[], { signal }: CallOptions = {}): Promise<number[]> {
    if (texts.length === 0) return [];
    const { batchTimeoutMs, batchDeadlineMs: deadlineMs } = this.limits;
    const { info } = await retrying(() => this.describe(signal), { deadlineMs, signal });
    const counts = new Array<number>(texts.length);
    // Tokens are not limited per request here, the body's bytes are: 16,384 tokens stay far below 2 MB.
    const batches = planBatches(texts, info.maxBatch, 65_536, Number.MAX_SAFE_INTEGER);
    await Promise.all(
      batches.map(async ({ start, end }) => {
        const inputs = texts.slice(start, end);
        // An empty text is refused by the server: it is read as the two marks alone.
        const sent = inputs.map((text) => (text.length === 0 ? " " : text));
        const call = () =>
          this.breaker.run(() =>
            this.endpoint.json("/tokenize", { inputs: sent }, teiTokens, { timeoutMs: batchTimeoutMs, signal }),
          );
        const tokens = await this.gate.run(() => retrying(call, { deadlineMs, signal }), signal);
        this.expectCount(tokens.length, inputs.length);
        tokens.forEach((list, i) => {
          counts[start + i] = inputs[i]?.length === 0 ? 2 : list.length;
        });
      }),
    );
    return counts;
  }

  /**
   * The server's model, asked once in a while: another one may be put behind the same address. Nobody waits for being asked again,
   * and a failure is forgotten, so that the next call asks again.
   */
  private describe(signal?: AbortSignal): Promise<Model> {
    const known = this.model;
    if (known === undefined || performance.now() - this.askedAt > REMEMBERED_MS) {
      const asked = this.load();
      this.askedAt = performance.now();
      this.model ??= asked;
      asked.then(
        () => {
          if (this.model === known) this.model = asked;
        },
        () => {
          if (this.model === asked) this.model = undefined;
        },
      );
    }
    return abandonable(this.model as Promise<Model>, signal);
  }

  private load(): Promise<Model> {
    const limits = { timeoutMs: this.limits.queryTimeoutMs };
    return this.breaker.run(async () => {
      const served: TeiInfo = await this.endpoint.json("/info", undefined, teiInfo, limits);
      // TEI does not tell the dimension: a vector does.
      const probe = { inputs: [PROBE], truncate: true };
      const [vector] = await this.endpoint.json("/embed", probe, teiVectors, limits);
      if (vector === undefined) throw new ModelError("REJECTED", "the embedder returned no vector");
      const info = {
        model: served.model_id,
        dimension: vector.length,
        maxTokens: served.max_input_length,
        maxBatch: served.max_client_batch_size,
      };
      const prompts = this.options.prompts ?? promptStyleOf(served.model_id);
      return { info, maxBatchTokens: served.max_batch_tokens, prompts };
    });
  }

  /** Embeds one batch into `vectors`; a refused batch is halved until the text at fault is alone. */
  private async fill(
    model: Model,
    texts: readonly string[],
    { start, end }: Batch,
    vectors: number[][],
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const done = await this.gate.run(() => this.batch(model, texts.slice(start, end), signal), signal);
      for (const [i, vector] of done.entries()) vectors[start + i] = vector;
    } catch (error) {
      if (signal.aborted || !(error instanceof ModelError) || !blamesInput(error)) throw error;
      if (end - start === 1) {
        const { status } = error;
        const details = { index: start, cause: error, ...(status === undefined ? {} : { status }) };
        throw new ModelError(error.code === "TOO_LONG" ? "TOO_LONG" : "REJECTED", error.message, details);
      }
      const middle = start + Math.ceil((end - start) / 2);
      await this.fill(model, texts, { start, end: middle }, vectors, signal);
      await this.fill(model, texts, { start: middle, end }, vectors, signal);
    }
  }

  private batch(model: Model, texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    const { batchTimeoutMs: timeoutMs, batchDeadlineMs: deadlineMs } = this.limits;
    let serverErrors = 0;
    const call = () =>
      this.request(model, texts, "passage", timeoutMs, signal).catch((error) => {
        // A server that keeps failing on this batch while it answers others may be poisoned by one of its texts.
        if (isServerError(error) && ++serverErrors >= SERVER_ERRORS_BEFORE_SPLIT) throw new PoisonedBatch(error);
        throw error;
      });
    return retrying(call, {
      deadlineMs,
      signal,
      onRetry: (error) => {
        if (error.code === "OVERLOADED") this.gate.overloaded();
      },
    });
  }

  private async request(
    { prompts, info }: Model,
    texts: readonly string[],
    role: Role,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<number[][]> {
    const inputs = prompts === "prefix" ? texts.map((text) => `${role}: ${text}`) : texts;
    const body = {
      inputs,
      truncate: true,
      normalize: true,
      ...(prompts === "prompt_name" ? { prompt_name: role } : {}),
    };
    const vectors = await this.breaker.run(() => this.endpoint.json("/embed", body, teiVectors, { timeoutMs, signal }));
    this.expectCount(vectors.length, texts.length);
    if (vectors.some((vector) => vector.length !== info.dimension)) {
      this.model = undefined;
      throw new ChangedModel();
    }
    return vectors;
  }

  private expectCount(got: number, wanted: number): void {
    if (got !== wanted) throw new ModelError("UNAVAILABLE", `the embedder answered ${got} of ${wanted} texts`);
  }
}

/** Vectors of another length: trying the same again can only bring more of them. */
class ChangedModel extends ModelError {
  constructor() {
    super("UNAVAILABLE", "the embedder's model has changed under way");
  }

  override get transient(): boolean {
    return false;
  }
}

class PoisonedBatch extends ModelError {
  constructor(cause: ModelError) {
    super("REJECTED", cause.message, { cause, ...(cause.status === undefined ? {} : { status: cause.status }) });
  }
}

const isServerError = (error: unknown): error is ModelError =>
  error instanceof ModelError && error.code === "UNAVAILABLE" && error.status === 500;

const blamesInput = (error: ModelError): boolean => error.code === "REJECTED" || error.code === "TOO_LONG";

/** Waits for a promise that others share: the signal ends this wait, not the promise. */
function abandonable<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
