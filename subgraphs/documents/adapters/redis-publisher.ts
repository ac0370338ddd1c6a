import type { ProgressLog } from "../../../platform/streams/progress.js";
import type { VisibilityFeed } from "../../../platform/visibility/visibility.js";
import type { Publisher } from "../ports.js";

/** Publishes what can be seen and how work goes, through Redis. */
export function createPublisher(visibility: VisibilityFeed, progress: ProgressLog): Publisher {
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
    shown: async (tenantId, documentIds) => new Set((await visibility.visible(tenantId, documentIds)).keys()),
    forget: (tenantId, documentId) => progress.log.forget(progress.key(tenantId, documentId)),
  };
}
