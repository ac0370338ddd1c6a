import type { AuditLog } from "../../../platform/audit/audit.js";
import type { Postgres } from "../../../platform/postgres/postgres.js";
import type { Upload } from "../domain/upload.js";
import type { DeletionStore, UploadStore } from "../ports.js";
import { byId, type DeletionRow, toDeletion } from "./postgres-rows.js";

interface UploadRow {
  id: string;
  tenant_id: string;
  dataset_id: string;
  department: string | null;
  document_id: string;
  replaces: boolean;
  object_key: string;
  name: string;
  mime_type: string;
  size_bytes: string;
  metadata: Record<string, unknown>;
  completed: boolean;
  created_by: string;
  expires_at: Date;
}

const toUpload = (row: UploadRow): Upload => ({
  id: row.id,
  tenantId: row.tenant_id,
  datasetId: row.dataset_id,
  department: row.department,
  documentId: row.document_id,
  replaces: row.replaces,
  objectKey: row.object_key,
  name: row.name,
  mimeType: row.mime_type,
  size: Number(row.size_bytes),
  metadata: row.metadata,
  completed: row.completed,
  createdBy: row.created_by,
  expiresAt: row.expires_at,
});

/** Promised files in PostgreSQL; each is seen by its creator only. */
export function createUploadStore(postgres: Postgres, audit: AuditLog): UploadStore {
  return {
    open: (scope, upload, change) =>
      postgres.as(scope, async (tx) => {
        await tx.query(
          `INSERT INTO uploads (id, tenant_id, dataset_id, department, document_id, object_key, name, mime_type, size_bytes, metadata, created_by, expires_at, replaces)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
          [
            upload.id,
            scope.tenantId,
            upload.datasetId,
            upload.department,
            upload.documentId,
            upload.objectKey,
            upload.name,
            upload.mimeType,
            upload.size,
            upload.metadata,
            scope.userId,
            upload.expiresAt,
            upload.replaces,
          ],
        );
        await audit.record(tx, scope, {
          ...change,
          objectType: "Upload",
          objectId: upload.id,
          outcome: "SUCCEEDED",
        });
      }),
    byId: (scope, id) =>
      postgres.as(scope, async (tx) => {
        const [row] = await tx.query<UploadRow>("SELECT * FROM uploads WHERE id = $1", [id]);
        return row ? toUpload(row) : undefined;
      }),
    expired: (seconds, limit) =>
      postgres.system(async (tx) => {
        const rows = await tx.query<UploadRow>(
          "SELECT * FROM uploads WHERE expires_at < now() - make_interval(secs => $1) ORDER BY expires_at LIMIT $2",
          [seconds, limit],
        );
        return rows.map(toUpload);
      }),
    forget: async (ids) => {
      await postgres.system((tx) => tx.query("DELETE FROM uploads WHERE id = ANY($1)", [ids]));
    },
  };
}

/** Receipts of deletions in PostgreSQL, under row-level security. */
export function createDeletionStore(postgres: Postgres): DeletionStore {
  return {
    byIds: (scope, ids) =>
      postgres.as(scope, async (tx) =>
        byId(await tx.query<DeletionRow>("SELECT * FROM deletions WHERE id = ANY($1)", [ids]), toDeletion),
      ),
    ofObject: (scope, objectId) =>
      postgres.as(scope, async (tx) => {
        const [row] = await tx.query<DeletionRow>("SELECT * FROM deletions WHERE object_id = $1", [objectId]);
        return row ? toDeletion(row) : undefined;
      }),
  };
}
