import type { TenantScope } from "../../../platform/auth/viewer.js";
import { Component } from "../../../platform/graphql/problems.js";
import type { Answer, ChatSummary, Failure } from "../domain/answer.js";
import { bypassReason } from "../domain/answer-cache.js";
import { modelFailure, searchFailure } from "../domain/failures.js";
import { standaloneQuestion } from "../domain/follow-up.js";
import { packContext } from "../domain/packing.js";
import { buildPrompt, nothingConfirmed, nothingFound, promptName, templateOf } from "../domain/prompt.js";
import type { AnswerSettings } from "../domain/prompt-templates.js";
import { earlierMessages, withSummary } from "../domain/summary.js";
import { estimateTokens } from "../domain/tokens.js";
import { DEFAULT_WINDOW, fitHistory, type HistoryMessage, MESSAGE_FRAME, shareWindow } from "../domain/window.js";
import type { SessionMessage } from "../ports.js";
import type { AnswerJobDependencies } from "./answer-dependencies.js";
import type { AnswerTrace } from "./answer-trace.js";
import type { Draft } from "./draft.js";
import type { EventWriter } from "./event-writer.js";

/** Passages asked for; superseded ones and those beyond the budget fall out. */
const PASSAGES = 10;
/** A prompt estimated above this share of the window is counted by the model's own tokenizer. */
const COUNT_FROM = 0.7;

export interface Writing extends AnswerJobDependencies {
  readonly scope: TenantScope;
  readonly answer: Answer;
  readonly writer: EventWriter;
  readonly draft: Draft;
  /** What the tenant has set for its answers. */
  readonly tenantSettings: Promise<AnswerSettings>;
  /** The chat so far, and what is kept of its beginning. */
  readonly messages: Promise<readonly SessionMessage[]>;
  readonly summary: Promise<ChatSummary>;
  readonly trace: AnswerTrace;
  readonly signal: AbortSignal;
}

/** Retrieves, prompts and streams into the draft. Resolves to what the asker is told when that fails, null when all went well. */
export async function writeAnswer(writing: Writing): Promise<Failure | null> {
  const { answer, draft, signal, writer } = writing;
  signal.throwIfAborted();
  // Counted beside the search; an answer does not wait for it.
  void writing.model
    .countTokens(answer.question, { model: answer.model, signal })
    .then((tokens) => {
      draft.questionTokens = tokens;
    })
    .catch(() => {});
  const { messages: history, summary } = earlierMessages(
    await writing.messages,
    await writing.summary,
    answer.questionId,
  );
  const { policy, templates } = await writing.tenantSettings;
  if (policy.piiOutput === "KEEP") draft.showPersonalData();
  const template = templateOf(templates, answer);
  draft.prompt = promptName(template);
  const lookup = await writing.cached.look(
    writing.scope,
    {
      roles: answer.roles,
      datasetIds: answer.datasetIds,
      model: answer.model,
      prompt: draft.prompt,
      grounding: answer.grounding,
      piiOutput: policy.piiOutput,
    },
    answer.question,
    bypassReason({
      text: answer.question,
      allowed: policy.answerCache,
      grounded: answer.grounding !== "NONE",
      followsUp: history.length > 0,
      regenerated: answer.regenerates !== null,
    }),
    signal,
  );
  draft.lookup = lookup;
  if (lookup.decision.outcome === "UNAVAILABLE") draft.without(Component.CACHE);
  if (lookup.found) {
    const { passages, facts } = lookup.found;
    draft.ground({ passages, facts, degraded: [] }, []);
    writer.add({ type: "stage", at: Date.now(), stage: "RETRIEVED", passages, facts });
    draft.replay(lookup.found);
    return null;
  }
  let context: ReturnType<typeof packContext> = { prompt: [], all: [], tokens: 0 };
  let facts: Awaited<ReturnType<typeof writing.search.search>>["facts"] = [];
  if (answer.grounding !== "NONE") {
    const searchQuery = await searchQueryOf(writing, history);
    draft.searchQuery = searchQuery;
    writer.add({
      type: "stage",
      at: Date.now(),
      stage: "RETRIEVING",
      ...(searchQuery === answer.question ? {} : { searchQuery }),
    });
    const from = performance.now();
    const found = await writing.search
      .search(writing.scope, searchQuery, {
        datasetIds: answer.datasetIds,
        limit: PASSAGES,
        ...writing.trace.searches(searchQuery),
        signal,
      })
      .catch((error: unknown) => {
        const failure = signal.aborted ? undefined : searchFailure(error);
        if (failure) return failure;
        throw error;
      });
    if ("retryable" in found) return found;
    const milliseconds = Math.round((performance.now() - from) * 10) / 10;
    context = packContext(found.passages);
    facts = found.facts;
    draft.retrievalMilliseconds = milliseconds;
    writing.trace.found(found, context.all);
    draft.ground({ passages: context.all, facts, degraded: found.degraded }, context.prompt);
    writer.add({
      type: "stage",
      at: Date.now(),
      stage: "RETRIEVED",
      milliseconds,
      searchQuery,
      passages: context.all,
      facts,
    });
    if (context.prompt.length === 0 && answer.grounding === "REQUIRED") {
      await draft.push(nothingFound(answer.question));
      return null;
    }
  }
  const budget = shareWindow((await writing.windowOf(answer.model)) ?? DEFAULT_WINDOW, context.tokens, summary.tokens);
  const messages = await fittingPrompt(
    writing,
    budget.history,
    budget.limit - budget.answer,
    (kept) =>
      withSummary(
        buildPrompt({
          template: template.text,
          question: answer.question,
          grounding: answer.grounding,
          passages: context.prompt,
          facts,
          history: kept,
        }),
        summary,
      ),
    history,
  );
  writer.add({ type: "stage", at: Date.now(), stage: "GENERATING" });
  try {
    // The port bounds the model's silence: a hanging one ends as TIMEOUT.
    writing.trace.generates(budget.answer);
    draft.asks(answer.model, promptTokens(messages));
    const request = { model: answer.model, messages, maxTokens: budget.answer, temperature: 0 };
    for await (const event of writing.model.stream(request, { signal })) {
      if (event.type === "delta") await draft.push(event.text);
      else if (event.type === "model") draft.answersInstead(event.model);
      else if (event.type === "usage") draft.counts(event);
    }
    if (answer.grounding === "REQUIRED") {
      await draft.settle();
      if (!draft.cites) await draft.push(nothingConfirmed(answer.question));
    }
    return null;
  } catch (error) {
    const failure = signal.aborted ? undefined : modelFailure(error);
    if (failure) return failure;
    throw error;
  }
}

/** What is searched for: the question, or, where it leans on what was said before, one that stands alone. */
async function searchQueryOf(writing: Writing, history: readonly SessionMessage[]): Promise<string> {
  const { answer, assistant, scope, signal } = writing;
  const previous = history.findLast((message) => message.role === "user")?.content;
  const byRule = standaloneQuestion(answer.question, previous);
  if (byRule === answer.question) return byRule;
  const of = { scope, answerId: answer.id, model: answer.model, signal };
  return (await assistant?.rewrite(of, answer.question, history)) ?? byRule;
}

const promptTokens = (messages: Prompt): number =>
  messages.reduce((sum, { content }) => sum + estimateTokens(content) + MESSAGE_FRAME, 0);

type Prompt = ReturnType<typeof buildPrompt>;
type History = readonly HistoryMessage[];

/** The prompt with as much history as fits: by estimate, and by the model's own count where it comes close to the limit. */
async function fittingPrompt(
  { answer, model, signal }: Writing,
  historyBudget: number,
  promptLimit: number,
  build: (history: History) => Prompt,
  history: History,
): Promise<Prompt> {
  let budget = historyBudget;
  for (;;) {
    const kept = fitHistory(history, budget);
    const messages = build(kept);
    const estimate = kept.reduce((sum, message) => sum + message.tokens, promptLimit - historyBudget);
    if (kept.length === 0 || estimate < promptLimit * COUNT_FROM) return messages;
    const counted = await model.countTokens(messages, { model: answer.model, signal });
    if (counted <= promptLimit) return messages;
    budget = Math.floor(budget / 2);
  }
}
