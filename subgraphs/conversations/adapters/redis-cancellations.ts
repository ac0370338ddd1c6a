import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { Redis } from "../../../platform/redis/redis.js";
import type { Cancellations } from "../ports.js";

const CHANNEL = "conversations:cancelled-answers";

/**
 * Cancellations over Redis publish/subscribe. A message is only a hint: the request itself is in the answer's row, which a
 * worker reads when it takes the answer up and now and then while it writes.
 * @param subscriber a connection that nobody else uses; undefined where nothing is watched
 */
export async function createCancellations(
  redis: Redis,
  subscriber: Redis | undefined,
  logger: Logger,
): Promise<Cancellations> {
  const watched = new Map<string, AbortController>();
  subscriber?.on("message", (_channel: string, answerId: string) => watched.get(answerId)?.abort());
  await subscriber?.subscribe(CHANNEL);
  return {
    async announce(answerId) {
      await redis.publish(CHANNEL, answerId).catch((error: unknown) => {
        logger.warn(
          { answerId, error: describeError(error) },
          "a cancellation was not announced; the worker will see it in the row",
        );
      });
    },
    watch(answerId) {
      const controller = new AbortController();
      watched.set(answerId, controller);
      return {
        signal: controller.signal,
        close() {
          if (watched.get(answerId) === controller) watched.delete(answerId);
        },
      };
    },
  };
}
