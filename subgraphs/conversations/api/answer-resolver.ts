import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { invalidInput, Problem } from "../../../platform/graphql/problems.js";
import { mask } from "../../../platform/pii/mask.js";
import type * as domain from "../domain/answer.js";
import { QuestionRefused } from "../domain/asking.js";
import { AskInput, problemWith, RateAnswerInput, rules } from "./inputs.js";
import { citationView, failureProblem, passageView } from "./mapping.js";
import { answerLoader, type ConversationServices, conversationLoader, readableLoader, refused } from "./services.js";
import { Answer, AnswerPassage, AnswerPayload, ChatModel, Citation, Conversation, Grounding } from "./types.js";

/** The domain's answer is the API's parent value; what differs is resolved below. */
export const answerView = (answer: domain.Answer): Answer => answer as unknown as Answer;
const row = (answer: Answer): domain.Answer => answer as unknown as domain.Answer;

@Resolver(() => Answer)
export class AnswerResolver {
  constructor(private readonly services: ConversationServices) {}

  @Query(() => Answer, { nullable: true })
  async answer(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<Answer | null> {
    const answer = await answerLoader(this.services, context).load(id);
    if (!answer) await refused(this.services, context, "answer.read", "Answer", id);
    return answer && answerView(answer);
  }

  @Query(() => [ChatModel], { description: "The models that can answer" })
  async models(@Ctx() context: GraphContext): Promise<ChatModel[]> {
    requireViewer(context);
    const { models } = this.services;
    return (await models.all(context.signal)).map((model) => ({
      id: model.id,
      contextWindow: model.maxTokens ?? null,
      baseModel: model.parent ?? null,
      isDefault: model.id === models.defaultModel,
    }));
  }

  @Mutation(() => AnswerPayload, {
    description: "Asks. The answer comes back at once, QUEUED: follow it with answerStream",
  })
  async ask(@Arg("input", () => AskInput) input: AskInput, @Ctx() context: GraphContext): Promise<AnswerPayload> {
    const viewer = requireViewer(context);
    const problem = problemWith(rules.ask, input) ?? (await this.unknownModel(input.model));
    if (problem) return { answer: null, problem };
    const asked = this.services.asking.ask(
      viewer,
      {
        question: input.question,
        grounding: input.grounding,
        conversationId: input.conversationId ?? undefined,
        datasetIds: input.datasetIds ?? undefined,
        model: input.model ?? undefined,
        idempotencyKey: input.idempotencyKey ?? undefined,
      },
      context.traceId,
      context.spanId,
    );
    const answer = await asked.catch((error: unknown) => {
      if (error instanceof QuestionRefused) return error;
      throw error;
    });
    if (answer instanceof QuestionRefused) return { answer: null, problem: await this.personalData(context, answer) };
    if (answer) return { answer: answerView(answer), problem: null };
    return {
      answer: null,
      problem: await refused(this.services, context, "answer.ask", "Conversation", input.conversationId ?? ""),
    };
  }

  @Mutation(() => AnswerPayload, { description: "The next message of a chat; short for ask" })
  sendMessage(
    @Arg("conversationId", () => ID) conversationId: string,
    @Arg("text") text: string,
    @Ctx() context: GraphContext,
    @Arg("idempotencyKey", () => String, { nullable: true }) idempotencyKey?: string | null,
  ): Promise<AnswerPayload> {
    return this.ask(
      { question: text, conversationId, grounding: Grounding.AUTO, idempotencyKey: idempotencyKey ?? null },
      context,
    );
  }

  @Mutation(() => AnswerPayload, {
    description:
      "Asks a question of a chat anew in other words. The answer is in a new conversation, a branch that shares what came before; the chat itself stays as it is",
  })
  async editMessage(
    @Arg("messageId", () => ID, { description: "The question, or the reply to it" }) messageId: string,
    @Arg("text", { description: "At most 4,000 characters" }) text: string,
    @Ctx() context: GraphContext,
    @Arg("idempotencyKey", () => String, { nullable: true }) idempotencyKey?: string | null,
  ): Promise<AnswerPayload> {
    const viewer = requireViewer(context);
    const problem = problemWith(rules.edit, { question: text, idempotencyKey });
    if (problem) return { answer: null, problem };
    const edited = { messageId, question: text, idempotencyKey: idempotencyKey ?? undefined };
    const answer = await this.services.asking.edit(viewer, edited, context.traceId, context.spanId);
    if (answer) return { answer: answerView(answer), problem: null };
    return { answer: null, problem: await refused(this.services, context, "message.edit", "Message", messageId) };
  }

  @Mutation(() => AnswerPayload, {
    description:
      "Calls an answer off, within a second; what was written stays. An answer that has ended stays as it is",
  })
  cancelAnswer(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<AnswerPayload> {
    const viewer = requireViewer(context);
    return this.payload(context, "answer.cancel", id, this.services.asking.cancel(viewer, id, context.traceId));
  }

  @Mutation(() => AnswerPayload, {
    description: "Answers the same question anew; the new answer takes the old one's place in the chat",
  })
  regenerateAnswer(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<AnswerPayload> {
    const viewer = requireViewer(context);
    return this.payload(
      context,
      "answer.regenerate",
      id,
      this.services.asking.regenerate(viewer, id, context.traceId, context.spanId),
    );
  }

  @Mutation(() => AnswerPayload, { description: "Keeps what the reader thought of it; the last rating counts" })
  async rateAnswer(
    @Arg("input", () => RateAnswerInput) input: RateAnswerInput,
    @Ctx() context: GraphContext,
  ): Promise<AnswerPayload> {
    const viewer = requireViewer(context);
    const problem = problemWith(rules.rate, input);
    if (problem) return { answer: null, problem };
    const { answerId, rating } = input;
    const { answers, detector } = this.services;
    const masked = async (text: string | null | undefined): Promise<string | null> =>
      text == null || text.trim() === "" ? null : mask(text, await detector.detect(text)).text;
    const [reason, correctedAnswer] = await Promise.all([masked(input.reason), masked(input.correctedAnswer)]);
    const rated = answers.rate(viewer, answerId, { rating, reason, correctedAnswer }, context.traceId);
    return this.payload(context, "answer.rate", answerId, rated);
  }

  @FieldResolver(() => Conversation)
  async conversation(@Root() answer: Answer, @Ctx() context: GraphContext): Promise<Conversation> {
    const conversation = await conversationLoader(this.services, context).load(row(answer).conversationId);
    if (!conversation) throw new Error("an answer's conversation is not there");
    return conversation as unknown as Conversation;
  }

  @FieldResolver(() => [Citation], { description: "In the order of the text" })
  async citations(@Root() answer: Answer, @Ctx() context: GraphContext): Promise<Citation[]> {
    const { citations } = row(answer);
    const readable = await readableLoader(this.services, context).loadMany(citations.map((c) => c.documentId));
    return citations.map((citation, i) => citationView(citation, readable[i] === true));
  }

  @FieldResolver(() => [AnswerPassage], {
    description: "What was found for it, best first, as far as the viewer may read it now",
  })
  async passages(@Root() answer: Answer, @Ctx() context: GraphContext): Promise<AnswerPassage[]> {
    const { passages } = row(answer);
    const readable = await readableLoader(this.services, context).loadMany(passages.map((p) => p.documentId));
    return passages.flatMap((passage, i) => passageView(passage, readable[i] === true) ?? []);
  }

  @FieldResolver(() => Problem, { nullable: true, description: "Why it failed" })
  problem(@Root() answer: Answer): Problem | null {
    const { failure } = row(answer);
    return failure && failureProblem(failure);
  }

  @FieldResolver(() => Answer, { nullable: true, description: "The answer that this one was asked to replace" })
  async regenerates(@Root() answer: Answer, @Ctx() context: GraphContext): Promise<Answer | null> {
    const { regenerates } = row(answer);
    const before = regenerates === null ? null : await answerLoader(this.services, context).load(regenerates);
    return before && answerView(before);
  }

  private async personalData(context: GraphContext, { kinds }: QuestionRefused): Promise<Problem> {
    const { traceId } = context;
    await this.services.audit.note(context.viewer, {
      action: "answer.ask",
      outcome: "REFUSED",
      reason: "PERSONAL_DATA",
      traceId,
    });
    const message = `The question holds personal data (${kinds.join(", ")}), which your organisation does not take. Ask without it.`;
    return invalidInput([{ path: "question", message }], "PERSONAL_DATA");
  }

  private async unknownModel(model: string | null | undefined) {
    if (model == null || (await this.services.models.mayExist(model))) return undefined;
    return invalidInput([{ path: "model", message: "There is no such model; `models` lists them." }]);
  }

  private async payload(
    context: GraphContext,
    action: string,
    id: string,
    work: Promise<domain.Answer | undefined>,
  ): Promise<AnswerPayload> {
    const answer = await work;
    if (answer) return { answer: answerView(answer), problem: null };
    return { answer: null, problem: await refused(this.services, context, action, "Answer", id) };
  }
}
