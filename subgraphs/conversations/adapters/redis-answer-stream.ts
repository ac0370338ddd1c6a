import { UnavailableError } from "../../../platform/errors/errors.js";
import { type Redis, tenantKey } from "../../../platform/redis/redis.js";
import { createEventLog, OvertakenError } from "../../../platform/streams/event-log.js";
import type { StreamReader } from "../../../platform/streams/stream-reader.js";
import type { AnswerEvent } from "../domain/events.js";
import { type AnswerStream, StreamTakenOver } from "../ports.js";

/** How long after its last event a stream can still be resumed; later readers get the stored answer. */
const TTL_SECONDS = 3600;

const failed = (error: unknown): never => {
  if (error instanceof OvertakenError) throw new StreamTakenOver(error.message, { cause: error });
  throw new UnavailableError("REDIS", "The answer's stream cannot be reached just now. Try again shortly.", {
    cause: error,
  });
};

/** Answer streams in Redis, one numbered stream per answer. `ttlSeconds` is for tests of late readers. */
export function createAnswerStream(redis: Redis, reader: StreamReader, ttlSeconds: number = TTL_SECONDS): AnswerStream {
  const log = createEventLog<AnswerEvent>(redis, reader, { ttlSeconds });
  const key = (tenantId: string, answerId: string): string => tenantKey(tenantId, "answer", answerId);
  return {
    append: (tenantId, answerId, events, expected) =>
      log.append(key(tenantId, answerId), events, expected).catch(failed),
    last: (tenantId, answerId) => log.last(key(tenantId, answerId)).catch(failed),
    read: (tenantId, answerId, after) => log.read(key(tenantId, answerId), after).catch(failed),
    async *follow(tenantId, answerId, after, signal) {
      try {
        yield* log.follow(key(tenantId, answerId), after, signal);
      } catch (error) {
        failed(error);
      }
    },
    async forget(tenantId, answerIds) {
      if (answerIds.length > 0) await redis.del(...answerIds.map((id) => key(tenantId, id)));
    },
  };
}
