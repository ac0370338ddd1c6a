import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { OvertakenAttempts } from "../../../platform/queue/overtaken.js";
import type { ProgressLog } from "../../../platform/streams/progress.js";
import type { VisibilityFeed } from "../../../platform/visibility/visibility.js";
import { targetOf } from "../domain/document.js";
import type { Publisher } from "../ports.js";
import type { Shown } from "./announced.js";

/** Publications that are sent together. */
const BATCH = 200;

/** Steps that are looked through for one that a worker has reported. */
const RECENT = 20;

/** Publishes what can be seen and how work goes, through Redis. */
export function createPublisher(
  visibility: VisibilityFeed,
  progress: ProgressLog,
  overtaken: OvertakenAttempts,
): Publisher {
  return {
    async show(tenantId, target, announcement) {
      const { visibleGeneration, revision } = announcement;
      if (visibleGeneration === null) return visibility.hide(tenantId, target.documentId, revision);
      await visibility.publish(tenantId, target.documentId, {
        generation: visibleGeneration,
        department: target.department,
        datasetId: target.datasetId,
        revision,
      });
    },
    report: (tenantId, target, { done = 0, total = null, ...step }) =>
      progress.report(tenantId, {
        documentId: target.documentId,
        datasetId: target.datasetId,
        generation: target.generation,
        attempt: target.attempt,
        done,
        total,
        ...step,
      }),
    async lastSeen(tenantId, documentId) {
      const key = progress.key(tenantId, documentId);
      const last = await progress.log.last(key);
      const recent = await progress.log.read(key, Math.max(0, last - RECENT), RECENT);
      // That it is stuck is what the watchdog itself has said.
      const entry = recent.findLast(({ event }) => event.state !== "STUCK");
      return entry && new Date(entry.event.at);
    },
    async *allShown(tenantId) {
      for await (const [id, { generation, revision }] of visibility.all(tenantId)) yield [id, generation, revision];
    },
    allReported: (tenantId) => progress.objects(tenantId),
    shown: async (tenantId, documentIds) => new Set((await visibility.visible(tenantId, documentIds)).keys()),
    async forget(tenantId, documentId) {
      await progress.log.forget(progress.key(tenantId, documentId));
      await overtaken.forget(tenantId, documentId);
    },
  };
}

/** Publishes what a committed transaction announced. Never fails: what cannot be published now, the outbox publishes. */
export const publishNow =
  (publisher: Pick<Publisher, "show">, logger: Logger) =>
  async (shown: readonly Shown[]): Promise<void> => {
    try {
      for (let at = 0; at < shown.length; at += BATCH)
        await Promise.all(
          shown
            .slice(at, at + BATCH)
            .map(({ document, announcement }) => publisher.show(document.tenantId, targetOf(document), announcement)),
        );
    } catch (error) {
      logger.warn({ error: describeError(error) }, "what changed is published later, from the outbox");
    }
  };
