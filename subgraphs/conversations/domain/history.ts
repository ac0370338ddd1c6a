import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { ConversationStore, SessionCache, SessionMessage } from "../ports.js";
import type { Message } from "./answer.js";

/** The most messages of a chat that bear on its next answer. */
export const HISTORY_MESSAGES = 100;

/** A message as the session holds it. */
export const sessionMessage = (message: Message): SessionMessage => ({
  id: message.id,
  role: message.role === "USER" ? "user" : "assistant",
  content: message.content,
  timestamp: message.createdAt.getTime(),
  tokens: message.tokens,
});

/** Earlier messages of a chat: from the session, or from the durable history, which fills the session again. */
export interface ChatHistory {
  read(scope: TenantScope, conversationId: string): Promise<SessionMessage[]>;
  /** Takes the session's messages from the durable history after an answer was added to it. */
  refresh(scope: TenantScope, conversationId: string): Promise<void>;
}

export function createChatHistory(conversations: ConversationStore, session: SessionCache): ChatHistory {
  const load = async (scope: TenantScope, conversationId: string): Promise<SessionMessage[]> =>
    (await conversations.answeredMessages(scope, conversationId, HISTORY_MESSAGES)).map(sessionMessage);
  return {
    async read(scope, conversationId) {
      // Without the session the chat goes on from the durable history.
      const kept = await session.read(scope.tenantId, conversationId).catch(() => undefined);
      return kept ?? load(scope, conversationId);
    },
    async refresh(scope, conversationId) {
      await session.replace(scope.tenantId, conversationId, await load(scope, conversationId));
    },
  };
}

/** What was said before a question; a regenerated answer sees neither its question twice nor what came after it. */
export function before(messages: readonly SessionMessage[], questionId: string): SessionMessage[] {
  const here = messages.findIndex((message) => message.id === questionId);
  return here < 0 ? [...messages] : messages.slice(0, here);
}
