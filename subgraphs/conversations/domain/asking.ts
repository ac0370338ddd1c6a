import type { TenantScope, Viewer } from "../../../platform/auth/viewer.js";
import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { PiiDetector, PiiKind } from "../../../platform/pii/detector.js";
import { mask } from "../../../platform/pii/mask.js";
import type { AnswerQueue, AnswerStore, AnswerStream, Cancellations, NewAnswer, SessionCache } from "../ports.js";
import type { SettingsStore } from "../trust-ports.js";
import { type Answer, type Grounding, titleFrom } from "./answer.js";
import { messageTokens } from "./window.js";

export interface Question {
  readonly conversationId: string | undefined;
  readonly question: string;
  readonly datasetIds: readonly string[] | undefined;
  readonly model: string | undefined;
  readonly grounding: Grounding;
  readonly idempotencyKey: string | undefined;
}

/** A question in other words. */
export interface EditedQuestion {
  /** The question, or the reply to it. */
  readonly messageId: string;
  readonly question: string;
  readonly idempotencyKey: string | undefined;
}

export interface AskingDependencies {
  readonly answers: AnswerStore;
  readonly stream: AnswerStream;
  readonly session: SessionCache;
  readonly queue: AnswerQueue;
  readonly cancellations: Cancellations;
  readonly settings: SettingsStore;
  readonly detector: PiiDetector;
  readonly defaultModel: string;
  readonly logger: Logger;
}

/** A question that the tenant's policy does not take, because it holds personal data of these kinds. */
export class QuestionRefused extends Error {
  override readonly name = "QuestionRefused";
  constructor(readonly kinds: readonly PiiKind[]) {
    super(`the question holds ${kinds.join(", ")}`);
  }
}

/** What a person does with answers: ask, ask again, call off. Each resolves to undefined when there is no such thing for the scope. */
export interface Asking {
  /**
   * @param spanId the span of the request, where one is recorded: the work goes on under it
   * @throws QuestionRefused
   */
  ask(scope: Viewer, question: Question, traceId: string, spanId?: string): Promise<Answer | undefined>;
  /** Asks a message anew in other words, in a branch of its chat; the chat itself stays. @throws QuestionRefused */
  edit(scope: Viewer, edited: EditedQuestion, traceId: string, spanId?: string): Promise<Answer | undefined>;
  regenerate(scope: TenantScope, answerId: string, traceId: string, spanId?: string): Promise<Answer | undefined>;
  cancel(scope: TenantScope, answerId: string, traceId: string): Promise<Answer | undefined>;
  /** Clears what a deleted conversation left behind: answers under way end, streams and the session go. */
  abandon(scope: TenantScope, conversationId: string, answerIds: readonly string[]): Promise<void>;
}

export function createAsking(dependencies: AskingDependencies): Asking {
  const { answers, cancellations, detector, logger, queue, session, settings, stream } = dependencies;

  /** The question as it may be kept. @throws QuestionRefused */
  async function admitted(scope: TenantScope, question: string): Promise<string> {
    const findings = await detector.detect(question);
    if (findings.length === 0) return question;
    if ((await settings.policy(scope)).piiInput === "REFUSE")
      throw new QuestionRefused([...new Set(findings.map(({ kind }) => kind))]);
    return mask(question, findings).text;
  }

  /** The answer is stored already: when Redis is away for a moment, a worker's sweep queues it later. */
  async function start(scope: TenantScope, answer: Answer, spanId: string | undefined): Promise<void> {
    try {
      await stream.append(scope.tenantId, answer.id, [{ type: "stage", at: Date.now(), stage: "QUEUED" }], 0);
      const { id: answerId, conversationId, traceId } = answer;
      await queue.add({ answerId, conversationId, scope, traceId, spanId, number: 1 });
    } catch (error) {
      logger.warn({ answerId: answer.id, error: describeError(error) }, "an answer's job could not be queued yet");
    }
  }

  async function ask(
    scope: Viewer,
    question: Question & Pick<NewAnswer, "instead">,
    traceId: string,
    spanId?: string,
  ): Promise<Answer | undefined> {
    const text = await admitted(scope, question.question);
    const asked = await answers.create(
      scope,
      {
        ...question,
        question: text,
        questionTokens: messageTokens(text),
        title: titleFrom(text),
        defaultModel: dependencies.defaultModel,
        roles: scope.roles,
      },
      traceId,
    );
    if (asked?.created) await start(scope, asked.answer, spanId);
    return asked?.answer;
  }

  return {
    ask,
    edit: (scope, { messageId, question, idempotencyKey }, traceId, spanId) =>
      ask(
        scope,
        {
          instead: messageId,
          question,
          idempotencyKey,
          // As the question was asked whose place it takes.
          conversationId: undefined,
          datasetIds: undefined,
          model: undefined,
          grounding: "AUTO",
        },
        traceId,
        spanId,
      ),
    async regenerate(scope, answerId, traceId, spanId) {
      const answer = await answers.regenerate(scope, answerId, traceId);
      if (answer) await start(scope, answer, spanId);
      return answer;
    },
    async cancel(scope, answerId, traceId) {
      const answer = await answers.cancel(scope, answerId, traceId);
      if (!answer?.cancelRequested) return answer;
      if (answer.status === "STREAMING") await cancellations.announce(answerId);
      // No worker has it: its end is written here, and a job that comes later finds it finished.
      else if (answer.status === "CANCELLED" && answer.attempt === 0)
        await stream
          .append(scope.tenantId, answerId, [{ type: "cancelled", at: Date.now() }], 1)
          .catch((error: unknown) =>
            logger.debug({ answerId, error: describeError(error) }, "the stream had ended before"),
          );
      return answer;
    },
    async abandon(scope, conversationId, answerIds) {
      await Promise.all(answerIds.map((answerId) => cancellations.announce(answerId)));
      // They expire by themselves; without Redis just now that has to do.
      await Promise.allSettled([
        stream.forget(scope.tenantId, answerIds),
        session.forget(scope.tenantId, conversationId),
      ]);
    },
  };
}
