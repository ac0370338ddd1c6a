import { z } from "zod";
import { CircuitBreaker } from "./circuit-breaker.js";
import { Endpoint } from "./endpoint.js";
import { ModelError } from "./errors.js";
import { eventData } from "./event-stream.js";
import type {
  CallOptions,
  ChatEvent,
  ChatMessage,
  ChatModel,
  ChatModelInfo,
  ChatRequest,
  FinishReason,
} from "./ports.js";
import { retrying } from "./retry.js";

export interface OpenAiChatOptions {
  /** Base URL, without `/v1`. */
  url: string;
  /** Used where a request names no model. */
  model: string;
  apiKey?: string | undefined;
  /** Time until the status line, and longest silence within the stream. */
  startTimeoutMs?: number | undefined;
  idleTimeoutMs?: number | undefined;
  /** Time limit of the short calls (`models`, `countTokens`). */
  callTimeoutMs?: number | undefined;
}

const usage = z.object({ prompt_tokens: z.int(), completion_tokens: z.int() });
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: usage.nullish(),
  error: z.object({ message: z.string() }).nullish(),
});
const modelsSchema = z.object({
  data: z.array(z.object({ id: z.string(), max_model_len: z.int().nullish(), parent: z.string().nullish() })),
});
const tokenizeSchema = z.object({ count: z.int().nonnegative() });

const HANGUL = /[\u1100-\u11FF\u3130-\u318F\uAC00-\uD7A3\u3040-\u30FF\u4E00-\u9FFF]/g;
const TOKENS_PER_MESSAGE = 8;

/** Tokens from above where the server has no tokenizer: one per Hangul or Han character, one per three others. */
function estimateTokens(text: string): number {
  const dense = text.match(HANGUL)?.length ?? 0;
  return dense + Math.ceil((text.length - dense) / 3);
}

const finishReason = (reason: string): FinishReason => (reason === "stop" || reason === "length" ? reason : "other");

/** `ChatModel` over the OpenAI chat interface as vLLM serves it (Ollama and others differ only in `/tokenize`). */
export class OpenAiChat implements ChatModel {
  private readonly endpoint: Endpoint;
  private readonly breaker = new CircuitBreaker("the language model");
  private readonly startTimeoutMs: number;
  private readonly idleTimeoutMs: number;
  private readonly callTimeoutMs: number;

  constructor(private readonly options: OpenAiChatOptions) {
    this.endpoint = new Endpoint({ url: options.url, apiKey: options.apiKey, name: "the language model" });
    this.startTimeoutMs = options.startTimeoutMs ?? 60_000;
    this.idleTimeoutMs = options.idleTimeoutMs ?? 60_000;
    this.callTimeoutMs = options.callTimeoutMs ?? 5_000;
  }

  async *stream(request: ChatRequest, { signal }: CallOptions = {}): AsyncGenerator<ChatEvent, void, undefined> {
    signal?.throwIfAborted();
    // Aborted in `finally`, so that leaving the loop closes the connection even before the first byte.
    const left = new AbortController();
    const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    try {
      const response = await this.open(request, either);
      if (response.body === null) throw new ModelError("UNAVAILABLE", "the language model sent no stream");
      let finished = false;
      const limits = { idleMs: this.idleTimeoutMs, name: "the language model" };
      for await (const data of eventData(response.body, limits)) {
        if (data === "[DONE]") break;
        for (const event of this.eventsOf(data)) {
          if (event.type === "finish") finished = true;
          yield event;
        }
      }
      if (!finished) throw new ModelError("UNAVAILABLE", "the language model's stream was cut off");
    } catch (error) {
      throw this.endpoint.failure(error, signal);
    } finally {
      left.abort();
    }
  }

  async models({ signal }: CallOptions = {}): Promise<ChatModelInfo[]> {
    const limits = { timeoutMs: this.callTimeoutMs, signal };
    const call = () => this.breaker.run(() => this.endpoint.json("/v1/models", undefined, modelsSchema, limits));
    const { data } = await retrying(call, { deadlineMs: this.callTimeoutMs, attempts: 2, signal });
    return data.map(({ id, max_model_len, parent }) => ({
      id,
      maxTokens: max_model_len ?? undefined,
      parent: parent ?? undefined,
    }));
  }

  async countTokens(
    input: string | readonly ChatMessage[],
    { signal, model }: CallOptions & { model?: string } = {},
  ): Promise<number> {
    const body = {
      model: model ?? this.options.model,
      ...(typeof input === "string" ? { prompt: input } : { messages: input, add_generation_prompt: true }),
    };
    const limits = { timeoutMs: this.callTimeoutMs, signal };
    const call = () => this.breaker.run(() => this.endpoint.json("/tokenize", body, tokenizeSchema, limits));
    try {
      return (await retrying(call, { deadlineMs: this.callTimeoutMs, attempts: 2, signal })).count;
    } catch (error) {
      const missing = error instanceof ModelError && (error.status === 404 || error.status === 405);
      if (!missing) throw error;
      if (typeof input === "string") return estimateTokens(input);
      return input.reduce((sum, { content }) => sum + estimateTokens(content) + TOKENS_PER_MESSAGE, 0);
    }
  }

  /** Repeats only what failed before the first byte: from then on tokens may have been shown. */
  private open(request: ChatRequest, signal: AbortSignal): Promise<Response> {
    const { messages, maxTokens, temperature, stop, jsonSchema } = request;
    const body = {
      model: request.model ?? this.options.model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(stop === undefined ? {} : { stop }),
      ...(jsonSchema === undefined ? {} : { response_format: { type: "json_schema", json_schema: jsonSchema } }),
    };
    const limits = { timeoutMs: this.startTimeoutMs, signal };
    const call = () => this.breaker.run(() => this.endpoint.open("/v1/chat/completions", body, limits));
    return retrying(call, { deadlineMs: this.startTimeoutMs, attempts: 3, maxMs: 1_000, signal });
  }

  private eventsOf(data: string): ChatEvent[] {
    const parsed = chunkSchema.safeParse(parseJson(data));
    if (!parsed.success) throw new ModelError("REJECTED", "the language model sent a chunk of an unknown shape");
    const { choices, usage, error } = parsed.data;
    if (error) throw new ModelError("UNAVAILABLE", `the language model failed: ${error.message.slice(0, 300)}`);
    const events: ChatEvent[] = [];
    const choice = choices[0];
    if (choice?.delta?.content) events.push({ type: "delta", text: choice.delta.content });
    if (choice?.finish_reason) events.push({ type: "finish", reason: finishReason(choice.finish_reason) });
    // Some servers repeat the running usage on every chunk: only the one without choices is final.
    if (usage && choices.length === 0) {
      events.push({ type: "usage", promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens });
    }
    return events;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
