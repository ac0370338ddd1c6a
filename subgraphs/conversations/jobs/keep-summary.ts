import { CONTEXT_TOKENS } from "../domain/packing.js";
import { afterSummary, dueForSummary, extractiveSummary, summaryLimit } from "../domain/summary.js";
import { estimateTokens } from "../domain/tokens.js";
import { DEFAULT_WINDOW, shareWindow } from "../domain/window.js";
import type { AnswerJobDependencies } from "./answer-dependencies.js";
import type { AssistedAnswer } from "./assistant.js";

/**
 * Folds the oldest messages of a chat into its summary when they have become too many for the model's window. Run twice, or by two
 * workers, one of them has its way.
 */
export async function keepSummary(
  { assistant, conversations, history, windowOf }: AnswerJobDependencies,
  of: AssistedAnswer,
  conversationId: string,
): Promise<void> {
  const [conversation] = await conversations.find(of.scope, [conversationId]);
  if (!conversation) return;
  const { summary, messages } = afterSummary(await history.read(of.scope, conversationId), conversation.summary);
  const budget = shareWindow((await windowOf(of.model)) ?? DEFAULT_WINDOW, CONTEXT_TOKENS).history;
  const due = dueForSummary(messages, budget);
  const last = due.at(-1);
  if (!last) return;
  const limit = summaryLimit(budget);
  const text =
    (await assistant?.summarize(of, summary.text, due, limit)) ?? extractiveSummary(summary.text, due, limit);
  await conversations.summarize(
    of.scope,
    conversationId,
    { text, tokens: estimateTokens(text), through: last.id },
    summary.through,
  );
}
