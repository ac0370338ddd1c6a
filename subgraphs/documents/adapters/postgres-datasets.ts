import type { AuditLog } from "../../../platform/audit/audit.js";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import { type Dataset, type DatasetProgress, PACE_SECONDS } from "../domain/dataset.js";
import type { Deletion } from "../domain/deletion.js";
import { move } from "../domain/lifecycle.js";
import type { PiiPolicy } from "../domain/pii-policy.js";
import { done, missing, type Outcome, refused } from "../domain/refusal.js";
import type { Change, DatasetStore } from "../ports.js";
import { Announced, type Shown } from "./announced.js";
import { openDeletion } from "./postgres-documents.js";
import {
  applyChanges,
  byId,
  type DatasetRow,
  type DeletionRow,
  DOCUMENT_COLUMNS,
  type DocumentRow,
  enqueue,
  readPage,
  toDataset,
  toDeletion,
  toDocument,
} from "./postgres-rows.js";

const TABLE = { name: "datasets", columns: "*", map: toDataset };
const UNIQUE_VIOLATION = "23505";

const nameTaken = (existingId: string | null): { refusal: ReturnType<typeof refused>["refusal"] } =>
  refused({ kind: "CONFLICT", message: "There is a data set of this name already.", existingId, code: "NAME_TAKEN" });

/** Data sets in PostgreSQL, under row-level security. */
export function createDatasetStore(
  postgres: Postgres,
  audit: AuditLog,
  publish: (shown: readonly Shown[]) => Promise<void>,
): DatasetStore {
  const succeeded = (
    tx: Transaction,
    scope: TenantScope,
    objectId: string,
    change: Change & { reason?: string },
  ): Promise<void> => audit.record(tx, scope, { ...change, objectType: "Dataset", objectId, outcome: "SUCCEEDED" });
  const policySet = (tx: Transaction, scope: TenantScope, objectId: string, policy: PiiPolicy, traceId: string) =>
    succeeded(tx, scope, objectId, { action: "dataset.pii_policy", reason: policy, traceId });
  const lock = async (tx: Transaction, id: string): Promise<Dataset | undefined> => {
    const [row] = await tx.query<DatasetRow>("SELECT * FROM datasets WHERE id = $1 FOR UPDATE", [id]);
    return row ? toDataset(row) : undefined;
  };
  const sameName = async (tx: Transaction, name: string, department: string | null): Promise<string | null> => {
    const [row] = await tx.query<{ id: string }>(
      "SELECT id FROM datasets WHERE lower(name) = lower($1) AND department IS NOT DISTINCT FROM $2 AND status = 'ACTIVE'",
      [name, department],
    );
    return row?.id ?? null;
  };

  return {
    create: (scope, dataset, change) =>
      postgres.as(scope, async (tx): Promise<Outcome<Dataset>> => {
        const [row] = await tx.query<DatasetRow>(
          `INSERT INTO datasets (id, tenant_id, department, name, description, indexing, pii_policy, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT DO NOTHING RETURNING *`,
          [
            dataset.id,
            scope.tenantId,
            dataset.department,
            dataset.name,
            dataset.description,
            dataset.indexing,
            dataset.piiPolicy,
            scope.userId,
          ],
        );
        if (!row) return nameTaken(await sameName(tx, dataset.name, dataset.department));
        await succeeded(tx, scope, dataset.id, change);
        if (dataset.piiPolicy !== "MASK") await policySet(tx, scope, dataset.id, dataset.piiPolicy, change.traceId);
        return done(toDataset(row));
      }),

    async update(scope, id, changes, change) {
      const announced = new Announced();
      try {
        const outcome = await postgres.as(scope, async (tx): Promise<Outcome<Dataset>> => {
          const before = await lock(tx, id);
          if (!before || before.status === "DELETING") return missing("data set", id);
          const next = { ...before, ...changes };
          const [row] = await tx.query<DatasetRow>(
            "UPDATE datasets SET name = $2, description = $3, department = $4, pii_policy = $5, updated_at = now() WHERE id = $1 RETURNING *",
            [id, next.name, next.description, next.department, next.piiPolicy],
          );
          if (next.department !== before.department)
            await moveContents(tx, scope, id, next.department, change.traceId, announced);
          await succeeded(tx, scope, id, change);
          if (next.piiPolicy !== before.piiPolicy) await policySet(tx, scope, id, next.piiPolicy, change.traceId);
          return done(toDataset(row as DatasetRow));
        });
        await publish(announced.shown);
        return outcome;
      } catch (error) {
        if ((error as { code?: string }).code === UNIQUE_VIOLATION) return nameTaken(null);
        throw error;
      }
    },

    pause: (scope, id, paused, change) =>
      postgres.as(scope, async (tx): Promise<Outcome<Dataset>> => {
        const [row] = await tx.query<DatasetRow>(
          `UPDATE datasets SET paused_at = CASE WHEN $2 THEN coalesce(paused_at, now()) END, updated_at = now()
           WHERE id = $1 AND status = 'ACTIVE' RETURNING *`,
          [id, paused],
        );
        if (!row) return missing("data set", id);
        await succeeded(tx, scope, id, change);
        return done(toDataset(row));
      }),

    async remove(scope, id, deletionId, change) {
      const announced = new Announced();
      const outcome = await postgres.as(scope, async (tx): Promise<Outcome<Deletion>> => {
        const dataset = await lock(tx, id);
        const [receipt] = await tx.query<DeletionRow>("SELECT * FROM deletions WHERE object_id = $1", [id]);
        if (receipt) return done(toDeletion(receipt));
        if (!dataset) return missing("data set", id);
        const [whole] = await tx.query<DeletionRow>(
          "INSERT INTO deletions (id, tenant_id, department, object_type, object_id, requested_by) VALUES ($1, $2, $3, 'Dataset', $4, $5) RETURNING *",
          [deletionId, scope.tenantId, dataset.department, id, scope.userId],
        );
        await tx.query("UPDATE datasets SET status = 'DELETING', updated_at = now() WHERE id = $1", [id]);
        const documents = await tx.query<DocumentRow>(
          `SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE dataset_id = $1 ORDER BY id FOR UPDATE`,
          [id],
        );
        for (const row of documents)
          await openDeletion(tx, scope, toDocument(row), newId("Deletion"), deletionId, change.traceId, announced);
        await succeeded(tx, scope, id, change);
        if (documents.length > 0) return done(toDeletion(whole as DeletionRow));
        await tx.query("DELETE FROM datasets WHERE id = $1", [id]);
        const [ended] = await tx.query<DeletionRow>(
          "UPDATE deletions SET status = 'COMPLETED', completed_at = now(), removed = $2 WHERE id = $1 RETURNING *",
          [deletionId, { "postgres.datasets": 1 }],
        );
        return done(toDeletion(ended as DeletionRow));
      });
      await publish(announced.shown);
      return outcome;
    },

    record: (scope, id, change) => postgres.as(scope, (tx) => succeeded(tx, scope, id, change)),

    byIds: (scope, ids) =>
      postgres.as(scope, async (tx) =>
        byId(await tx.query<DatasetRow>("SELECT * FROM datasets WHERE id = ANY($1)", [ids]), toDataset),
      ),

    page: (scope, page, filter) =>
      postgres.as(scope, (tx) =>
        readPage<DatasetRow, Dataset>(
          tx,
          TABLE,
          "status = 'ACTIVE' AND ($1::text IS NULL OR position(lower($1) IN lower(name)) > 0)",
          [filter.nameContains ?? null],
          page,
        ),
      ),

    progress: (scope, ids) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<DatasetProgress & { id: string }>(
          `SELECT dataset_id AS id, count(*)::int AS documents, count(*) FILTER (WHERE status = 'PROCESSING')::int AS processing,
             count(*) FILTER (WHERE status = 'COMPLETED')::int AS completed, count(*) FILTER (WHERE status = 'FAILED')::int AS failed,
             count(*) FILTER (WHERE status = 'CANCELLED')::int AS cancelled,
             count(*) FILTER (WHERE status = 'PROCESSING' AND stuck IS NOT NULL)::int AS stuck,
             count(*) FILTER (WHERE finished_at > now() - make_interval(secs => ${PACE_SECONDS}))::int AS rested,
             coalesce(sum(chunks_count), 0)::int AS chunks
           FROM documents WHERE dataset_id = ANY($1) AND status <> 'DELETING' GROUP BY dataset_id`,
          [ids],
        );
        return new Map(rows.map(({ id, ...progress }) => [id, progress]));
      }),
  };
}

/** Takes the documents of a data set along to its new department. */
async function moveContents(
  tx: Transaction,
  scope: TenantScope,
  datasetId: string,
  department: string | null,
  traceId: string,
  announced: Announced,
): Promise<void> {
  const rows = await tx.query<DocumentRow>(
    `SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE dataset_id = $1 ORDER BY id FOR UPDATE`,
    [datasetId],
  );
  for (const document of rows.map(toDocument)) {
    const decision = move(document, department);
    if (decision === "unchanged" || decision.refusal) continue;
    const moved = await applyChanges(tx, document.id, decision.changes);
    await enqueue(tx, moved, scope.userId, decision.commands, traceId);
    announced.note(moved, decision.commands);
  }
}
