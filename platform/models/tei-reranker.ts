import { CircuitBreaker } from "./circuit-breaker.js";
import { Endpoint } from "./endpoint.js";
import { ModelError } from "./errors.js";
import type { CallOptions, RankedText, Reranker } from "./ports.js";
import { retrying } from "./retry.js";
import { type TeiInfo, teiInfo, teiRanks } from "./tei-wire.js";

export interface TeiRerankerOptions {
  url: string;
  apiKey?: string | undefined;
  /** Time limit of one attempt, and of all attempts. */
  timeoutMs?: number | undefined;
  deadlineMs?: number | undefined;
}

/** `Reranker` over Text Embeddings Inference's HTTP interface. */
export class TeiReranker implements Reranker {
  private readonly endpoint: Endpoint;
  private readonly breaker = new CircuitBreaker("the reranker");
  private readonly timeoutMs: number;
  private readonly deadlineMs: number;
  private served: TeiInfo | undefined;

  constructor({ url, apiKey, timeoutMs = 5_000, deadlineMs = 8_000 }: TeiRerankerOptions) {
    this.endpoint = new Endpoint({ url, apiKey, name: "the reranker" });
    this.timeoutMs = timeoutMs;
    this.deadlineMs = deadlineMs;
  }

  async info({ signal }: CallOptions = {}): Promise<{ model: string; maxBatch: number }> {
    const limits = { timeoutMs: this.timeoutMs, signal };
    this.served ??= await this.breaker.run(() => this.endpoint.json("/info", undefined, teiInfo, limits));
    return { model: this.served.model_id, maxBatch: this.served.max_client_batch_size };
  }

  async rerank(query: string, texts: readonly string[], { signal }: CallOptions = {}): Promise<RankedText[]> {
    if (texts.length === 0) return [];
    const retry = { deadlineMs: this.deadlineMs, attempts: 3, maxMs: 1_000, signal };
    const { maxBatch } = await retrying(() => this.info({ signal }), retry);
    const starts = Array.from({ length: Math.ceil(texts.length / maxBatch) }, (_, i) => i * maxBatch);
    const parts = await Promise.all(
      starts.map((start) => retrying(() => this.request(query, texts, start, maxBatch, signal), retry)),
    );
    return parts.flat().sort((a, b) => b.score - a.score || a.index - b.index);
  }

  private async request(
    query: string,
    all: readonly string[],
    start: number,
    size: number,
    signal?: AbortSignal,
  ): Promise<RankedText[]> {
    const texts = all.slice(start, start + size);
    const body = { query, texts, truncate: true, raw_scores: false };
    const limits = { timeoutMs: this.timeoutMs, signal };
    const ranks = await this.breaker.run(() => this.endpoint.json("/rerank", body, teiRanks, limits));
    const seen = new Set(ranks.map(({ index }) => index));
    if (seen.size !== texts.length || ranks.some(({ index }) => index >= texts.length)) {
      throw new ModelError("REJECTED", `the reranker ranked ${seen.size} of ${texts.length} texts`);
    }
    return ranks.map(({ index, score }) => ({ index: start + index, score }));
  }
}
