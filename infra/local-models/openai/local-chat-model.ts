export interface LocalMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface GenerationRequest {
  messages: readonly LocalMessage[];
  maxTokens: number;
  stop: readonly string[];
  temperature: number | undefined;
}

/** A piece of the answer and how many tokens it is. */
export interface Piece {
  text: string;
  tokens: number;
}

/** A model behind the local OpenAI-compatible server. */
export interface LocalChatModel {
  readonly id: string;
  /** Context window in tokens. */
  readonly maxTokens: number;
  /** Token ids of a plain text, or of a conversation with its template. */
  tokenize(input: string | readonly LocalMessage[]): number[];
  /**
   * The answer, piece by piece, only as fast as it is asked for; returns why it ended. Leaving the loop, or the signal,
   * ends the work.
   */
  generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<Piece, "stop" | "length", undefined>;
}
