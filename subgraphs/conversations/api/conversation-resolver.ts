import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { RequestError } from "../../../platform/errors/errors.js";
import { type Connection, decodeCursor, pageSize, toConnection } from "../../../platform/graphql/connection.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { invalidInput } from "../../../platform/graphql/problems.js";
import type * as domain from "../domain/answer.js";
import { HISTORY_MESSAGES, sessionMessage } from "../domain/history.js";
import { afterSummary } from "../domain/summary.js";
import { DEFAULT_WINDOW, historyTokens, shareWindow } from "../domain/window.js";
import { answerView } from "./answer-resolver.js";
import { problemWith, rules, StartConversationInput, searchTerms } from "./inputs.js";
import { answerLoader, type ConversationServices, conversationLoader, refused } from "./services.js";
import {
  Answer,
  BranchOrigin,
  ContextWindow,
  Conversation,
  ConversationConnection,
  ConversationDeletionPayload,
  ConversationPayload,
  Message,
  MessageConnection,
} from "./types.js";

const view = (conversation: domain.Conversation): Conversation => conversation as unknown as Conversation;
const row = (conversation: Conversation): domain.Conversation => conversation as unknown as domain.Conversation;
const badCursor = () =>
  new RequestError("BAD_CURSOR", 'The cursor is not one of this list. Start again without "after".');

/** The cursor's instant and id. @throws RequestError BAD_CURSOR */
function conversationKey(cursor: string): readonly [string, string] {
  const [updatedAt, id] = decodeCursor(cursor, 2);
  if (typeof updatedAt !== "string" || typeof id !== "string" || Number.isNaN(Date.parse(updatedAt))) throw badCursor();
  return [updatedAt, id];
}

/** The cursor's place in the conversation. @throws RequestError BAD_CURSOR */
function messageKey(cursor: string): number {
  const [sequence] = decodeCursor(cursor, 1);
  if (typeof sequence !== "number" || !Number.isSafeInteger(sequence)) throw badCursor();
  return sequence;
}

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(private readonly services: ConversationServices) {}

  @Query(() => Conversation, { nullable: true })
  async conversation(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<Conversation | null> {
    const found = await conversationLoader(this.services, context).load(id);
    if (!found) await refused(this.services, context, "conversation.read", "Conversation", id);
    return found && view(found);
  }

  @Query(() => ConversationConnection, { description: "The viewer's own, last used first" })
  async conversations(
    @Ctx() context: GraphContext,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string | null,
    @Arg("search", () => String, {
      nullable: true,
      description: "Only those in whose title, or in one of whose messages, all these words stand",
    })
    search?: string | null,
  ): Promise<Connection<Conversation>> {
    const page = { first: pageSize(first), after: after == null ? undefined : conversationKey(after) };
    const { rows, total } = await this.services.conversations.list(requireViewer(context), page, searchTerms(search));
    return toConnection(rows.map(view), first, after, total, (row) => [row.updatedAt.toISOString(), row.id]);
  }

  @Mutation(() => ConversationPayload)
  async startConversation(
    @Ctx() context: GraphContext,
    @Arg("input", () => StartConversationInput, { nullable: true }) input?: StartConversationInput | null,
  ): Promise<ConversationPayload> {
    const viewer = requireViewer(context);
    const wanted = input ?? {};
    const problem = problemWith(rules.start, wanted);
    if (problem) return { conversation: null, problem };
    const { models } = this.services;
    if (wanted.model != null && !(await models.mayExist(wanted.model)))
      return {
        conversation: null,
        problem: invalidInput([{ path: "model", message: "There is no such model; `models` lists them." }]),
      };
    const conversation = await this.services.conversations.create(
      viewer,
      {
        title: wanted.title?.trim() ?? "",
        model: wanted.model ?? models.defaultModel,
        datasetIds: wanted.datasetIds ?? [],
      },
      context.traceId,
    );
    return { conversation: view(conversation), problem: null };
  }

  @Mutation(() => ConversationPayload, {
    description:
      "Begins a new conversation with everything that was asked and answered up to a message. The two then go their own ways",
  })
  async branchConversation(
    @Arg("messageId", () => ID, { description: "A question or the reply to it; both are in the branch" })
    messageId: string,
    @Ctx() context: GraphContext,
    @Arg("title", () => String, { nullable: true, description: "Default: the same" }) title?: string | null,
  ): Promise<ConversationPayload> {
    const viewer = requireViewer(context);
    const problem = problemWith(rules.branch, { title });
    if (problem) return { conversation: null, problem };
    const point = { messageId, including: true, title: title?.trim() };
    const branch = await this.services.conversations.branch(viewer, point, context.traceId);
    if (branch) return { conversation: view(branch), problem: null };
    return {
      conversation: null,
      problem: await refused(this.services, context, "conversation.branch", "Message", messageId),
    };
  }

  @Mutation(() => ConversationPayload)
  async renameConversation(
    @Arg("id", () => ID) id: string,
    @Arg("title", { description: "At most 200 characters" }) title: string,
    @Ctx() context: GraphContext,
  ): Promise<ConversationPayload> {
    const viewer = requireViewer(context);
    const problem = problemWith(rules.rename, { title });
    if (problem) return { conversation: null, problem };
    const renamed = await this.services.conversations.rename(viewer, id, title.trim(), context.traceId);
    if (renamed) return { conversation: view(renamed), problem: null };
    return {
      conversation: null,
      problem: await refused(this.services, context, "conversation.rename", "Conversation", id),
    };
  }

  @Mutation(() => ConversationDeletionPayload, {
    description: "Deletes it with its messages and answers; answers under way are called off",
  })
  async deleteConversation(
    @Arg("id", () => ID) id: string,
    @Ctx() context: GraphContext,
  ): Promise<ConversationDeletionPayload> {
    const viewer = requireViewer(context);
    const answerIds = await this.services.conversations.remove(viewer, id, context.traceId);
    if (!answerIds)
      return {
        deletedId: null,
        problem: await refused(this.services, context, "conversation.delete", "Conversation", id),
      };
    await this.services.asking.abandon(viewer, id, answerIds);
    return { deletedId: id, problem: null };
  }

  @FieldResolver(() => MessageConnection, { description: "Oldest first" })
  async messages(
    @Root() conversation: Conversation,
    @Ctx() context: GraphContext,
    @Arg("first", () => Int, { defaultValue: 50 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string | null,
    @Arg("search", () => String, { nullable: true, description: "Only those in which all these words stand" })
    search?: string | null,
  ): Promise<Connection<Message>> {
    const page = { first: pageSize(first), after: after == null ? undefined : messageKey(after) };
    const { rows, total } = await this.services.conversations.messages(
      requireViewer(context),
      conversation.id,
      page,
      searchTerms(search),
    );
    return toConnection(rows as unknown as Message[], first, after, total, (row) => [
      (row as unknown as domain.Message).sequence,
    ]);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "What its oldest messages said, in short: in the model's prompt it stands in their place. null while all fit",
  })
  summary(@Root() conversation: Conversation): string | null {
    return row(conversation).summary.text || null;
  }

  @FieldResolver(() => BranchOrigin, { nullable: true, description: "null also when the other chat is deleted" })
  async branchedFrom(@Root() conversation: Conversation, @Ctx() context: GraphContext): Promise<BranchOrigin | null> {
    const from = row(conversation).branchedFrom;
    const origin = from && (await conversationLoader(this.services, context).load(from.conversationId));
    return origin && { conversation: view(origin), messageId: from.messageId };
  }

  @FieldResolver(() => ContextWindow, { description: "How much of the model's window its messages take" })
  async window(@Root() conversation: Conversation, @Ctx() context: GraphContext): Promise<ContextWindow> {
    const { models, conversations } = this.services;
    const { summary } = row(conversation);
    const budget = shareWindow((await models.windowOf(conversation.model)) ?? DEFAULT_WINDOW, 0, summary.tokens);
    const messages = await conversations.answeredMessages(requireViewer(context), conversation.id, HISTORY_MESSAGES);
    const open = afterSummary(messages.map(sessionMessage), summary).messages;
    const { limit, answer, history } = budget;
    return { limit, answer, history, summary: budget.summary, used: historyTokens(open) };
  }
}

@Resolver(() => Message)
export class MessageResolver {
  constructor(private readonly services: ConversationServices) {}

  @FieldResolver(() => Answer, {
    nullable: true,
    description: "For a question: the answer it was first asked for. For a reply: the answer it came from",
  })
  async answer(@Root() message: Message, @Ctx() context: GraphContext): Promise<Answer | null> {
    const answer = await answerLoader(this.services, context).load((message as unknown as domain.Message).answerId);
    return answer && answerView(answer);
  }
}
