import { estimateTokens } from "./tokens.js";

/** How a model's context window is shared out, in tokens. */
export interface WindowBudget {
  readonly limit: number;
  readonly system: number;
  readonly context: number;
  readonly summary: number;
  readonly answer: number;
  /** What is left for earlier messages. */
  readonly history: number;
}

export const DEFAULT_WINDOW = 32_768;
const SYSTEM_TOKENS = 500;
const ANSWER_TOKENS = 4000;
/** Tokens of a message's frame in a chat template. */
export const MESSAGE_FRAME = 5;

export interface HistoryMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly tokens: number;
}

/**
 * history = window − system − summary − retrieved context − answer. Plain chat in a window of 32,768: 500 + 4,000 + 28,268. In a small
 * window the answer gives way first: it never takes more than a quarter.
 */
export function shareWindow(limit: number, contextTokens: number, summaryTokens = 0): WindowBudget {
  const answer = Math.min(ANSWER_TOKENS, Math.floor(limit / 4));
  const system = Math.min(SYSTEM_TOKENS, Math.floor(limit / 8));
  return {
    limit,
    system,
    context: contextTokens,
    summary: summaryTokens,
    answer,
    history: Math.max(0, limit - system - answer - contextTokens - summaryTokens),
  };
}

/** The newest messages that fit into `budget` tokens, oldest first; a reply is never kept without its question. */
export function fitHistory(messages: readonly HistoryMessage[], budget: number): HistoryMessage[] {
  const kept: HistoryMessage[] = [];
  let left = budget;
  for (const message of [...messages].reverse()) {
    left -= message.tokens + MESSAGE_FRAME;
    if (left < 0) break;
    kept.unshift(message);
  }
  while (kept[0]?.role === "assistant") kept.shift();
  return kept;
}

/** Tokens that a message takes, as they are stored with it. */
export const messageTokens = (content: string): number => estimateTokens(content);

/** Tokens of messages as they stand in a prompt. */
export const historyTokens = (messages: readonly { readonly tokens: number }[]): number =>
  messages.reduce((sum, message) => sum + message.tokens + MESSAGE_FRAME, 0);
