import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { Metrics } from "../../../platform/telemetry/metrics.js";
import { traceIdFrom } from "../../../platform/telemetry/trace.js";
import { type ReconcileDeps, reconcileTenant, type TenantReport } from "./reconcile.js";

/** Documents that changed this recently are left alone. */
const SETTLED_SECONDS = 60;
const PERIOD_MS = 60 * 60_000;
/** The first comes after a start's own work is done. */
const FIRST_MS = 5 * 60_000;
const TENANT_MS = 30 * 60_000;

/** Compares the stores of every tenant once. Returns how many differences there are that were not repaired. */
export async function sweepOnce(
  deps: ReconcileDeps,
  options: { readonly repair: boolean; tell(report: TenantReport): void; readonly signal?: AbortSignal },
): Promise<number> {
  let left = 0;
  for (const tenantId of await deps.ledger.tenants()) {
    const limit = AbortSignal.timeout(TENANT_MS);
    const report = await reconcileTenant(deps, tenantId, {
      settledSeconds: SETTLED_SECONDS,
      repair: options.repair,
      traceId: traceIdFrom(undefined),
      signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    });
    options.tell(report);
    left += report.findings.length - report.repaired;
  }
  return left;
}

/** Compares the stores every hour for as long as the process runs, and tells what it finds; it repairs nothing by itself. */
export function startReconciler(deps: ReconcileDeps, logger: Logger, metrics: Metrics): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const found = metrics.gauge("llmflow_store_differences", "Orphans and missing parts, by store", ["store", "kind"]);
  let running: Promise<void> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    const counts = new Map<string, number>();
    try {
      await sweepOnce(deps, {
        repair: false,
        signal: stopping.signal,
        tell({ tenantId, findings }) {
          if (findings.length > 0) logger.warn({ tenantId, findings: findings.slice(0, 20) }, "the stores differ");
          for (const { store, kind } of findings)
            counts.set(`${store} ${kind}`, (counts.get(`${store} ${kind}`) ?? 0) + 1);
        },
      });
      found.reset();
      for (const [labels, count] of counts) {
        const [store, kind] = labels.split(" ") as [string, string];
        found.set({ store, kind }, count);
      }
    } catch (error) {
      if (!stopping.signal.aborted) logger.warn({ error: describeError(error) }, "the stores could not be compared");
    }
    if (!stopping.signal.aborted) timer = setTimeout(start, PERIOD_MS);
  };
  const start = (): void => {
    running = sweep();
  };
  let timer = setTimeout(start, FIRST_MS);
  return {
    async stop() {
      stopping.abort(new Error("the process stops"));
      clearTimeout(timer);
      await running;
    },
  };
}
