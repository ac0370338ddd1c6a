import { describeError } from "../../../platform/errors/errors.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { Postgres } from "../../../platform/postgres/postgres.js";
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
}

/** The longest pause between two tries of one command, in seconds. */
const MAX_PAUSE_SECONDS = 30;

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
 * Commands in PostgreSQL. A row is locked while it is carried out and skipped by other relays; only the oldest of each document
 * is due. A relay that is killed gives its rows back.
 */
export function createOutbox(postgres: Postgres, logger: Logger): Outbox {
  return {
    drain: (limit, carryOut) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<OutboxRow>(
          `SELECT id, tenant_id, department, user_id, dataset_id, document_id, command, trace_id, tries FROM outbox o
           WHERE available_at <= now() AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.document_id = o.document_id AND e.id < o.id)
           ORDER BY available_at, id LIMIT $1 FOR UPDATE OF o SKIP LOCKED`,
          [limit],
        );
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
        const carriedOut = rows.filter((_, i) => results[i] === "done").map((row) => row.id);
        const later = rows.filter((_, i) => results[i] === "later").map((row) => row.id);
        if (carriedOut.length > 0) await tx.query("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [carriedOut]);
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
