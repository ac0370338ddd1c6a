import { createHash } from "node:crypto";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { TraceContext } from "../../../platform/telemetry/trace.js";
import type { TraceAttributes, TraceSpan, Tracing } from "../../../platform/telemetry/tracing.js";
import type { Answer, AnswerOutcome, RetrievedPassage } from "../domain/answer.js";
import type { FoundPassages } from "../ports.js";

const json = (value: unknown): string => JSON.stringify(value);

/** A user id as it may leave the house: one that says who somebody is (an address, a number) goes as a digest. */
export const userReference = (userId: string): string =>
  /[@\s]|\d{6}/.test(userId) ? createHash("sha256").update(userId).digest("hex").slice(0, 16) : userId;

/**
 * One attempt at an answer as a trace, with the names that Langfuse reads (https://langfuse.com/integrations/native/opentelemetry) beside
 * OpenTelemetry's own for language models. What people and models wrote goes out as it is stored: masked. Of passages only
 * their ids do.
 */
export class AnswerTrace {
  private readonly begun = Date.now();
  private readonly root: TraceSpan;
  private readonly everywhere: TraceAttributes;
  private open: TraceSpan | undefined;
  private generation: TraceSpan | undefined;
  private over = false;

  constructor(
    private readonly tracing: Tracing,
    scope: TenantScope,
    private readonly answer: Answer,
    under: TraceContext,
  ) {
    this.everywhere = {
      "user.id": userReference(scope.userId),
      "session.id": answer.conversationId,
      "langfuse.trace.name": "ask",
      "langfuse.trace.metadata.tenant": scope.tenantId,
      "langfuse.trace.metadata.answer": answer.id,
    };
    this.root = tracing.start("answer", under, {
      ...this.everywhere,
      "langfuse.observation.type": "span",
      "langfuse.observation.input": json(answer.question),
      "langfuse.trace.input": json(answer.question),
      "llmflow.attempt": answer.attempt,
    });
  }

  /** Begins the search; what the other room does in it belongs under the span returned. */
  searches(query: string): TraceContext {
    this.open = this.tracing.start("retrieval", this.root.context, {
      ...this.everywhere,
      "langfuse.observation.type": "retriever",
      "langfuse.observation.input": json(query),
    });
    return this.open.context;
  }

  /** Ends the search with what was found and which of it is in the prompt. */
  found({ degraded, stages = [] }: FoundPassages, passages: readonly RetrievedPassage[]): void {
    if (!this.open) return;
    const ended = Date.now();
    const rerank = stages.find(({ name }) => name === "RERANK");
    // The last step of a search; of the others, which run side by side, only the time is known.
    if (rerank)
      this.tracing
        .start(
          "rerank",
          this.open.context,
          { ...this.everywhere, "langfuse.observation.type": "span", "llmflow.status": rerank.status },
          ended - rerank.milliseconds,
        )
        .end(ended);
    this.open.set({
      "langfuse.observation.output": json(
        passages.map(({ chunkId, documentId, score, marker }) => ({ chunkId, documentId, score, marker })),
      ),
      "langfuse.observation.metadata.stages": json(stages),
      "langfuse.observation.metadata.degraded": json(degraded),
    });
    this.open.end(ended);
    this.open = undefined;
  }

  /** Begins to ask the model. */
  generates(maxTokens: number): void {
    this.generation = this.tracing.start("generation", this.root.context, {
      ...this.everywhere,
      "langfuse.observation.type": "generation",
      "langfuse.observation.input": json(this.answer.question),
      "langfuse.observation.model.name": this.answer.model,
      "langfuse.observation.model.parameters": json({ max_tokens: maxTokens, temperature: 0 }),
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": this.answer.model,
      "gen_ai.request.max_tokens": maxTokens,
    });
  }

  /** Ends everything with how the attempt came out; undefined: it did not come to an end of its own. */
  end(outcome: AnswerOutcome | undefined): void {
    if (this.over) return;
    this.over = true;
    const reason = outcome ? outcome.failure?.code : "INTERRUPTED";
    for (const span of [this.open, this.generation, this.root]) {
      if (!span) continue;
      if (outcome && span !== this.open) span.set({ "langfuse.observation.output": json(outcome.text) });
      if (reason) {
        span.fail(reason);
        span.set({ "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": reason });
      }
    }
    if (outcome) {
      this.generation?.set(this.usageOf(outcome));
      this.root.set({ "langfuse.trace.output": json(outcome.text), "llmflow.status": outcome.status });
    }
    for (const span of [this.open, this.generation, this.root]) span?.end();
  }

  private usageOf({ usage }: AnswerOutcome): TraceAttributes {
    const { promptTokens: input, completionTokens: output, cost, model, firstTokenMilliseconds } = usage;
    return {
      "langfuse.observation.model.name": model ?? undefined,
      "langfuse.observation.usage_details": json({ input, output, total: input + output }),
      "langfuse.observation.cost_details": cost === null ? undefined : json({ total: cost }),
      "langfuse.observation.completion_start_time":
        firstTokenMilliseconds === null ? undefined : json(new Date(this.begun + firstTokenMilliseconds).toISOString()),
      "gen_ai.response.model": model ?? undefined,
      "gen_ai.usage.input_tokens": input,
      "gen_ai.usage.output_tokens": output,
    };
  }
}
