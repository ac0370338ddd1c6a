import { PROBLEMS } from "../../../platform/graphql/problems.js";
import { buildRoomSchema, type SubgraphSchema } from "../../../platform/graphql/schema.js";
import { AnswerResolver, answerView } from "./answer-resolver.js";
import { ConversationResolver, MessageResolver } from "./conversation-resolver.js";
import { ANSWER_EVENTS } from "./events.js";
import { FeedbackResolver } from "./feedback-resolver.js";
import { answerLoader, type ConversationServices, conversationLoader } from "./services.js";
import { SettingsResolver } from "./settings-resolver.js";
import { streamResolver } from "./stream-resolver.js";
import { UsageResolver } from "./usage-resolver.js";

/** The room's subgraph over its services. */
export function buildConversationsSchema(services: ConversationServices): Promise<SubgraphSchema> {
  const AnswerStreamResolver = streamResolver(services);
  const instances = new Map<unknown, unknown>([
    [AnswerResolver, new AnswerResolver(services)],
    [ConversationResolver, new ConversationResolver(services)],
    [MessageResolver, new MessageResolver(services)],
    [UsageResolver, new UsageResolver(services)],
    [SettingsResolver, new SettingsResolver(services)],
    [FeedbackResolver, new FeedbackResolver(services)],
    [AnswerStreamResolver, new AnswerStreamResolver()],
  ]);
  return buildRoomSchema(
    {
      resolvers: [
        AnswerResolver,
        ConversationResolver,
        MessageResolver,
        SettingsResolver,
        FeedbackResolver,
        UsageResolver,
        AnswerStreamResolver as never,
      ],
      container: { get: (resolver: unknown) => instances.get(resolver) },
      orphanedTypes: [...PROBLEMS, ...ANSWER_EVENTS],
    },
    {
      Answer: async ({ id }, context) => {
        const answer = await answerLoader(services, context).load(id);
        return answer && answerView(answer);
      },
      Conversation: ({ id }, context) => conversationLoader(services, context).load(id),
    },
  );
}
