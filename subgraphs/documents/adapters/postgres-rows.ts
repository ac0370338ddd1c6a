import type { Transaction } from "../../../platform/postgres/postgres.js";
import type { Dataset, IndexingSettings } from "../domain/dataset.js";
import type { Deletion } from "../domain/deletion.js";
import type { Document, DocumentStatus, Draft } from "../domain/document.js";
import type { DocumentFailure } from "../domain/failure.js";
import type { Command, DocumentChanges } from "../domain/lifecycle.js";
import type { PiiPolicy } from "../domain/pii-policy.js";
import type { Stage } from "../domain/stage.js";
import type { Page, PageRequest } from "../ports.js";

export interface DatasetRow {
  id: string;
  tenant_id: string;
  department: string | null;
  name: string;
  description: string | null;
  indexing: IndexingSettings;
  pii_policy: PiiPolicy;
  status: "ACTIVE" | "DELETING";
  paused_at: Date | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

export const toDataset = (row: DatasetRow): Dataset => ({
  id: row.id,
  tenantId: row.tenant_id,
  department: row.department,
  name: row.name,
  description: row.description,
  indexing: row.indexing,
  piiPolicy: row.pii_policy,
  status: row.status,
  pausedAt: row.paused_at,
  createdBy: row.created_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** bigint comes as text, a date is asked for as text so that no time zone moves it. */
export const DOCUMENT_COLUMNS =
  "id, dataset_id, tenant_id, department, name, file_path, mime_type, size_bytes, sha256, status, stage, attempt, recoveries, latest_generation, visible_generation, revision, chunks_count, entities_count, page_count, title, effective_date::text AS effective_date, pii, pii_policy, draft, failure, stuck, metadata, created_by, created_at, updated_at, parent_id, root_id, depth";

export interface DocumentRow {
  id: string;
  dataset_id: string;
  tenant_id: string;
  department: string | null;
  name: string;
  file_path: string;
  mime_type: string;
  size_bytes: string;
  sha256: string;
  status: DocumentStatus;
  stage: Stage;
  attempt: number;
  recoveries: number;
  latest_generation: number;
  visible_generation: number | null;
  revision: number;
  chunks_count: number;
  entities_count: number;
  page_count: number | null;
  title: string | null;
  effective_date: string | null;
  pii: Record<string, number>;
  pii_policy: PiiPolicy | null;
  draft: Draft;
  failure: DocumentFailure | null;
  stuck: Document["stuck"];
  metadata: Record<string, unknown>;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  parent_id: string | null;
  root_id: string | null;
  depth: number;
}

export const toDocument = (row: DocumentRow): Document => ({
  id: row.id,
  tenantId: row.tenant_id,
  datasetId: row.dataset_id,
  department: row.department,
  name: row.name,
  storageKey: row.file_path,
  mimeType: row.mime_type,
  size: Number(row.size_bytes),
  sha256: row.sha256,
  status: row.status,
  stage: row.stage,
  attempt: row.attempt,
  recoveries: row.recoveries,
  latestGeneration: row.latest_generation,
  visibleGeneration: row.visible_generation,
  revision: row.revision,
  chunksCount: row.chunks_count,
  entitiesCount: row.entities_count,
  pageCount: row.page_count,
  title: row.title,
  effectiveDate: row.effective_date,
  pii: row.pii,
  piiPolicy: row.pii_policy,
  draft: row.draft,
  failure: row.failure,
  stuck: row.stuck,
  metadata: row.metadata,
  createdBy: row.created_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  parentId: row.parent_id,
  rootId: row.root_id,
  depth: row.depth,
});

const CHANGE_COLUMNS: Readonly<Record<keyof DocumentChanges, string>> = {
  status: "status",
  stage: "stage",
  attempt: "attempt",
  recoveries: "recoveries",
  latestGeneration: "latest_generation",
  visibleGeneration: "visible_generation",
  revision: "revision",
  chunksCount: "chunks_count",
  entitiesCount: "entities_count",
  pageCount: "page_count",
  title: "title",
  effectiveDate: "effective_date",
  pii: "pii",
  piiPolicy: "pii_policy",
  draft: "draft",
  failure: "failure",
  department: "department",
};

/** Applies changes to one document of the current transaction and returns it as it is now. */
export async function applyChanges(tx: Transaction, id: string, changes: DocumentChanges): Promise<Document> {
  const entries = Object.entries(changes) as [keyof DocumentChanges, unknown][];
  const assignments = entries.map(([name], i) => `${CHANGE_COLUMNS[name]} = $${i + 2}`);
  const [row] = await tx.query<DocumentRow>(
    `UPDATE documents SET ${[...assignments, "stuck = NULL", "updated_at = now()"].join(", ")} WHERE id = $1 RETURNING ${DOCUMENT_COLUMNS}`,
    [id, ...entries.map(([, value]) => value)],
  );
  if (!row) throw new Error(`the document ${id} went away while it was locked`);
  return toDocument(row);
}

/** Writes the commands that a change causes, in their order. */
export async function enqueue(
  tx: Transaction,
  document: Pick<Document, "id" | "tenantId" | "datasetId" | "department">,
  userId: string,
  commands: readonly Command[],
  traceId: string,
): Promise<void> {
  if (commands.length === 0) return;
  await tx.query(
    `INSERT INTO outbox (tenant_id, department, user_id, dataset_id, document_id, command, trace_id)
     SELECT $1, $2, $3, $4, $5, c.command, $6 FROM jsonb_array_elements($7::jsonb) WITH ORDINALITY AS c(command, place) ORDER BY c.place`,
    [
      document.tenantId,
      document.department,
      userId,
      document.datasetId,
      document.id,
      traceId,
      JSON.stringify(commands),
    ],
  );
}

export interface DeletionRow {
  id: string;
  tenant_id: string;
  department: string | null;
  object_type: "Dataset" | "Document";
  object_id: string;
  part_of: string | null;
  status: "RUNNING" | "COMPLETED";
  removed: Record<string, number>;
  requested_by: string;
  requested_at: Date;
  completed_at: Date | null;
}

export const toDeletion = (row: DeletionRow): Deletion => ({
  id: row.id,
  tenantId: row.tenant_id,
  department: row.department,
  objectType: row.object_type,
  objectId: row.object_id,
  partOf: row.part_of,
  status: row.status,
  removed: row.removed,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at,
  completedAt: row.completed_at,
});

/**
 * One page, newest first: ids hold their time, so the id is the sort key.
 * @param where conditions over $1…$n = `values`, without the cursor
 */
export async function readPage<R extends { id: string }, T>(
  tx: Transaction,
  table: { name: string; columns: string; map: (row: R) => T },
  where: string,
  values: readonly unknown[],
  page: PageRequest,
): Promise<Page<T>> {
  const [after, limit] = [values.length + 1, values.length + 2];
  const rows = await tx.query<R>(
    `SELECT ${table.columns} FROM ${table.name} WHERE ${where} AND ($${after}::text IS NULL OR id < $${after}) ORDER BY id DESC LIMIT $${limit}`,
    [...values, page.after, page.first + 1],
  );
  const [total] = await tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table.name} WHERE ${where}`, values);
  return { rows: rows.map(table.map), totalCount: total?.n ?? 0 };
}

/** Rows by id, as a map; ids that the viewer may not see are absent. */
export const byId = <R extends { id: string }, T>(rows: readonly R[], map: (row: R) => T): Map<string, T> =>
  new Map(rows.map((row) => [row.id, map(row)]));
