import type { TenantScope } from "../../../platform/auth/viewer.js";
import type { Transaction } from "../../../platform/postgres/postgres.js";
import type { Citation } from "../domain/answer.js";

/** Writes an answer's citations, once and for good. */
export async function insertCitations(
  tx: Transaction,
  scope: TenantScope,
  answerId: string,
  citations: readonly Citation[],
): Promise<void> {
  if (citations.length === 0) return;
  await tx.query(
    `INSERT INTO citations (answer_id, position, tenant_id, user_id, marker, chunk_id, document_id, document_version, effective_date,
       file_name, pages, boxes, passage_hash, quote, support, support_check)
     SELECT $1, c.position, $2, $3, c.marker, c."chunkId", c."documentId", c."documentVersion", c."effectiveDate",
       c."fileName", c.pages, c.boxes, c."passageHash", c.quote, c.support, c."check"
     FROM jsonb_to_recordset($4::jsonb) AS c (position int, marker int, "chunkId" text, "documentId" text, "documentVersion" int,
       "effectiveDate" text, "fileName" text, pages jsonb, boxes jsonb, "passageHash" text, quote text, support text, "check" text)`,
    [answerId, scope.tenantId, scope.userId, JSON.stringify(citations)],
  );
}
