import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type Exchange, type Routes, readBody, sendJson, sendText } from "../json-http.js";
import type { GenerationRequest, LocalChatModel } from "./local-chat-model.js";
import {
  type ChatCompletionRequest,
  chatRequest,
  openAiProblem,
  parseBody,
  tokenizeRequest,
} from "./openai-requests.js";
import { VllmMetrics } from "./vllm-metrics.js";

const BODY_LIMIT_BYTES = 4_000_000;
const VERSION = "0.32.0";

interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

const usageOf = (prompt: number, completion: number): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

/** vLLM's OpenAI-compatible HTTP interface over one local model. */
export class OpenAiServer {
  private readonly metrics: VllmMetrics;
  private readonly created = Math.floor(Date.now() / 1000);

  constructor(private readonly model: LocalChatModel) {
    this.metrics = new VllmMetrics(model.id);
  }

  routes(): Routes {
    const { registry } = this.metrics;
    return {
      "GET /health": async ({ response }) => void response.writeHead(200).end(),
      "GET /version": async ({ response }) => sendJson(response, 200, { version: VERSION }),
      "GET /metrics": async ({ response }) => sendText(response, 200, await registry.metrics(), registry.contentType),
      "GET /v1/models": async ({ response }) => sendJson(response, 200, this.models()),
      "POST /tokenize": (exchange) => this.tokenize(exchange),
      "POST /v1/chat/completions": (exchange) => this.chat(exchange),
    };
  }

  private models() {
    const { id, maxTokens } = this.model;
    const entry = { id, object: "model", created: this.created, owned_by: "llmflow", root: id, parent: null };
    return { object: "list", data: [{ ...entry, max_model_len: maxTokens, permission: [] }] };
  }

  private async tokenize({ request, response }: Exchange): Promise<void> {
    const body = parseBody(tokenizeRequest, await readBody(request, BODY_LIMIT_BYTES));
    this.checkModel(body.model);
    const tokens = this.model.tokenize("prompt" in body ? body.prompt : body.messages);
    sendJson(response, 200, { count: tokens.length, max_model_len: this.model.maxTokens, tokens, token_strs: null });
  }

  private async chat(exchange: Exchange): Promise<void> {
    const body = parseBody(chatRequest, await readBody(exchange.request, BODY_LIMIT_BYTES));
    this.checkModel(body.model);
    const promptTokens = this.model.tokenize(body.messages).length;
    const request = this.generation(body, promptTokens);
    const record = this.metrics.begin(promptTokens);
    const pieces = this.model.generate(request, exchange.signal);
    let ended: "stop" | "length" | "abort" = "abort";
    try {
      const sink = body.stream
        ? new StreamedAnswer(exchange.response, this.model.id, body.stream_options?.include_usage === true)
        : new WholeAnswer(exchange.response, this.model.id);
      let completionTokens = 0;
      for (;;) {
        const next = await pieces.next();
        if (next.done) {
          sink.finish(next.value, usageOf(promptTokens, completionTokens));
          ended = next.value;
          return;
        }
        completionTokens += next.value.tokens;
        record.generated(next.value.tokens);
        await sink.piece(next.value.text, exchange.signal);
      }
    } finally {
      await pieces.return("stop");
      record.ended(ended);
    }
  }

  private generation(body: ChatCompletionRequest, promptTokens: number): GenerationRequest {
    const asked = body.max_completion_tokens ?? body.max_tokens;
    const room = this.model.maxTokens - promptTokens;
    if (room < (asked ?? 1)) {
      const wanted = `${promptTokens + (asked ?? 0)} tokens (${promptTokens} in the messages, ${asked ?? 0} in the completion)`;
      const limit = `This model's maximum context length is ${this.model.maxTokens} tokens`;
      throw openAiProblem(400, `${limit}. However, you requested ${wanted}. Please reduce the length.`, "messages");
    }
    const { messages, stop, temperature } = body;
    return { messages, maxTokens: asked ?? room, stop, temperature: temperature ?? undefined };
  }

  private checkModel(asked: string | null | undefined): void {
    if (asked !== null && asked !== undefined && asked !== this.model.id) {
      throw openAiProblem(404, `The model \`${asked}\` does not exist.`, "model");
    }
  }
}

const completionId = (): string => `chatcmpl-${randomUUID().replaceAll("-", "")}`;
const seconds = (): number => Math.floor(Date.now() / 1000);

class StreamedAnswer {
  private readonly head: { id: string; object: string; created: number; model: string };
  private opened = false;

  constructor(
    private readonly response: ServerResponse,
    model: string,
    private readonly includeUsage: boolean,
  ) {
    this.head = { id: completionId(), object: "chat.completion.chunk", created: seconds(), model };
  }

  /** Waits until the reader has taken what was sent before: the model works no faster than the answer is read. */
  async piece(text: string, signal: AbortSignal): Promise<void> {
    this.open();
    if (!this.choice({ content: text }, null)) await once(this.response, "drain", { signal });
  }

  finish(reason: "stop" | "length", usage: Usage): void {
    this.open();
    this.choice({ content: "" }, reason);
    if (this.includeUsage) this.event({ ...this.head, choices: [], usage });
    this.response.end("data: [DONE]\n\n");
  }

  /** The status goes out with the first piece, so that a failure before it is still a proper error. */
  private open(): void {
    if (this.opened) return;
    this.opened = true;
    this.response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    this.choice({ role: "assistant", content: "" }, null);
  }

  private choice(delta: { role?: string; content: string }, finishReason: string | null): boolean {
    const stop = finishReason === null ? {} : { stop_reason: null };
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason, ...stop }];
    return this.event({ ...this.head, choices });
  }

  private event = (value: object): boolean => this.response.write(`data: ${JSON.stringify(value)}\n\n`);
}

class WholeAnswer {
  private text = "";
  constructor(
    private readonly response: ServerResponse,
    private readonly model: string,
  ) {}

  async piece(text: string): Promise<void> {
    this.text += text;
  }

  finish(reason: "stop" | "length", usage: Usage): void {
    const message = { role: "assistant", content: this.text, refusal: null, tool_calls: [] };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: reason, stop_reason: null }];
    const head = { id: completionId(), object: "chat.completion", created: seconds(), model: this.model };
    sendJson(this.response, 200, { ...head, choices, usage });
  }
}
