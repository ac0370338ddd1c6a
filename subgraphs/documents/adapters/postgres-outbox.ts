import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import type { Command } from "../domain/lifecycle.js";
import type { Outbox, PendingCommand } from "../ports.js";

interface OutboxRow {
  id: string;
  tenant_id: string;
  department: string | null;
  user_id: string;
  dataset_id: string;
  document_id: string;
  command: Command;
  trace_id: string;
  tries: number;
  starts: boolean;
}

export interface OutboxOptions {
  /** How many documents of one tenant may be in the queues at a time. */
  readonly perTenant?: number;
}

export const DEFAULT_PER_TENANT = 16;
/** The longest pause between two tries of one command, in seconds. */
const MAX_PAUSE_SECONDS = 30;
/** Any constant: one relay at a time lets documents in, or two would count the same free places. */
const ADMISSION_LOCK = 727_274_002;

const toPending = (row: OutboxRow): PendingCommand => ({
  id: row.id,
  scope: {
    tenantId: row.tenant_id,
    userId: row.user_id,
    departments: row.department === null ? [] : [row.department],
  },
  datasetId: row.dataset_id,
  documentId: row.document_id,
  department: row.department,
  command: row.command,
  traceId: row.trace_id,
  tries: row.tries,
});

/**
 * The oldest due command of each document, the first of every tenant before the second of any. $1 limit, $2 of one tenant.
 * `starts`: those that put a document into the queues, which take a free place of the tenant and a data set that is not paused.
 */
const dueOf = (starts: boolean): string => `
  WITH RECURSIVE tenants AS (
    (SELECT tenant_id FROM outbox WHERE starts = ${starts} ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.tenant_id FROM outbox o WHERE o.starts = ${starts} AND o.tenant_id > t.tenant_id ORDER BY o.tenant_id LIMIT 1)
    FROM tenants t WHERE t.tenant_id IS NOT NULL)
  SELECT due.id FROM tenants t CROSS JOIN LATERAL (
    SELECT o.id, row_number() OVER (ORDER BY o.available_at, o.id) AS place FROM outbox o
    WHERE o.starts = ${starts} AND o.tenant_id = t.tenant_id AND o.available_at <= now()
      AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.document_id = o.document_id AND e.id < o.id)
      ${starts ? "AND NOT (o.command ->> 'kind' = 'run' AND EXISTS (SELECT 1 FROM datasets s WHERE s.id = o.dataset_id AND s.paused_at IS NOT NULL))" : ""}
    ORDER BY o.available_at, o.id LIMIT $2) due
  ${starts ? "WHERE due.place <= $2 - (SELECT count(*) FROM admitted a WHERE a.tenant_id = t.tenant_id)" : ""}
  ORDER BY due.place, t.tenant_id LIMIT $1`;
const [FOLLOWING, STARTING] = [dueOf(false), dueOf(true)];

/** Gives back the places of documents that have come to rest, or whose attempt was overtaken. */
const RELEASE = `DELETE FROM admitted a WHERE NOT EXISTS (
  SELECT 1 FROM documents d WHERE d.id = a.document_id AND d.attempt = a.attempt AND d.status IN ('PROCESSING', 'DELETING'))`;

async function takeTurns(tx: Transaction, limit: number, perTenant: number): Promise<OutboxRow[]> {
  const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);
  const due = ids(await tx.query<{ id: string }>(FOLLOWING, [limit, limit]));
  const [admission] = await tx.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS mine", [
    ADMISSION_LOCK,
  ]);
  if (admission?.mine) {
    await tx.query(RELEASE);
    due.push(...ids(await tx.query<{ id: string }>(STARTING, [limit, perTenant])));
  }
  if (due.length === 0) return [];
  return tx.query<OutboxRow>(
    `SELECT id, tenant_id, department, user_id, dataset_id, document_id, command, trace_id, tries, starts FROM outbox
     WHERE id = ANY($1::bigint[]) ORDER BY array_position($1::bigint[], id) FOR UPDATE SKIP LOCKED`,
    [due],
  );
}

/**
 * Commands in PostgreSQL. A row is locked while it is carried out and skipped by other relays; only the oldest of each document
 * is due. A relay that is killed gives its rows back. Tenants take turns, and none has more than its share in the queues.
 */
export function createOutbox(postgres: Postgres, logger: Logger, options: OutboxOptions = {}): Outbox {
  const perTenant = options.perTenant ?? DEFAULT_PER_TENANT;
  return {
    drain: (limit, carryOut) =>
      postgres.system(async (tx) => {
        const rows = await takeTurns(tx, limit, perTenant);
        const results = await Promise.all(
          rows.map(async (row) => {
            try {
              return await carryOut(toPending(row));
            } catch (error) {
              logger.warn(
                { commandId: row.id, kind: row.command.kind, documentId: row.document_id, error: describeError(error) },
                "command stays in the outbox",
              );
              return "later";
            }
          }),
        );
        const carriedOut = rows.filter((_, i) => results[i] === "done");
        const later = rows.filter((_, i) => results[i] === "later").map((row) => row.id);
        if (carriedOut.length > 0)
          await tx.query("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [carriedOut.map((row) => row.id)]);
        const started = carriedOut.filter((row) => row.starts);
        if (started.length > 0)
          await tx.query(
            `INSERT INTO admitted (document_id, tenant_id, attempt) SELECT * FROM unnest($1::text[], $2::text[], $3::int[])
             ON CONFLICT (document_id) DO UPDATE SET attempt = excluded.attempt`,
            [
              started.map((row) => row.document_id),
              started.map((row) => row.tenant_id),
              started.map(({ command }) => command.attempt),
            ],
          );
        if (later.length > 0)
          await tx.query(
            `UPDATE outbox SET tries = tries + 1, available_at = now() + make_interval(secs => least(0.5 * 2 ^ least(tries, 10), ${MAX_PAUSE_SECONDS})) WHERE id = ANY($1::bigint[])`,
            [later],
          );
        return carriedOut.length;
      }),
    listen: (wake) => postgres.listen("documents_outbox", wake),
  };
}
