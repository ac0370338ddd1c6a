import type { Postgres } from "../../../platform/postgres/postgres.js";
import type { DocumentStatus } from "../domain/document.js";
import type { Ledger, LedgerStore } from "../ports.js";

interface LedgerRow {
  id: string;
  dataset_id: string;
  department: string | null;
  status: DocumentStatus;
  visible_generation: number | null;
  latest_generation: number;
  chunks_count: number;
  file_path: string;
  failure_code: string | null;
  settled: boolean;
}

const STRAY_RECEIPTS = `SELECT d.id FROM deletions d WHERE d.tenant_id = $1 AND d.status = 'RUNNING' AND d.requested_at < now() - interval '10 minutes'
  AND NOT EXISTS (SELECT 1 FROM documents o WHERE o.id = d.object_id) AND NOT EXISTS (SELECT 1 FROM datasets s WHERE s.id = d.object_id)`;
const STRAY_COMMANDS = `SELECT o.id FROM outbox o WHERE o.tenant_id = $1 AND o.created_at < now() - interval '10 minutes'
  AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.id = o.document_id)`;

/** What the rows say, over all departments of a tenant: for the sweep only. */
export function createLedger(postgres: Postgres): LedgerStore {
  return {
    tenants: () =>
      postgres.system(async (tx) => {
        const rows = await tx.query<{ tenant_id: string }>(
          "SELECT tenant_id FROM datasets UNION SELECT tenant_id FROM documents UNION SELECT tenant_id FROM deletions ORDER BY 1",
        );
        return rows.map((row) => row.tenant_id);
      }),
    documents: (tenantId, settledSeconds) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<LedgerRow>(
          `SELECT id, dataset_id, department, status, visible_generation, latest_generation, chunks_count, file_path, failure ->> 'code' AS failure_code,
             status NOT IN ('PROCESSING', 'DELETING') AND updated_at <= now() - make_interval(secs => $2)
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.document_id = d.id) AS settled
           FROM documents d WHERE tenant_id = $1`,
          [tenantId, settledSeconds],
        );
        return new Map(
          rows.map((row): [string, Ledger] => [
            row.id,
            {
              documentId: row.id,
              datasetId: row.dataset_id,
              department: row.department,
              status: row.status,
              visibleGeneration: row.visible_generation,
              latestGeneration: row.latest_generation,
              chunksCount: row.chunks_count,
              storageKey: row.file_path,
              failureCode: row.failure_code,
              settled: row.settled,
            },
          ]),
        );
      }),
    promised: (tenantId) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<{ id: string }>(
          `SELECT id FROM uploads WHERE tenant_id = $1 AND NOT completed
           UNION ALL SELECT document_id FROM uploads WHERE tenant_id = $1 AND NOT completed
           UNION ALL SELECT id FROM datasets WHERE tenant_id = $1
           UNION ALL SELECT file_path FROM document_versions WHERE tenant_id = $1`,
          [tenantId],
        );
        return new Set(rows.map((row) => row.id));
      }),
    strays: (tenantId) =>
      postgres.system(async (tx) => {
        const receipts = await tx.query<{ id: string }>(STRAY_RECEIPTS, [tenantId]);
        const commands = await tx.query<{ id: string }>(STRAY_COMMANDS, [tenantId]);
        return [
          ...receipts.map(({ id }) => ({ id, what: "a receipt of a deletion that nothing will end" })),
          ...commands.map(({ id }) => ({ id, what: "a command about a document that is gone" })),
        ];
      }),
    forgetStrays: (tenantId) =>
      postgres.system(async (tx) => {
        const ended = await tx.query(
          `UPDATE deletions SET status = 'COMPLETED', completed_at = now() WHERE id IN (${STRAY_RECEIPTS}) RETURNING id`,
          [tenantId],
        );
        const forgotten = await tx.query(`DELETE FROM outbox WHERE id IN (${STRAY_COMMANDS}) RETURNING id`, [tenantId]);
        return ended.length + forgotten.length;
      }),
  };
}
