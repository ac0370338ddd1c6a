import type { AuditLog } from "../../../platform/audit/audit.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import type { Document, EarlierVersion } from "../domain/document.js";
import { versionOf } from "../domain/document.js";
import { replace } from "../domain/lifecycle.js";
import { done, missing, type Outcome, refused } from "../domain/refusal.js";
import type { DocumentStore, NewDocument } from "../ports.js";
import { applyChanges, DOCUMENT_COLUMNS, type DocumentRow, enqueue, toDocument } from "./postgres-rows.js";

interface VersionRow {
  document_id: string;
  version: number;
  name: string;
  file_path: string;
  mime_type: string;
  size_bytes: string;
  replaced_at: Date;
}

const UNIQUE_VIOLATION = "23505";

const sameBytes = (existingId: string | null): { refusal: ReturnType<typeof refused>["refusal"] } =>
  refused({
    kind: "CONFLICT",
    message: "The data set holds a document with the same bytes already.",
    existingId,
    code: "SAME_BYTES",
  });

async function keepFile(tx: Transaction, before: Document, userId: string): Promise<void> {
  await tx.query(
    `INSERT INTO document_versions (document_id, tenant_id, version, name, file_path, mime_type, size_bytes, sha256, replaced_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (document_id, version) DO NOTHING`,
    [
      before.id,
      before.tenantId,
      // What was never seen is told apart by the generation it would have been.
      before.status === "PROCESSING" ? before.latestGeneration : versionOf(before),
      before.name,
      before.storageKey,
      before.mimeType,
      before.size,
      before.sha256,
      userId,
    ],
  );
}

const takeFile = (tx: Transaction, file: NewDocument): Promise<unknown> =>
  tx.query(
    "UPDATE documents SET name = $2, file_path = $3, mime_type = $4, size_bytes = $5, sha256 = $6, metadata = metadata || $7::jsonb WHERE id = $1",
    [file.id, file.name, file.storageKey, file.mimeType, file.size, file.sha256, file.metadata],
  );

/** New versions of documents, in PostgreSQL under row-level security. */
export function createVersions(postgres: Postgres, audit: AuditLog): Pick<DocumentStore, "replace" | "versions"> {
  return {
    async replace(scope, file, uploadId, change) {
      try {
        return await postgres.as(scope, async (tx): Promise<Outcome<Document>> => {
          const [upload] = await tx.query<{ completed: boolean }>(
            "SELECT completed FROM uploads WHERE id = $1 FOR UPDATE",
            [uploadId],
          );
          const [row] = await tx.query<DocumentRow>(
            `SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE id = $1 AND dataset_id = $2 FOR UPDATE`,
            [file.id, file.datasetId],
          );
          if (!row) return missing("document", file.id);
          const before = toDocument(row);
          if (upload?.completed) return done(before);
          if (before.sha256 === file.sha256) return sameBytes(before.id);
          const decision = replace(before);
          if (decision === "unchanged") return done(before);
          if (decision.refusal) return { refusal: decision.refusal };
          await keepFile(tx, before, scope.userId);
          await takeFile(tx, file);
          const changed = await applyChanges(tx, file.id, decision.changes);
          await enqueue(tx, changed, scope.userId, decision.commands, change.traceId);
          await tx.query("UPDATE uploads SET completed = true WHERE id = $1", [uploadId]);
          await audit.record(tx, scope, {
            ...change,
            objectType: "Document",
            objectId: file.id,
            outcome: "SUCCEEDED",
          });
          return done(changed);
        });
      } catch (error) {
        if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
        return postgres.as(scope, async (tx) => {
          const [same] = await tx.query<{ id: string }>(
            "SELECT id FROM documents WHERE dataset_id = $1 AND sha256 = $2 AND status <> 'DELETING'",
            [file.datasetId, file.sha256],
          );
          return sameBytes(same?.id ?? null);
        });
      }
    },

    versions: (scope, documentIds) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<VersionRow>(
          `SELECT document_id, version, name, file_path, mime_type, size_bytes, replaced_at FROM document_versions
           WHERE document_id = ANY($1) ORDER BY version DESC`,
          [documentIds],
        );
        const versions = new Map<string, EarlierVersion[]>();
        for (const row of rows)
          versions.set(row.document_id, [
            ...(versions.get(row.document_id) ?? []),
            {
              documentId: row.document_id,
              version: row.version,
              name: row.name,
              storageKey: row.file_path,
              mimeType: row.mime_type,
              size: Number(row.size_bytes),
              replacedAt: row.replaced_at,
            },
          ]);
        return versions;
      }),
  };
}
