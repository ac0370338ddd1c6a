import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { VisibilityFollower } from "../../../platform/visibility/follower.js";
import type { GraphWriter } from "../ports.js";

export interface FollowDeps {
  readonly feed: VisibilityFollower;
  readonly writer: GraphWriter;
}

/** What is looked for that no job has brought up to date. */
const PERIOD_MS = 2000;
const BATCH = 500;
const DOCUMENT_LIMIT_MS = 5 * 60_000;

/**
 * Brings one document's marks in the graph to what is published now, whatever was published when it was asked for: late, repeated and
 * overtaking calls end in the newest state. False: there was nothing to apply.
 */
export async function followDocument(
  { feed, writer }: FollowDeps,
  tenantId: string,
  documentId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const state = await feed.state(tenantId, documentId);
  if (!state) return false;
  const { revision, visible } = state;
  const applied = visible
    ? await writer.show({ tenantId, documentId, generation: visible.generation }, visible, signal)
    : await writer.hide(tenantId, documentId, revision, signal);
  await feed.caughtUp(tenantId, [{ id: documentId, revision }]);
  return applied;
}

/** Applies what is pending for the second time it is looked at: what jobs were lost for, and what was published again after a loss. */
export function createFollowing(deps: FollowDeps, logger: Logger): { round(signal: AbortSignal): Promise<number> } {
  let before = new Map<string, number>();
  return {
    async round(signal) {
      const seen = new Map<string, number>();
      let applied = 0;
      for (const tenantId of await deps.feed.tenants()) {
        const states = await deps.feed.behind(tenantId, BATCH);
        const revisions = new Map([...states].map(([id, { revision }]) => [id, revision]));
        const shown = revisions.size > 0 ? await deps.writer.applied(tenantId, revisions, signal) : new Set<string>();
        const done = [...shown].map((id) => ({ id, revision: revisions.get(id) as number }));
        await deps.feed.caughtUp(tenantId, done);
        for (const [id, revision] of revisions) {
          const name = `${tenantId}/${id}`;
          if (shown.has(id)) continue;
          seen.set(name, revision);
          if (before.get(name) !== revision) continue;
          signal.throwIfAborted();
          const limit = AbortSignal.any([signal, AbortSignal.timeout(DOCUMENT_LIMIT_MS)]);
          await followDocument(deps, tenantId, id, limit).then(
            () => applied++,
            (error: unknown) => logger.warn({ tenantId, documentId: id, error: describeError(error) }, "still behind"),
          );
        }
      }
      before = seen;
      return applied;
    },
  };
}

/** Runs rounds for as long as the process does. Replicas may do so side by side. */
export function startFollowing(deps: FollowDeps, logger: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const following = createFollowing(deps, logger);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const start = (): void => {
    running = following
      .round(stopping.signal)
      .then(
        (applied) => {
          if (applied > 0) logger.info({ applied }, "the graph caught up with what is published");
        },
        (error: unknown) => {
          if (!stopping.signal.aborted) logger.warn({ error: describeError(error) }, "cannot look what is pending");
        },
      )
      .finally(() => {
        if (!stopping.signal.aborted) timer = setTimeout(start, PERIOD_MS);
      });
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
