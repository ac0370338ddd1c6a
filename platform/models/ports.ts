export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface EmbedderInfo {
  /** The server's model id; vectors of different models are never compared. */
  model: string;
  /** Length of a vector. */
  dimension: number;
  /** Longer texts are cut by the server: count first. */
  maxTokens: number;
  /** Texts per request. */
  maxBatch: number;
}

/** Turns text into unit vectors. Queries and passages may be embedded differently by the same model. */
export interface Embedder {
  /** What the server runs, remembered for a while; `fresh` asks it now. */
  info(options?: CallOptions & { fresh?: boolean | undefined }): Promise<EmbedderInfo>;
  /** One question, with a person waiting: few retries, short limits. */
  embedQuery(text: string, options?: CallOptions): Promise<number[]>;
  /**
   * Many texts, vectors in the texts' order; `onBatch` hears how many more are done. A text that the server refuses
   * rejects with a `ModelError` whose `index` names it.
   */
  embedPassages(
    texts: readonly string[],
    options?: CallOptions & { onBatch?: ((done: number) => void) | undefined },
  ): Promise<number[][]>;
  /** Tokens of each text as the model reads it, marks included. */
  countTokens(texts: readonly string[], options?: CallOptions): Promise<number[]>;
}

/** One text's relevance; `index` is its place in the texts given. */
export interface RankedText {
  index: number;
  score: number;
}

export interface Reranker {
  info(options?: CallOptions): Promise<{ model: string; maxBatch: number }>;
  /** All texts, best first. Scores compare within one call only. */
  rerank(query: string, texts: readonly string[], options?: CallOptions): Promise<RankedText[]>;
}

export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface ChatRequest {
  /** Unset: the server's configured model. */
  model?: string | undefined;
  messages: readonly ChatMessage[];
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  stop?: readonly string[] | undefined;
  /** A JSON schema that the answer must follow, where the server supports it. */
  jsonSchema?: { name: string; schema: Record<string, unknown> } | undefined;
}

export type FinishReason = "stop" | "length" | "other";

export type ChatEvent =
  /** Another model than the request's answers in its place; comes first. */
  | { type: "model"; model: string }
  | { type: "delta"; text: string }
  | { type: "finish"; reason: FinishReason }
  | { type: "usage"; promptTokens: number; completionTokens: number };

export interface ChatModelInfo {
  id: string;
  /** Context window in tokens, when the server tells it. */
  maxTokens: number | undefined;
  /** The base model, for an adapter. */
  parent: string | undefined;
}

/** A large language model that streams. */
export interface ChatModel {
  /**
   * The answer as it is generated: deltas, then `finish`, then `usage`. Pull-driven: nothing is read ahead of the
   * consumer. Leaving the loop or aborting closes the connection, which stops the server's work.
   */
  stream(request: ChatRequest, options?: CallOptions): AsyncIterable<ChatEvent>;
  models(options?: CallOptions): Promise<ChatModelInfo[]>;
  /** Tokens of a conversation, template included, or of a plain text. An estimate from above where the server cannot tell. */
  countTokens(input: string | readonly ChatMessage[], options?: CallOptions & { model?: string }): Promise<number>;
}
