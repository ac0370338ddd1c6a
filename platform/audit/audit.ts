import type { TenantScope } from "../auth/viewer.js";
import { describeError } from "../errors/errors.js";
import type { Logger } from "../logging/logger.js";
import type { Postgres, Transaction } from "../postgres/postgres.js";

export type AuditOutcome = "SUCCEEDED" | "REFUSED" | "FAILED";

/** What happened, in stable words: `action` is noun.verb, `reason` a code. Never content, names of files or other personal data. */
export interface AuditEvent {
  readonly action: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly outcome: AuditOutcome;
  readonly reason?: string;
  readonly traceId: string;
}

/** The one port through which every room writes its audit trail. */
export interface AuditLog {
  /** Writes the event in the same transaction as the change it tells of: both or neither. */
  record(tx: Transaction, scope: TenantScope, event: AuditEvent): Promise<void>;
  /** Writes an event that has no transaction of its own, e.g. a refused access. Never throws: a refusal stays a refusal; what could not be written is logged. */
  note(scope: TenantScope | undefined, event: AuditEvent): Promise<void>;
}

const INSERT =
  "INSERT INTO audit.events (tenant_id, user_id, service, action, object_type, object_id, outcome, reason, trace_id) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)";

export function createAuditLog(service: string, postgres: Postgres, logger: Logger): AuditLog {
  const values = (scope: TenantScope | undefined, e: AuditEvent): unknown[] => [
    scope?.tenantId ?? null,
    scope?.userId ?? null,
    service,
    e.action,
    e.objectType ?? null,
    e.objectId ?? null,
    e.outcome,
    e.reason ?? null,
    e.traceId,
  ];
  return {
    record: async (tx, scope, event) => void (await tx.query(INSERT, values(scope, event))),
    async note(scope, event) {
      try {
        await (scope
          ? postgres.as(scope, (tx) => tx.query(INSERT, values(scope, event)))
          : postgres.system((tx) => tx.query(INSERT, values(undefined, event))));
      } catch (error) {
        logger.error(
          { audit: { ...event, tenantId: scope?.tenantId, userId: scope?.userId }, error: describeError(error) },
          "audit event could not be stored; it is kept in this line",
        );
      }
    },
  };
}
