import { setTimeout as delay } from "node:timers/promises";
import { detectLanguage } from "../../../platform/language/language.js";
import type { Embedder } from "../../../platform/models/ports.js";
import type { UnigramTokenizer } from "../e5/tokenizer.js";
import type { GenerationRequest, LocalChatModel, LocalMessage, Piece } from "../openai/local-chat-model.js";
import type { Candidate } from "./candidates.js";
import { parseGroundedPrompt } from "./prompt.js";
import { type Cosines, selectSentences } from "./select.js";

export interface ExtractiveModelOptions {
  tokenizer: UnigramTokenizer;
  /** Unset: sentences are chosen by words alone. */
  embedder: Embedder | undefined;
  /** Pause before each piece, to see a stream at a human pace. */
  tokenDelayMs?: number;
  now?: () => Date;
}

const CONTEXT_TOKENS = 32_768;
const TOKENS_PER_MESSAGE = 4;
/** A busy embedder must not hold an answer back: words alone choose well enough. */
const EMBEDDING_LIMIT_MS = 3_000;

const NO_MODEL = {
  ko: "이 설치에는 언어 모델이 설정되어 있지 않아, 문서에서 찾은 문장으로만 답할 수 있습니다. 자유로운 대화를 하려면 LLM_URL에 언어 모델을 설정하십시오.",
  en: "No language model is configured in this installation, so I can only answer with sentences found in documents; set LLM_URL to a language model for free conversation.",
};
const NO_EVIDENCE = {
  ko: "제공된 문서에서 이 질문에 답하는 내용을 찾지 못했습니다.",
  en: "I found nothing in the provided documents that answers this question.",
};

const inLanguageOf = (texts: { ko: string; en: string }, text: string): string =>
  detectLanguage(text) === "ko" ? texts.ko : texts.en;

/** Words with the white space after them: joined again they are the text. */
const pieces = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** The sentences with their citations; rows and items on lines of their own. */
export function renderAnswer(sentences: readonly Candidate[]): string {
  const lines = sentences.some(({ isRow }) => isRow);
  return sentences.map(({ text, passage }) => `${text} [${passage.id}]`).join(lines ? "\n" : " ");
}

/**
 * Stands in for a language model: answers a grounded prompt with the sentences of its passages that answer the question,
 * each with its citation, and anything else with one sentence that says that no model is configured. It sees the
 * prompt only, as a model would.
 */
export class ExtractiveModel implements LocalChatModel {
  readonly id = "llmflow-extractive";
  readonly maxTokens = CONTEXT_TOKENS;
  private readonly now: () => Date;

  constructor(private readonly options: ExtractiveModelOptions) {
    this.now = options.now ?? (() => new Date());
  }

  tokenize(input: string | readonly LocalMessage[]): number[] {
    const { tokenizer } = this.options;
    if (typeof input === "string") return tokenizer.encode(input);
    return input.flatMap(({ role, content }) => {
      const ids = tokenizer.encode(`${role}: ${content}`);
      return [...ids, ...new Array<number>(TOKENS_PER_MESSAGE - 2).fill(ids.at(-1) as number)];
    });
  }

  async *generate(
    request: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Piece, "stop" | "length", undefined> {
    const text = cutAtStop(await this.answer(request.messages, signal), request.stop);
    let left = request.maxTokens;
    for (const piece of pieces(text)) {
      const tokens = Math.max(1, this.options.tokenizer.content(piece).length);
      if (tokens > left) return "length";
      if (this.options.tokenDelayMs) await delay(this.options.tokenDelayMs, undefined, { signal });
      signal.throwIfAborted();
      left -= tokens;
      yield { text: piece, tokens };
    }
    return "stop";
  }

  /** The whole answer to a conversation. */
  async answer(messages: readonly LocalMessage[], signal?: AbortSignal): Promise<string> {
    const asked = messages.findLast(({ role }) => role === "user")?.content ?? "";
    const prompt = parseGroundedPrompt(asked);
    if (prompt === undefined) return inLanguageOf(NO_MODEL, asked);
    const cosines: Cosines = (question, texts) => this.cosines(question, texts, signal);
    const today = this.now().toISOString().slice(0, 10);
    const sentences = await selectSentences(prompt, cosines, today);
    return sentences.length === 0 ? inLanguageOf(NO_EVIDENCE, prompt.question) : renderAnswer(sentences);
  }

  private async cosines(question: string, texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    const { embedder } = this.options;
    if (embedder === undefined) return texts.map(() => 0);
    const limit = AbortSignal.timeout(EMBEDDING_LIMIT_MS);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      // One text per request: a server puts single texts before batches, and a person waits for these.
      const [asked, ...vectors] = await Promise.all([
        embedder.embedQuery(question, { signal: either }),
        ...texts.map(async (text) => (await embedder.embedPassages([text], { signal: either }))[0] as number[]),
      ]);
      return vectors.map((vector) => dot(asked, vector));
    } catch {
      signal?.throwIfAborted();
      return texts.map(() => 0);
    }
  }
}

/** As vLLM does: the answer ends before the first stop string. */
function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}
