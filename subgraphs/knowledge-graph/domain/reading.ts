import { mayReadDepartment, readableScopes, type TenantScope } from "../../../platform/auth/viewer.js";
import type { PendingVisibility } from "../../../platform/visibility/follower.js";
import type { Overlay, OverlayReader, Reading } from "../ports.js";

/** Documents that may be pending at once before the graph says that it cannot answer just now. */
export const MAX_PENDING = 1000;

export interface ReadingSources {
  /** What was published but is not in the store yet. */
  readonly pending: (tenantId: string, limit: number) => Promise<PendingVisibility>;
  readonly store: OverlayReader;
}

/** A generation of a document, as its chunks bear it. */
export const generationKey = (documentId: string, generation: number): string => `${documentId}:${generation}`;

/**
 * What a viewer may read at this moment: the store's own marks, and for documents whose publication the store does not show yet the
 * published state instead. Taken once per request, so that all of its steps see the same. @throws UnavailableError
 */
export async function openReading(sources: ReadingSources, scope: TenantScope, signal: AbortSignal): Promise<Reading> {
  const { tenantId } = scope;
  const { known, changes } = await sources.pending(tenantId, MAX_PENDING);
  // Unknown is invisible, as in every other room.
  const scopes = known ? readableScopes(scope) : [];
  if (!known || changes.size === 0) return { tenantId, scopes, overlay: null, signal };
  const changing = [...changes.keys()];
  const shown = [...changes].flatMap(([id, { visible }]) =>
    visible && mayReadDepartment(scope, visible.department) ? [generationKey(id, visible.generation)] : [],
  );
  const marks = { changing, shown };
  const counts = await sources.store.recount({ tenantId, scopes, signal, ...marks });
  return { tenantId, scopes, overlay: { ...marks, ...counts } satisfies Overlay, signal };
}
