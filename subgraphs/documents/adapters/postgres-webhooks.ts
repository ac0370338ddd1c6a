import type { AuditLog } from "../../../platform/audit/audit.js";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import { done, missing, type Outcome } from "../domain/refusal.js";
import { type Delivery, ROTATION_SECONDS, type Webhook, type WebhookEvent } from "../domain/webhook.js";
import type { Change, DueDelivery, WebhookStore } from "../ports.js";
import { byId, readPage } from "./postgres-rows.js";

interface WebhookRow {
  id: string;
  tenant_id: string;
  department: string | null;
  dataset_id: string;
  url: string;
  events: WebhookEvent[];
  active: boolean;
  secret_version: number;
  previous_until: Date | null;
  created_at: Date;
  updated_at: Date;
}

interface DeliveryRow {
  id: string;
  webhook_id: string;
  event: WebhookEvent;
  document_id: string;
  body: unknown;
  status: Delivery["status"];
  tries: number;
  due_at: Date;
  http_status: number | null;
  error: string | null;
  created_at: Date;
  delivered_at: Date | null;
}

const toWebhook = (row: WebhookRow): Webhook => ({
  id: row.id,
  tenantId: row.tenant_id,
  department: row.department,
  datasetId: row.dataset_id,
  url: row.url,
  events: row.events,
  active: row.active,
  secretVersion: row.secret_version,
  previousUntil: row.previous_until,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id,
  webhookId: row.webhook_id,
  event: row.event,
  documentId: row.document_id,
  status: row.status,
  tries: row.tries,
  httpStatus: row.http_status,
  error: row.error,
  createdAt: row.created_at,
  dueAt: row.status === "PENDING" ? row.due_at : null,
  deliveredAt: row.delivered_at,
});

const DELIVERIES = { name: "webhook_deliveries", columns: "*", map: toDelivery };
/** A sender that is killed leaves its deliveries to others after this long. */
const LEASE_SECONDS = 60;

/** Webhooks and their deliveries in PostgreSQL, under row-level security. */
export function createWebhookStore(postgres: Postgres, audit: AuditLog): WebhookStore {
  const succeeded = (tx: Transaction, scope: TenantScope, objectId: string, change: Change): Promise<void> =>
    audit.record(tx, scope, { ...change, objectType: "Webhook", objectId, outcome: "SUCCEEDED" });
  /** Runs one statement that returns the changed webhook, and audits it. */
  const changing = (
    scope: TenantScope,
    id: string,
    change: Change,
    statement: string,
    values: readonly unknown[],
  ): Promise<Outcome<Webhook>> =>
    postgres.as(scope, async (tx): Promise<Outcome<Webhook>> => {
      const [row] = await tx.query<WebhookRow>(statement, values);
      if (!row) return missing("webhook", id);
      await succeeded(tx, scope, id, change);
      return done(toWebhook(row));
    });

  return {
    create: (scope, webhook, change) =>
      changing(
        scope,
        webhook.id,
        change,
        `INSERT INTO webhooks (id, tenant_id, department, dataset_id, url, events, created_by)
         SELECT $1, tenant_id, department, id, $3, $4, $5 FROM datasets WHERE id = $2 AND status = 'ACTIVE' RETURNING *`,
        [webhook.id, webhook.datasetId, webhook.url, webhook.events, scope.userId],
      ),
    update: (scope, id, { url, events, active }, change) =>
      changing(
        scope,
        id,
        change,
        `UPDATE webhooks SET url = coalesce($2, url), events = coalesce($3, events), active = coalesce($4, active), updated_at = now()
         WHERE id = $1 RETURNING *`,
        [id, url ?? null, events ?? null, active ?? null],
      ),
    rotate: (scope, id, change) =>
      changing(
        scope,
        id,
        change,
        `UPDATE webhooks SET secret_version = secret_version + 1, previous_until = now() + make_interval(secs => $2), updated_at = now()
         WHERE id = $1 RETURNING *`,
        [id, ROTATION_SECONDS],
      ),
    remove: (scope, id, change) => changing(scope, id, change, "DELETE FROM webhooks WHERE id = $1 RETURNING *", [id]),
    byIds: (scope, ids) =>
      postgres.as(scope, async (tx) =>
        byId(await tx.query<WebhookRow>("SELECT * FROM webhooks WHERE id = ANY($1)", [ids]), toWebhook),
      ),
    ofDatasets: (scope, datasetIds) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<WebhookRow>("SELECT * FROM webhooks WHERE dataset_id = ANY($1) ORDER BY id", [
          datasetIds,
        ]);
        return Map.groupBy(rows.map(toWebhook), (webhook) => webhook.datasetId);
      }),
    deliveries: (scope, webhookId, page) =>
      postgres.as(scope, (tx) => readPage<DeliveryRow, Delivery>(tx, DELIVERIES, "webhook_id = $1", [webhookId], page)),
    replay: (scope, id, change) =>
      postgres.as(scope, async (tx): Promise<Outcome<Delivery>> => {
        const [row] = await tx.query<DeliveryRow>(
          `UPDATE webhook_deliveries SET status = 'PENDING', tries = 0, due_at = now(), give_up_at = now() + interval '24 hours', error = NULL
           WHERE id = $1 RETURNING *`,
          [id],
        );
        if (!row) return missing("delivery", id);
        await succeeded(tx, scope, row.webhook_id, change);
        await tx.query("SELECT pg_notify('documents_webhooks', '')");
        return done(toDelivery(row));
      }),
    departmentOfDelivery: (scope, id) =>
      postgres.as(scope, async (tx) => {
        const [row] = await tx.query<{ department: string | null }>(
          "SELECT department FROM webhook_deliveries WHERE id = $1",
          [id],
        );
        return row?.department;
      }),

    take: (limit) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<DeliveryRow & WebhookRow & { delivery_id: string; gives_up: boolean }>(
          `WITH due AS (
             SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
             WHERE d.status = 'PENDING' AND d.due_at <= now() AND w.active ORDER BY d.due_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED),
           taken AS (
             UPDATE webhook_deliveries SET tries = tries + 1, due_at = now() + make_interval(secs => ${LEASE_SECONDS})
             WHERE id IN (SELECT id FROM due) RETURNING *)
           SELECT w.*, t.id AS delivery_id, t.body, t.tries, t.give_up_at <= now() AS gives_up
           FROM taken t JOIN webhooks w ON w.id = t.webhook_id`,
          [limit],
        );
        return rows.map(
          (row): DueDelivery => ({
            id: row.delivery_id,
            webhook: toWebhook(row),
            body: row.body,
            tries: row.tries,
            isLast: row.gives_up,
          }),
        );
      }),
    settle: (id, tries, result) =>
      postgres.system(async (tx) => {
        // A replay, or another sender after the lease, counts its own tries: a late answer does not speak for them.
        await tx.query(
          `UPDATE webhook_deliveries SET status = $3, http_status = $4, error = $5,
             due_at = CASE WHEN $3 = 'PENDING' THEN now() + make_interval(secs => $6) ELSE due_at END,
             delivered_at = CASE WHEN $3 = 'DELIVERED' THEN now() END
           WHERE id = $1 AND tries = $2`,
          [id, tries, result.status, result.httpStatus, result.error, result.pauseSeconds ?? 0],
        );
      }),
    forgetBefore: (days) =>
      postgres.system(async (tx) => {
        const rows = await tx.query(
          "DELETE FROM webhook_deliveries WHERE status <> 'PENDING' AND created_at < now() - make_interval(days => $1) RETURNING id",
          [days],
        );
        return rows.length;
      }),
    listen: (wake) => postgres.listen("documents_webhooks", wake),
  };
}
