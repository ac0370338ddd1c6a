import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import { targetOf } from "../domain/document.js";
import { recover } from "../domain/lifecycle.js";
import { objectKeys, UPLOAD_GRACE_SECONDS } from "../domain/upload.js";
import type {
  DeletionStore,
  DocumentStore,
  ObjectStore,
  Pipeline,
  Publisher,
  UploadStore,
  WebhookStore,
} from "../ports.js";
import { findStuck } from "./watchdog.js";

export interface SweepDeps {
  readonly documents: DocumentStore;
  readonly deletions: DeletionStore;
  readonly uploads: UploadStore;
  readonly webhooks: Pick<WebhookStore, "forgetBefore">;
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
  readonly objects: ObjectStore;
  readonly logger: Logger;
}

/** Work that has not moved for this long is looked for in the queue. */
const STILL_SECONDS = 60;
/** Work that has not moved for this long, though it is in the queue, is stuck. */
const STUCK_SECONDS = 120;
/** Deliveries that ended are listed for this long. */
const DELIVERY_DAYS = 30;
const PAGE = 100;
const PERIOD_MS = 30_000;
/** Every so many sweeps, what is visible is compared with what is published. */
const PUBLISH_EVERY = 10;

/** Starts work again that the queue has lost. Returns how many documents it revived. */
export async function reviveLostWork(deps: SweepDeps, seconds: number, traceId: string): Promise<number> {
  let revived = 0;
  for (let after = ""; ; ) {
    const page = await deps.documents.standingStill(seconds, after, PAGE);
    for (const { scope, document } of page) {
      after = document.id;
      if (await deps.pipeline.alive(targetOf(document))) continue;
      const deletion = document.status === "DELETING" ? await deps.deletions.ofObject(scope, document.id) : undefined;
      await deps.documents.change(
        scope,
        document.id,
        (now) => (now.attempt === document.attempt ? recover(now, deletion?.id ?? null) : "unchanged"),
        { traceId },
      );
      revived++;
      deps.logger.warn({ documentId: document.id, tenantId: scope.tenantId }, "work was lost and starts again");
    }
    if (page.length < PAGE) return revived;
  }
}

/** Removes what uploads left behind that were never completed. */
export async function removeExpiredUploads(deps: SweepDeps, signal: AbortSignal): Promise<number> {
  const expired = await deps.uploads.expired(UPLOAD_GRACE_SECONDS, PAGE);
  if (expired.length === 0) return 0;
  await deps.objects.remove(
    expired.map((upload) => upload.objectKey),
    signal,
  );
  for (const upload of expired)
    if (!upload.completed && !upload.replaces)
      await deps.objects.removeAll(objectKeys.prefix(upload.tenantId, upload.datasetId, upload.documentId), signal);
  await deps.uploads.forget(expired.map((upload) => upload.id));
  return expired.length;
}

/** Publishes visible documents again that the feed has lost, and hides again those being deleted. Returns how many are shown again. */
export async function republish(deps: SweepDeps): Promise<number> {
  let published = 0;
  for (let after = ""; ; ) {
    const page = await deps.documents.visibleAfter(after, PAGE);
    for (const tenantId of new Set(page.map((document) => document.tenantId))) {
      const mine = page.filter((document) => document.tenantId === tenantId);
      const shown = await deps.publisher.shown(
        tenantId,
        mine.map((document) => document.id),
      );
      for (const document of mine.filter(({ id }) => !shown.has(id))) {
        const { revision, attempt, status } = document;
        const visibleGeneration = status === "DELETING" ? null : document.visibleGeneration;
        await deps.publisher.show(tenantId, targetOf(document), {
          kind: "announce",
          visibleGeneration,
          revision,
          attempt,
          sweep: false,
        });
        if (visibleGeneration !== null) published++;
      }
    }
    if (page.length < PAGE) return published;
    after = page.at(-1)?.id ?? "";
  }
}

/** Sweeps at once, then every half minute, for as long as the process runs. Replicas may sweep side by side. */
export function startSweep(deps: SweepDeps, newTraceId: () => string): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let round = 0;
  let running: Promise<void> = Promise.resolve();
  const step = async (name: string, work: () => Promise<number>): Promise<void> => {
    if (stopping.signal.aborted) return;
    try {
      const count = await work();
      if (count > 0) deps.logger.info({ sweep: name, count }, "swept");
    } catch (error) {
      deps.logger.warn({ sweep: name, error: describeError(error) }, "sweep failed; it is repeated");
    }
  };
  const sweep = async (): Promise<void> => {
    await step("lost work", () => reviveLostWork(deps, STILL_SECONDS, newTraceId()));
    await step("stuck documents", () => findStuck(deps, STUCK_SECONDS));
    await step("expired uploads", () => removeExpiredUploads(deps, stopping.signal));
    await step("old deliveries", () => deps.webhooks.forgetBefore(DELIVERY_DAYS));
    if (round++ % PUBLISH_EVERY === 0) await step("visibility", () => republish(deps));
    if (!stopping.signal.aborted) timer = setTimeout(start, PERIOD_MS);
  };
  const start = (): void => {
    running = sweep();
  };
  start();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
