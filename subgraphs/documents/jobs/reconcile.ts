import { reindex } from "../domain/lifecycle.js";
import { compareHoldings, compareObjects, compareVisibility, type Finding, sameFinding } from "../domain/reconcile.js";
import type { DocumentStore, JobOrigin, LedgerStore, ObjectStore, Pipeline, Publisher } from "../ports.js";

export interface ReconcileDeps {
  readonly ledger: LedgerStore;
  readonly documents: DocumentStore;
  readonly objects: ObjectStore;
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
}

export interface ReconcileOptions {
  /** Documents that changed within so many seconds are left alone: their jobs may still be on their way. */
  readonly settledSeconds: number;
  readonly repair: boolean;
  readonly traceId: string;
  readonly signal: AbortSignal;
}

export interface TenantReport {
  readonly tenantId: string;
  readonly findings: readonly Finding[];
  /** How many of them were put right, or are being; only with `repair`. */
  readonly repaired: number;
}

/** Findings of one tenant that are told and repaired at a time; the next sweep finds the rest. */
const MAX_FINDINGS = 1000;

const originOf = (tenantId: string, traceId: string, department: string | null = null): JobOrigin => ({
  scope: { tenantId, userId: "sweep", departments: department === null ? [] : [department] },
  traceId,
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function look(deps: ReconcileDeps, tenantId: string, options: ReconcileOptions): Promise<Finding[]> {
  const { signal } = options;
  const origin = originOf(tenantId, options.traceId);
  const before = await deps.ledger.documents(tenantId, options.settledSeconds);
  const promisedBefore = await deps.ledger.promised(tenantId);
  const [vectors, graph, files, uploads, shown, reported] = await Promise.all([
    deps.pipeline.inventory(origin, "retrieval", signal),
    deps.pipeline.inventory(origin, "knowledge-graph", signal),
    collect(deps.objects.list(`documents/${tenantId}/`, signal)),
    collect(deps.objects.list(`uploads/${tenantId}/`, signal)),
    collect(deps.publisher.allShown(tenantId)),
    collect(deps.publisher.allReported(tenantId)),
  ]);
  const after = await deps.ledger.documents(tenantId, options.settledSeconds);
  const promised = new Set([...promisedBefore, ...(await deps.ledger.promised(tenantId))]);
  const strays = await deps.ledger.strays(tenantId);
  return [
    ...compareHoldings("milvus", vectors, before, after),
    ...compareHoldings("neo4j", graph, before, after),
    ...compareObjects([...files, ...uploads], before, after, promised),
    ...compareVisibility(new Map(shown.map(([id, generation]) => [id, generation])), reported, before, after, promised),
    ...strays.map(({ id, what }): Finding => ({ store: "postgres", kind: "ORPHAN", id, detail: what })),
  ];
}

/**
 * Compares one tenant's rows with what every store holds, in both directions. What is found is looked for a second time, so that
 * work which ends meanwhile is not taken for a trace it left.
 */
export async function reconcileTenant(
  deps: ReconcileDeps,
  tenantId: string,
  options: ReconcileOptions,
): Promise<TenantReport> {
  const first = await look(deps, tenantId, options);
  if (first.length === 0) return { tenantId, findings: [], repaired: 0 };
  const second = await look(deps, tenantId, options);
  const findings = second.filter((one) => first.some((other) => sameFinding(one, other))).slice(0, MAX_FINDINGS);
  if (!options.repair) return { tenantId, findings, repaired: 0 };
  let repaired = 0;
  const done = new Set<string>();
  for (const finding of findings) if (await repair(deps, tenantId, finding, options, done)) repaired++;
  if (findings.some(({ store }) => store === "postgres")) repaired += await deps.ledger.forgetStrays(tenantId);
  return { tenantId, findings, repaired };
}

/** Removes what belongs to nothing, and has built anew what is missing. `done`: repairs that were begun for another finding. */
async function repair(
  deps: ReconcileDeps,
  tenantId: string,
  finding: Finding,
  options: ReconcileOptions,
  done: Set<string>,
): Promise<boolean> {
  const { documentId, generation } = finding;
  const row = documentId === undefined ? undefined : (await deps.ledger.documents(tenantId, 0)).get(documentId);
  const origin = originOf(tenantId, options.traceId, row?.department);
  const once = (key: string): boolean => !done.has(key) && Boolean(done.add(key));
  // Job ids are used once: the moment sets apart the repairs of two sweeps.
  const attempt = Math.floor(Date.now() / 1000);
  if (finding.store === "s3" && finding.kind === "ORPHAN") {
    await deps.objects.remove([finding.id], options.signal);
    return true;
  }
  if (finding.store === "redis" && finding.kind === "ORPHAN") {
    if (generation !== undefined && documentId !== undefined) {
      const shown = (await collect(deps.publisher.allShown(tenantId))).find(([id]) => id === documentId);
      const target = { documentId, datasetId: row?.datasetId ?? "", department: row?.department ?? null, generation };
      await deps.publisher.show(
        tenantId,
        { ...target, attempt },
        {
          kind: "announce",
          visibleGeneration: row?.visibleGeneration ?? null,
          revision: (shown?.[2] ?? 0) + 1,
          attempt,
          sweep: false,
        },
      );
    } else await deps.publisher.forget(tenantId, finding.id);
    return true;
  }
  if (documentId === undefined) return false;
  if (finding.kind === "ORPHAN") {
    if (!row) {
      if (once(`purge ${documentId}`))
        await deps.pipeline.purge(origin, { documentId, datasetId: "", deletionId: "", attempt });
    } else if (generation !== undefined && once(`discard ${documentId} ${generation}`)) {
      const { datasetId, department } = row;
      await deps.pipeline.discard(origin, { documentId, datasetId, department, generation, attempt });
    }
    return true;
  }
  // Without the original nothing can be built anew; somebody has to upload it again.
  if (finding.store === "s3" || !once(`reindex ${documentId}`)) return false;
  const outcome = await deps.documents.change(origin.scope, documentId, reindex, { traceId: options.traceId });
  return outcome.value !== undefined;
}
