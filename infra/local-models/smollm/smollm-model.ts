import type { GenerationRequest, LocalChatModel, LocalMessage, Piece } from "../openai/local-chat-model.js";

const CONTEXT_TOKENS = 2_048;
const TOKENS_PER_MESSAGE = 8;

/** The part of node-llama-cpp that is used; it is installed when this model is asked for. */
interface LlamaModule {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<LlamaModel> }>;
  LlamaChatSession: new (options: object) => LlamaSession;
}
interface LlamaModel {
  tokenize(text: string): number[];
  createContext(options: object): Promise<{ getSequence(): { dispose(): void } }>;
}
interface LlamaSession {
  setChatHistory(history: object[]): void;
  prompt(text: string, options: object): Promise<string>;
  dispose(): void;
}

/**
 * SmolLM2-135M on the CPU: a real, small generator for trying out token streams. Its English is unreliable and its
 * Korean of no use. One answer at a time; the next waits.
 */
export class SmolLmModel implements LocalChatModel {
  readonly id = "smollm2-135m-instruct";
  readonly maxTokens = CONTEXT_TOKENS;
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly llama: LlamaModule,
    private readonly model: LlamaModel,
    private readonly context: { getSequence(): { dispose(): void } },
  ) {}

  /** Loads a GGUF file with the runtime at this address (see `provisionLlamaRuntime`). */
  static async load(gguf: string, runtime: string): Promise<SmolLmModel> {
    const llama = (await import(runtime)) as LlamaModule;
    // One thread: with more the default build spends its time waiting for itself on small machines.
    const options = { gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: 1 };
    const engine = await llama.getLlama(options);
    const model = await engine.loadModel({ modelPath: gguf, gpuLayers: 0 });
    return new SmolLmModel(llama, model, await model.createContext({ contextSize: CONTEXT_TOKENS, sequences: 1 }));
  }

  tokenize(input: string | readonly LocalMessage[]): number[] {
    if (typeof input === "string") return [...this.model.tokenize(input)];
    return input.flatMap(({ role, content }) => [
      ...this.model.tokenize(`${role}\n${content}`),
      ...new Array<number>(TOKENS_PER_MESSAGE).fill(0),
    ]);
  }

  async *generate(
    request: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Piece, "stop" | "length", undefined> {
    const before = this.queue;
    let release: () => void = () => {};
    this.queue = new Promise<void>((resolve) => {
      release = resolve;
    });
    const left = new AbortController();
    const waiting: string[] = [];
    let wake: () => void = () => {};
    let done = false;
    try {
      await before;
      signal.throwIfAborted();
      const running = this.run(request, AbortSignal.any([signal, left.signal]), (text) => {
        waiting.push(text);
        wake();
      }).finally(() => {
        done = true;
        wake();
      });
      running.catch(() => {});
      let tokens = 0;
      for (;;) {
        const text = waiting.shift();
        if (text !== undefined) {
          tokens++;
          yield { text, tokens: 1 };
        } else if (done) break;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      await running;
      return tokens >= request.maxTokens ? "length" : "stop";
    } finally {
      left.abort();
      release();
    }
  }

  private async run(request: GenerationRequest, signal: AbortSignal, onText: (text: string) => void): Promise<void> {
    const sequence = this.context.getSequence();
    const session = new this.llama.LlamaChatSession({ contextSequence: sequence });
    try {
      const earlier = request.messages
        .slice(0, -1)
        .map(({ role, content }) =>
          role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content },
        );
      session.setChatHistory(earlier);
      await session.prompt(request.messages.at(-1)?.content ?? "", {
        maxTokens: request.maxTokens,
        temperature: request.temperature ?? 0,
        customStopTriggers: request.stop,
        signal,
        onTextChunk: onText,
      });
    } finally {
      session.dispose();
      sequence.dispose();
    }
  }
}
