import { ModelError } from "./errors.js";
import type { CallOptions, ChatEvent, ChatMessage, ChatModel, ChatModelInfo, ChatRequest } from "./ports.js";

export interface Fallback {
  readonly chat: ChatModel;
  /** The model asked there, whatever the request names. */
  readonly model: string;
  /** Told each time that the fallback steps in. */
  readonly onFallback?: (error: ModelError) => void;
}

/**
 * A chat model that another one stands in for while it does not answer. Only what failed before the first event is asked anew:
 * from then on text may have been shown. The stream then begins with a `model` event that names who answers.
 */
export class FallbackChat implements ChatModel {
  constructor(
    private readonly primary: ChatModel,
    private readonly fallback: Fallback,
  ) {}

  async *stream(request: ChatRequest, options: CallOptions = {}): AsyncGenerator<ChatEvent, void, undefined> {
    let begun = false;
    try {
      for await (const event of this.primary.stream(request, options)) {
        begun = true;
        yield event;
      }
      return;
    } catch (error) {
      if (begun || options.signal?.aborted || !(error instanceof ModelError) || !error.transient) throw error;
      this.fallback.onFallback?.(error);
    }
    const { chat, model } = this.fallback;
    yield { type: "model", model };
    yield* chat.stream({ ...request, model }, options);
  }

  /** The models of both; those of one while the other is away. @throws ModelError when neither answers */
  async models(options: CallOptions = {}): Promise<ChatModelInfo[]> {
    const [first, second] = await Promise.allSettled([
      this.primary.models(options),
      this.fallback.chat.models(options),
    ]);
    if (first.status === "rejected" && second.status === "rejected") throw first.reason;
    const all = [first, second].flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    return all.filter(({ id }, i) => all.findIndex((other) => other.id === id) === i);
  }

  countTokens(input: string | readonly ChatMessage[], options: CallOptions & { model?: string } = {}): Promise<number> {
    const chat = options.model === this.fallback.model ? this.fallback.chat : this.primary;
    return chat.countTokens(input, options);
  }
}
