import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { ChatModel } from "../../../platform/models/ports.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import { mask } from "../../../platform/pii/mask.js";
import { costOf, type Prices } from "../domain/prices.js";
import type { PromptMessage } from "../domain/prompt.js";
import { rewriteRequest, usableRewriting } from "../domain/rewriting.js";
import { summaryRequest, usableSummary } from "../domain/summary.js";
import { estimateTokens } from "../domain/tokens.js";
import type { ModelCall, SessionMessage, UsageStore } from "../ports.js";

/** Small works of a language model around a chat. Each resolves to undefined when the model does not come up with it in time. */
export interface Assistant {
  /** A follow-up made to stand alone. */
  rewrite(of: AssistedAnswer, question: string, history: readonly SessionMessage[]): Promise<string | undefined>;
  /** A summary in place of the previous one and of the messages, of at most `limit` tokens. */
  summarize(
    of: AssistedAnswer,
    previous: string,
    messages: readonly SessionMessage[],
    limit: number,
  ): Promise<string | undefined>;
}

/** The answer for which the work is done, and whose chat it is. */
export interface AssistedAnswer {
  readonly scope: TenantScope;
  readonly answerId: string;
  readonly model: string;
  readonly signal: AbortSignal;
}

export interface AssistantDependencies {
  readonly model: ChatModel;
  readonly detector: PiiDetector;
  readonly usage: UsageStore;
  readonly prices: Prices | undefined;
}

/** A person waits for the rewriting. */
const REWRITE_LIMIT_MS = 3000;
const REWRITE_TOKENS = 120;
/** Nobody waits for a summary. */
const SUMMARY_LIMIT_MS = 30_000;

/** An assistant over the chat's own model. What it says is masked like everything that a model says, and counted. */
export function createAssistant({ model, detector, usage, prices }: AssistantDependencies): Assistant {
  async function say(
    of: AssistedAnswer,
    purpose: ModelCall["purpose"],
    messages: readonly PromptMessage[],
    maxTokens: number,
    limitMs: number,
  ): Promise<string | undefined> {
    const from = performance.now();
    const since = (): number => Math.round((performance.now() - from) * 10) / 10;
    const signal = AbortSignal.any([of.signal, AbortSignal.timeout(limitMs)]);
    let text = "";
    let answering = of.model;
    let firstTokenMilliseconds: number | null = null;
    let counted: { promptTokens: number; completionTokens: number } | undefined;
    let failed = false;
    try {
      for await (const event of model.stream({ model: of.model, messages, maxTokens, temperature: 0 }, { signal })) {
        if (event.type === "model") answering = event.model;
        else if (event.type === "usage") counted = event;
        else if (event.type === "delta") {
          firstTokenMilliseconds ??= since();
          text += event.text;
        }
      }
    } catch {
      failed = true; // the chat goes on without
    }
    if (counted || text !== "") {
      const tokens = counted ?? {
        promptTokens: messages.reduce((sum, { content }) => sum + estimateTokens(content), 0),
        completionTokens: estimateTokens(text),
      };
      const cost = costOf(prices, answering, tokens);
      const call: ModelCall = {
        promptTokens: tokens.promptTokens,
        completionTokens: tokens.completionTokens,
        estimated: !counted,
        answerId: of.answerId,
        purpose,
        model: answering,
        failed,
        cost,
        currency: cost === null ? null : (prices?.currency ?? null),
        firstTokenMilliseconds,
        totalMilliseconds: since(),
      };
      // A person may wait for the text, and nobody for the books.
      void usage.record(of.scope, call).catch(() => {});
    }
    if (failed || of.signal.aborted) return undefined;
    return mask(text, await detector.detect(text)).text;
  }
  return {
    async rewrite(of, question, history) {
      const said = await say(of, "REWRITE", rewriteRequest(question, history), REWRITE_TOKENS, REWRITE_LIMIT_MS);
      return said === undefined ? undefined : usableRewriting(said);
    },
    async summarize(of, previous, messages, limit) {
      const said = await say(of, "SUMMARY", summaryRequest(previous, messages, limit), limit, SUMMARY_LIMIT_MS);
      return said === undefined ? undefined : usableSummary(said, limit);
    },
  };
}
