import { type Redis, tenantKey } from "../../../platform/redis/redis.js";
import type { SessionCache, SessionMessage } from "../ports.js";

/** As published: at most this many messages for this long. */
export const SESSION_MESSAGES = 100;
const TTL_SECONDS = 24 * 3600;

/** The list `chat:session:{id}:messages` of a conversation, behind its tenant's prefix. */
export function createSessionCache(redis: Redis): SessionCache {
  const key = (tenantId: string, conversationId: string): string =>
    tenantKey(tenantId, "chat", "session", conversationId, "messages");
  return {
    async read(tenantId, conversationId) {
      const entries = await redis.lrange(key(tenantId, conversationId), -SESSION_MESSAGES, -1);
      return entries.length === 0 ? undefined : entries.map((entry) => JSON.parse(entry) as SessionMessage);
    },
    async replace(tenantId, conversationId, messages) {
      const list = key(tenantId, conversationId);
      const commands = redis.multi().del(list);
      if (messages.length > 0)
        commands
          .rpush(list, ...messages.slice(-SESSION_MESSAGES).map((message) => JSON.stringify(message)))
          .expire(list, TTL_SECONDS);
      await commands.exec();
    },
    forget: async (tenantId, conversationId) => void (await redis.del(key(tenantId, conversationId))),
  };
}
