import type { AuditLog } from "../../../platform/audit/audit.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import type { ChunkEdit } from "../domain/chunk-edits.js";
import type { Document } from "../domain/document.js";
import { done, missing, type Outcome } from "../domain/refusal.js";
import type { ChunkEditStore } from "../ports.js";
import { lockDocument } from "./postgres-documents.js";
import { applyChanges, enqueue } from "./postgres-rows.js";

interface EditRow {
  anchor: string;
  occurrence: number;
  original_text: string;
  corrected_text: string | null;
  disabled: boolean;
  edited_by: string;
  edited_at: Date;
}

const toEdit = (row: EditRow): ChunkEdit => ({
  anchor: row.anchor,
  occurrence: row.occurrence,
  originalText: row.original_text,
  correctedText: row.corrected_text,
  disabled: row.disabled,
  editedBy: row.edited_by,
  editedAt: row.edited_at,
});

/** Edits of chunks in PostgreSQL, under the row-level security of their document. */
export function createChunkEditStore(postgres: Postgres, audit: AuditLog): ChunkEditStore {
  const read = async (tx: Transaction, documentId: string): Promise<ChunkEdit[]> =>
    (
      await tx.query<EditRow>(
        "SELECT * FROM chunk_edits WHERE document_id = $1 ORDER BY edited_at, anchor, occurrence",
        [documentId],
      )
    ).map(toEdit);

  return {
    ofDocument: (scope, documentId) => postgres.as(scope, (tx) => read(tx, documentId)),

    apply: (scope, documentId, edit, decide, change) =>
      postgres.as(scope, async (tx): Promise<Outcome<Document>> => {
        const document = await lockDocument(tx, documentId);
        if (!document) return missing("document", documentId);
        const decision = decide(document);
        if (decision !== "unchanged" && decision.refusal) return { refusal: decision.refusal };
        const { anchor, occurrence, correctedText, disabled } = edit;
        const before = (await read(tx, documentId)).find(
          (one) => one.anchor === anchor && one.occurrence === occurrence,
        );
        if ((before?.correctedText ?? null) === correctedText && (before?.disabled ?? false) === disabled)
          return done(document);
        if (correctedText === null && !disabled)
          await tx.query("DELETE FROM chunk_edits WHERE document_id = $1 AND anchor = $2 AND occurrence = $3", [
            documentId,
            anchor,
            occurrence,
          ]);
        else
          await tx.query(
            `INSERT INTO chunk_edits (document_id, tenant_id, anchor, occurrence, original_text, corrected_text, disabled, edited_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (document_id, anchor, occurrence) DO UPDATE
             SET corrected_text = $6, disabled = $7, edited_by = $8, edited_at = now()`,
            [documentId, scope.tenantId, anchor, occurrence, edit.originalText, correctedText, disabled, scope.userId],
          );
        await audit.record(tx, scope, {
          ...change,
          objectType: "Document",
          objectId: documentId,
          outcome: "SUCCEEDED",
        });
        if (decision === "unchanged") return done(document);
        const changed = await applyChanges(tx, documentId, decision.changes);
        await enqueue(tx, changed, scope.userId, decision.commands, change.traceId);
        return done(changed);
      }),
  };
}
