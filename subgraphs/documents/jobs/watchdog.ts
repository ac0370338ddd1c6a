import { targetOf } from "../domain/document.js";
import type { DocumentStore, Pipeline, Publisher } from "../ports.js";

export interface WatchdogDeps {
  readonly documents: DocumentStore;
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
}

const PAGE = 100;
const HELD_BACK = {
  code: "HELD_BACK",
  message: "Its next step cannot be started: an older attempt has not ended, or the queue does not answer.",
} as const;

/**
 * Finds documents whose work has not moved for so many seconds, says why, and takes it back when they move again. What waits
 * behind others' work, or in a paused data set, is not stuck. Returns how many were newly found.
 */
export async function findStuck(deps: WatchdogDeps, seconds: number): Promise<number> {
  let found = 0;
  for (let after = ""; ; ) {
    const page = await deps.documents.notMoving(seconds, after, PAGE);
    for (const { scope, document, heldBack } of page) {
      after = document.id;
      const target = targetOf(document);
      const seen = await deps.publisher.lastSeen(scope.tenantId, document.id);
      const moves = seen !== undefined && Date.now() - seen.getTime() < seconds * 1000;
      const obstacle = moves ? null : heldBack ? HELD_BACK : await deps.pipeline.obstacle(target);
      if (obstacle?.code === document.stuck?.code && obstacle?.message === document.stuck?.message) continue;
      const since = document.stuck?.since ?? new Date().toISOString();
      if (!(await deps.documents.mark(scope, target, obstacle && { ...obstacle, since }))) continue;
      if (!obstacle) continue;
      if (!document.stuck) found++;
      await deps.publisher.report(scope.tenantId, target, { stage: document.stage, state: "STUCK", ...obstacle });
    }
    if (page.length < PAGE) return found;
  }
}
