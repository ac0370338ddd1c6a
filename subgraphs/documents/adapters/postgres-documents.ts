import type { AuditLog } from "../../../platform/audit/audit.js";
import type { TenantScope } from "../../../platform/auth/viewer.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import type { Deletion } from "../domain/deletion.js";
import type { Document } from "../domain/document.js";
import { remove } from "../domain/lifecycle.js";
import { done, missing, type Outcome, refused } from "../domain/refusal.js";
import type { Change, DocumentStore } from "../ports.js";
import { Announced, type Shown } from "./announced.js";
import { completeReceipt } from "./postgres-receipts.js";
import {
  applyChanges,
  byId,
  type DeletionRow,
  DOCUMENT_COLUMNS,
  type DocumentRow,
  enqueue,
  readPage,
  toDeletion,
  toDocument,
} from "./postgres-rows.js";
import { createVersions } from "./postgres-versions.js";

const TABLE = { name: "documents", columns: DOCUMENT_COLUMNS, map: toDocument };

/** A command that was tried so often is held back by something. */
const MANY_TRIES = 5;

/** Reads a document and keeps others from changing it until the transaction ends. */
export async function lockDocument(tx: Transaction, id: string): Promise<Document | undefined> {
  const [row] = await tx.query<DocumentRow>(`SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE id = $1 FOR UPDATE`, [id]);
  return row ? toDocument(row) : undefined;
}

/** Marks one document as being deleted and opens its receipt, within the caller's transaction. */
export async function openDeletion(
  tx: Transaction,
  scope: TenantScope,
  document: Document,
  deletionId: string,
  partOf: string | null,
  traceId: string,
  announced: Announced,
): Promise<Deletion> {
  const [existing] = await tx.query<DeletionRow>("SELECT * FROM deletions WHERE object_id = $1", [document.id]);
  if (existing) return toDeletion(existing);
  const [row] = await tx.query<DeletionRow>(
    "INSERT INTO deletions (id, tenant_id, department, object_type, object_id, part_of, requested_by) VALUES ($1, $2, $3, 'Document', $4, $5, $6) RETURNING *",
    [deletionId, document.tenantId, document.department, document.id, partOf, scope.userId],
  );
  const decision = remove(document, deletionId);
  if (decision !== "unchanged" && !decision.refusal) {
    const changed = await applyChanges(tx, document.id, decision.changes);
    await enqueue(tx, document, scope.userId, decision.commands, traceId);
    announced.note(changed, decision.commands);
  }
  return toDeletion(row as DeletionRow);
}

/**
 * Marks everything below a document as being deleted, as parts of its receipt, within the caller's transaction. Asked again until
 * nothing new is found: an attachment whose row was locked may just have been given attachments of its own.
 */
async function removeAttachments(
  tx: Transaction,
  scope: TenantScope,
  document: Document,
  deletionId: string,
  traceId: string,
  announced: Announced,
): Promise<void> {
  for (;;) {
    const rows = await tx.query<DocumentRow>(
      `WITH RECURSIVE below AS (
         SELECT id FROM documents WHERE parent_id = $1
         UNION ALL SELECT d.id FROM documents d JOIN below b ON d.parent_id = b.id
       )
       SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE id IN (SELECT id FROM below) AND status <> 'DELETING' ORDER BY id FOR UPDATE`,
      [document.id],
    );
    if (rows.length === 0) return;
    for (const row of rows)
      await openDeletion(tx, scope, toDocument(row), newId("Deletion"), deletionId, traceId, announced);
  }
}

/** Documents in PostgreSQL, under row-level security. */
export function createDocumentStore(
  postgres: Postgres,
  audit: AuditLog,
  publish: (shown: readonly Shown[]) => Promise<void>,
): DocumentStore {
  const succeeded = (tx: Transaction, scope: TenantScope, objectId: string, change: Change): Promise<void> =>
    audit.record(tx, scope, { ...change, objectType: "Document", objectId, outcome: "SUCCEEDED" });

  return {
    ...createVersions(postgres, audit),

    admit: (scope, document, uploadId, change) =>
      postgres.as(scope, async (tx): Promise<Outcome<Document>> => {
        // Two requests that complete one upload follow each other; the second finds what the first made.
        if (uploadId) await tx.query("SELECT 1 FROM uploads WHERE id = $1 FOR UPDATE", [uploadId]);
        const before = await lockDocument(tx, document.id);
        if (before) return done(before);
        const [dataset] = await tx.query<{ department: string | null }>(
          "SELECT department FROM datasets WHERE id = $1 AND status = 'ACTIVE' FOR SHARE",
          [document.datasetId],
        );
        if (!dataset) return missing("data set", document.datasetId);
        const [row] = await tx.query<DocumentRow>(
          `INSERT INTO documents (id, dataset_id, tenant_id, department, name, file_path, mime_type, size_bytes, sha256, status, stage, metadata, created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'PROCESSING', 'STORE', $10, $11)
           ON CONFLICT (dataset_id, sha256) WHERE status <> 'DELETING' AND parent_id IS NULL DO NOTHING RETURNING ${DOCUMENT_COLUMNS}`,
          [
            document.id,
            document.datasetId,
            scope.tenantId,
            dataset.department,
            document.name,
            document.storageKey,
            document.mimeType,
            document.size,
            document.sha256,
            document.metadata,
            scope.userId,
          ],
        );
        if (!row) {
          const [same] = await tx.query<{ id: string }>(
            "SELECT id FROM documents WHERE dataset_id = $1 AND sha256 = $2 AND status <> 'DELETING' AND parent_id IS NULL",
            [document.datasetId, document.sha256],
          );
          const message = "The data set holds a document with the same bytes already.";
          return refused({ kind: "CONFLICT", message, existingId: same?.id ?? null, code: "SAME_BYTES" });
        }
        const admitted = toDocument(row);
        if (uploadId) await tx.query("UPDATE uploads SET completed = true WHERE id = $1", [uploadId]);
        const start = { kind: "run", stage: "parse", generation: 1, attempt: 1 } as const;
        await enqueue(tx, admitted, scope.userId, [start], change.traceId);
        await succeeded(tx, scope, admitted.id, change);
        return done(admitted);
      }),

    byIds: (scope, ids) =>
      postgres.as(scope, async (tx) =>
        byId(
          await tx.query<DocumentRow>(`SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE id = ANY($1)`, [ids]),
          toDocument,
        ),
      ),

    page: (scope, datasetId, page, filter) =>
      postgres.as(scope, (tx) =>
        readPage<DocumentRow, Document>(
          tx,
          TABLE,
          "dataset_id = $1 AND ($2::text[] IS NULL OR status = ANY($2)) AND ($3::text IS NULL OR position(lower($3) IN lower(name)) > 0)",
          [datasetId, filter.statuses ?? null, filter.nameContains ?? null],
          page,
        ),
      ),

    change: (scope, id, decide, change, published) =>
      postgres.as(scope, async (tx): Promise<Outcome<Document>> => {
        const document = await lockDocument(tx, id);
        if (!document) return missing("document", id);
        const decision = decide(document);
        if (decision === "unchanged") return done(document);
        if (decision.refusal) return { refusal: decision.refusal };
        const changed = await applyChanges(tx, id, decision.changes);
        await enqueue(tx, changed, scope.userId, decision.commands, change.traceId);
        if (change.action !== undefined) await succeeded(tx, scope, id, change);
        await published?.(changed, decision.commands);
        return done(changed);
      }),

    changeAll: (scope, datasetId, { after, limit }, decide, change) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<DocumentRow>(
          `SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE dataset_id = $1 AND id > $2 ORDER BY id LIMIT $3 FOR UPDATE`,
          [datasetId, after, limit],
        );
        let changed = 0;
        for (const document of rows.map(toDocument)) {
          const decision = decide(document);
          if (decision === "unchanged" || decision.refusal) continue;
          const now = await applyChanges(tx, document.id, decision.changes);
          await enqueue(tx, now, scope.userId, decision.commands, change.traceId);
          changed++;
        }
        return { changed, last: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
      }),

    async remove(scope, id, deletionId, change) {
      const announced = new Announced();
      const outcome = await postgres.as(scope, async (tx): Promise<Outcome<Deletion>> => {
        const document = await lockDocument(tx, id);
        if (!document) {
          const [receipt] = await tx.query<DeletionRow>("SELECT * FROM deletions WHERE object_id = $1", [id]);
          return receipt ? done(toDeletion(receipt)) : missing("document", id);
        }
        const deletion = await openDeletion(tx, scope, document, deletionId, null, change.traceId, announced);
        if (deletion.id === deletionId) {
          await removeAttachments(tx, scope, document, deletionId, change.traceId, announced);
          await succeeded(tx, scope, id, change);
        }
        return done(deletion);
      });
      await publish(announced.shown);
      return outcome;
    },

    enter: (scope, target, stage) =>
      postgres.as(scope, async (tx) => {
        const [row] = await tx.query<DocumentRow>(
          `UPDATE documents SET stage = $3, stuck = NULL, updated_at = now() WHERE id = $1 AND attempt = $2 AND status = 'PROCESSING' RETURNING ${DOCUMENT_COLUMNS}`,
          [target.documentId, target.attempt, stage],
        );
        return row ? toDocument(row) : undefined;
      }),

    draft: (scope, target, draft) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query(
          "UPDATE documents SET draft = draft || $3::jsonb, updated_at = now() WHERE id = $1 AND attempt = $2 AND status = 'PROCESSING' RETURNING id",
          [target.documentId, target.attempt, draft],
        );
        return rows.length > 0;
      }),

    erase: (scope, documentId, deletionId, removed) =>
      postgres.as(scope, async (tx) => {
        const [gone] = await tx.query<{ dataset_id: string }>(
          "DELETE FROM documents WHERE id = $1 AND status = 'DELETING' RETURNING dataset_id",
          [documentId],
        );
        if (!gone) return;
        await completeReceipt(tx, deletionId, gone.dataset_id, { ...removed, "postgres.documents": 1 });
      }),

    standingStill: (seconds, after, limit) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<DocumentRow>(
          `SELECT ${DOCUMENT_COLUMNS} FROM documents d WHERE status IN ('PROCESSING', 'DELETING') AND updated_at < now() - make_interval(secs => $1)
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.document_id = d.id) AND id > $2 ORDER BY id LIMIT $3`,
          [seconds, after, limit],
        );
        return rows.map(toDocument).map((document) => ({ document, scope: scopeOf(document) }));
      }),

    notMoving: (seconds, after, limit) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<DocumentRow & { held_back: boolean }>(
          `SELECT ${DOCUMENT_COLUMNS}, EXISTS (SELECT 1 FROM outbox o WHERE o.document_id = d.id) AS held_back FROM documents d
           WHERE status = 'PROCESSING' AND updated_at < now() - make_interval(secs => $1) AND id > $2
           AND (stuck IS NOT NULL OR NOT EXISTS (SELECT 1 FROM outbox o WHERE o.document_id = d.id AND o.tries < ${MANY_TRIES}))
           ORDER BY id LIMIT $3`,
          [seconds, after, limit],
        );
        return rows.map((row) => {
          const document = toDocument(row);
          return { document, scope: scopeOf(document), heldBack: row.held_back };
        });
      }),

    mark: (scope, target, stuck) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query(
          "UPDATE documents SET stuck = $3 WHERE id = $1 AND attempt = $2 AND status = 'PROCESSING' RETURNING id",
          [target.documentId, target.attempt, stuck],
        );
        return rows.length > 0;
      }),

    visibleAfter: (id, limit) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<DocumentRow>(
          `SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE id > $1 AND visible_generation IS NOT NULL ORDER BY id LIMIT $2`,
          [id, limit],
        );
        return rows.map(toDocument);
      }),
  };
}

/** The least that work on a document needs: its tenant and its own department. */
export const scopeOf = (document: Document): TenantScope => ({
  tenantId: document.tenantId,
  userId: document.createdBy,
  departments: document.department === null ? [] : [document.department],
});
