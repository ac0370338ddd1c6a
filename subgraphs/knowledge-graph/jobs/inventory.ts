import { type Inventory, inventoryJob, JOBS } from "../../../platform/queue/catalogue.js";
import { defineJob } from "../../../platform/queue/worker.js";
import type { GraphWriter } from "../ports.js";

/** Tells what the graph holds of one tenant. */
export const inventoryOfTenantJob = (writer: GraphWriter) =>
  defineJob({
    name: JOBS.inventory,
    schema: inventoryJob,
    timeoutMs: 10 * 60_000,
    handle: (_payload, run): Promise<Inventory> => writer.inventory(run.scope.tenantId, run.signal),
  });
