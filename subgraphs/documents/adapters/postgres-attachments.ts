import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import { MAX_ATTACHED_DOCUMENTS } from "../domain/attachment.js";
import type { Document } from "../domain/document.js";
import type { AttachmentStore, NewAttachment } from "../ports.js";
import { lockDocument } from "./postgres-documents.js";
import { DOCUMENT_COLUMNS, type DocumentRow, enqueue, toDocument } from "./postgres-rows.js";

/** Attachments in PostgreSQL: documents under documents, by the same row-level security. */
export function createAttachmentStore(postgres: Postgres): AttachmentStore {
  return {
    attach: (scope, target, files, traceId) =>
      postgres.as(scope, async (tx) => {
        const parent = await lockDocument(tx, target.documentId);
        if (!parent || parent.attempt !== target.attempt || parent.status !== "PROCESSING") return undefined;
        const rootId = parent.rootId ?? parent.id;
        const [count] = await tx.query<{ n: number }>("SELECT count(*)::int AS n FROM documents WHERE root_id = $1", [
          rootId,
        ]);
        let room = MAX_ATTACHED_DOCUMENTS - (count?.n ?? 0);
        const kept: Document[] = [];
        for (const file of files) {
          const before = await lockDocument(tx, file.id);
          if (before) kept.push(before);
          if (before || room <= 0) continue;
          const document = await insert(tx, scope, parent, rootId, file);
          if (!document) continue;
          room--;
          kept.push(document);
          const start = { kind: "run", stage: "parse", generation: 1, attempt: 1 } as const;
          await enqueue(tx, document, scope.userId, [start], traceId);
        }
        return kept;
      }),

    ofParents: (scope, ids) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<DocumentRow>(
          `SELECT ${DOCUMENT_COLUMNS} FROM documents WHERE parent_id = ANY($1) AND status <> 'DELETING' ORDER BY name, id`,
          [ids],
        );
        return Map.groupBy(rows.map(toDocument), (document) => document.parentId ?? "");
      }),
  };
}

async function insert(
  tx: Transaction,
  scope: TenantScope,
  parent: Document,
  rootId: string,
  file: NewAttachment,
): Promise<Document | undefined> {
  const [row] = await tx.query<DocumentRow>(
    `INSERT INTO documents (id, dataset_id, tenant_id, department, name, file_path, mime_type, size_bytes, sha256, status, stage, metadata, created_by, parent_id, root_id, depth)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'PROCESSING', 'STORE', $10, $11, $12, $13, $14)
     ON CONFLICT DO NOTHING RETURNING ${DOCUMENT_COLUMNS}`,
    [
      file.id,
      parent.datasetId,
      scope.tenantId,
      parent.department,
      file.name,
      file.storageKey,
      file.mimeType,
      file.size,
      file.sha256,
      parent.metadata,
      parent.createdBy,
      parent.id,
      rootId,
      parent.depth + 1,
    ],
  );
  return row && toDocument(row);
}
