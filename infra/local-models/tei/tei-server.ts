import type { Encoded, Encoder, Lane } from "../e5/encoder.js";
import type { UnigramTokenizer } from "../e5/tokenizer.js";
import { type Exchange, type Handler, HttpProblem, type Routes, sendJson, sendText } from "../json-http.js";
import { Permits } from "./permits.js";
import { costHeaders, type RequestCost, TeiMetrics } from "./tei-metrics.js";
import {
  emptyBatch,
  emptyInput,
  overloaded,
  teiProblem,
  tooLong,
  tooManyInputs,
  unknownPrompt,
} from "./tei-problems.js";
import { type EmbedRequest, embedRequest, parseRequest, rerankRequest, tokenizeRequest } from "./tei-requests.js";

export type TeiTask = "embed" | "rerank";

const MAX_INPUT_TOKENS = 512;
const MAX_BATCH_TEXTS = 32;
const MAX_BATCH_TOKENS = 16_384;
const MAX_CONCURRENT_TEXTS = 512;
/** Permits that only interactive texts may take. */
const INTERACTIVE_RESERVE = 64;
const VERSION = "1.9.3";
/** The prompts of sentence-transformers' configuration of e5. */
const PROMPTS: Readonly<Record<string, string>> = { query: "query: ", passage: "passage: " };

const MODELS = {
  embed: { id: "llmflow/multilingual-e5-small-q4", type: { embedding: { pooling: "mean" } } },
  rerank: {
    id: "llmflow/e5-small-cosine",
    type: { reranker: { id2label: { "0": "LABEL_0" }, label2id: { LABEL_0: 0 } } },
  },
} as const;

interface Prepared {
  ids: Int32Array;
  characters: number;
}

/**
 * Text Embeddings Inference's HTTP interface over one local bi-encoder: `embed` serves its vectors, `rerank` its
 * cosines. Limits, status codes and bodies are TEI's, so that a client that works here works there.
 */
export class TeiServer {
  private readonly permits = new Permits(MAX_CONCURRENT_TEXTS, INTERACTIVE_RESERVE);
  private readonly metrics: TeiMetrics;

  constructor(
    private readonly task: TeiTask,
    private readonly encoder: Encoder,
    private readonly tokenizer: UnigramTokenizer,
  ) {
    this.metrics = new TeiMetrics(() => encoder.waiting);
  }

  routes(): Routes {
    return {
      "GET /health": async ({ response }) => {
        if (!this.encoder.healthy) throw teiProblem("Unhealthy", "unhealthy");
        response.writeHead(200).end();
      },
      "GET /info": async ({ response }) => sendJson(response, 200, this.info()),
      "GET /metrics": async ({ response }) =>
        sendText(response, 200, await this.metrics.registry.metrics(), this.metrics.registry.contentType),
      "POST /embed": this.counted((exchange) => this.embed(exchange)),
      "POST /rerank": this.counted((exchange) => this.rerank(exchange)),
      "POST /tokenize": this.counted((exchange) => this.tokenize(exchange)),
    };
  }

  private info() {
    const model = MODELS[this.task];
    return {
      model_id: model.id,
      model_sha: null,
      model_dtype: "int4",
      model_type: model.type,
      max_concurrent_requests: MAX_CONCURRENT_TEXTS,
      max_input_length: MAX_INPUT_TOKENS,
      max_batch_tokens: MAX_BATCH_TOKENS,
      max_batch_requests: 1,
      max_client_batch_size: MAX_BATCH_TEXTS,
      auto_truncate: true,
      tokenization_workers: 1,
      version: VERSION,
      sha: null,
      docker_label: null,
    };
  }

  private counted(handler: Handler): Handler {
    return async (exchange) => {
      try {
        await handler(exchange);
      } catch (error) {
        const type = error instanceof HttpProblem && typeof error.body === "object" ? error.body : {};
        this.metrics.failed(String((type as { error_type?: string }).error_type ?? "request").toLowerCase());
        throw error;
      }
    };
  }

  private async embed(exchange: Exchange): Promise<void> {
    const started = performance.now();
    const request = await parseRequest(embedRequest, exchange);
    if (this.task !== "embed") throw teiProblem("Backend", "Backend error: Model is not an embedding model");
    const single = typeof request.inputs === "string";
    const texts = single ? [request.inputs as string] : (request.inputs as string[]);
    if (texts.length === 0) throw emptyBatch();
    this.checkBatch(texts.length);
    const dimension = request.dimensions ?? this.encoder.dimension;
    if (dimension > this.encoder.dimension) {
      const message = `Input validation error: \`dimensions\` must be at most ${this.encoder.dimension}`;
      throw teiProblem("Validation", message);
    }
    const prompt = this.prompt(request.prompt_name);
    const prepared = await this.prepare(
      texts.map((text) => ({ text, prompt })),
      request,
    );
    const tokenizationMs = performance.now() - started;
    // A single text is a person's question (a client that indexes sends batches): it must not wait for a batch.
    const lane = single || texts.length === 1 || request.prompt_name === "query" ? "interactive" : "batch";
    const encoded = await this.encodeAll(prepared, lane, exchange.signal, single);
    const cost = this.cost(prepared, encoded, started, tokenizationMs);
    const vectors = encoded.map(({ vector }) => {
      const cut = dimension < vector.length ? vector.slice(0, dimension) : vector;
      return Array.from(request.normalize && cut !== vector ? unit(cut) : cut);
    });
    this.metrics.succeeded(single ? "single" : "batch", cost);
    sendJson(exchange.response, 200, vectors, costHeaders(cost));
  }

  private async rerank(exchange: Exchange): Promise<void> {
    const started = performance.now();
    const request = await parseRequest(rerankRequest, exchange);
    if (request.texts.length === 0) throw teiProblem("Empty", "`texts` cannot be empty");
    if (this.task !== "rerank") throw teiProblem("Backend", "Backend error: model is not a re-ranker model");
    this.checkBatch(request.texts.length);
    const inputs = request.texts.map((text) => ({ text, prompt: PROMPTS["passage"] as string }));
    const query = { text: request.query, prompt: PROMPTS["query"] as string };
    const prepared = await this.prepare([query, ...inputs], request);
    const tokenizationMs = performance.now() - started;
    const encoded = await this.encodeAll(prepared, "interactive", exchange.signal, false, request.texts.length);
    const cost = this.cost(prepared, encoded, started, tokenizationMs);
    const [asked, ...passages] = encoded;
    const ranks = passages.map(({ vector }, index) => {
      const cosine = dot((asked as Encoded).vector, vector);
      // A cosine is no logit: its "probability" is itself, cut at zero.
      const score = request.raw_scores ? cosine : Math.max(0, cosine);
      return { index, ...(request.return_text ? { text: request.texts[index] } : {}), score };
    });
    ranks.sort((a, b) => b.score - a.score || a.index - b.index);
    this.metrics.succeeded("batch", cost);
    sendJson(exchange.response, 200, ranks, costHeaders(cost));
  }

  private async tokenize(exchange: Exchange): Promise<void> {
    const request = await parseRequest(tokenizeRequest, exchange);
    const texts = typeof request.inputs === "string" ? [request.inputs] : request.inputs;
    if (texts.length === 0) throw emptyBatch();
    this.checkBatch(texts.length);
    const prompt = this.prompt(request.prompt_name);
    const tokens = texts.map((text) => {
      const ids = request.add_special_tokens
        ? this.tokenizer.encode(prompt + text)
        : this.tokenizer.content(prompt + text);
      return ids.map((id) => {
        const special = this.tokenizer.isSpecial(id);
        return { id, text: this.tokenizer.piece(id), special, start: null, stop: null };
      });
    });
    sendJson(exchange.response, 200, tokens);
  }

  private checkBatch(size: number): void {
    if (size > MAX_BATCH_TEXTS) throw tooManyInputs(size, MAX_BATCH_TEXTS);
  }

  private prompt(name: string | null | undefined): string {
    if (name === null || name === undefined) return "";
    const prompt = PROMPTS[name];
    if (prompt === undefined) throw unknownPrompt(name);
    return prompt;
  }

  /** Token ids within the model's length: longer texts are cut, or refused with `truncate: false`. */
  private async prepare(
    inputs: { text: string; prompt: string }[],
    options: Pick<EmbedRequest, "truncate" | "truncation_direction">,
  ): Promise<Prepared[]> {
    const left = options.truncation_direction?.toLowerCase() === "left";
    const out: Prepared[] = [];
    for (const { text, prompt } of inputs) {
      if (text.length === 0) throw emptyInput();
      const ids = this.tokenizer.encode(prompt + text);
      if (ids.length > MAX_INPUT_TOKENS) {
        if (options.truncate === false) throw tooLong(MAX_INPUT_TOKENS, ids.length);
        const kept = MAX_INPUT_TOKENS - 2;
        ids.splice(left ? 1 : 1 + kept, ids.length - MAX_INPUT_TOKENS);
      }
      out.push({ ids: Int32Array.from(ids), characters: text.length });
      // Megabytes of text take tens of milliseconds: other requests go in between.
      if (text.length > 10_000) await new Promise(setImmediate);
    }
    return out;
  }

  private async encodeAll(texts: Prepared[], lane: Lane, signal: AbortSignal, single: boolean, permits = texts.length) {
    if (!this.permits.tryAcquire(permits, lane)) throw overloaded();
    this.metrics.accepted(single ? "single" : "batch");
    const work = texts.map(({ ids }) => this.encoder.encode(ids, lane, signal));
    // Permits stay taken until every text is out of the queue, also when one of them fails.
    const settled = Promise.allSettled(work).finally(() => this.permits.release(permits));
    try {
      return await Promise.all(work);
    } catch (error) {
      await settled;
      if (signal.aborted) throw signal.reason;
      throw teiProblem("Backend", `Backend error: ${(error as Error).message}`);
    }
  }

  private cost(prepared: Prepared[], encoded: Encoded[], started: number, tokenizationMs: number): RequestCost {
    const count = prepared.length;
    return {
      characters: prepared.reduce((sum, { characters }) => sum + characters, 0),
      tokens: prepared.reduce((sum, { ids }) => sum + ids.length, 0),
      totalMs: performance.now() - started,
      tokenizationMs: tokenizationMs / count,
      queueMs: encoded.reduce((sum, { queueMs }) => sum + queueMs, 0) / count,
      inferenceMs: encoded.reduce((sum, { inferenceMs }) => sum + inferenceMs, 0) / count,
    };
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function unit(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / norm);
}
