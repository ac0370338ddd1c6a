import { z } from "zod";
import { scopeKey } from "../../../platform/auth/viewer.js";
import { cutToBytes, MAX_TEXT_BYTES } from "../domain/indexing-text.js";
import { ELEMENT_TYPES, type IndexedPassage, type PassageBox } from "../domain/passage.js";
import type { EmbeddedPassage } from "../ports.js";

const SHARED = "@shared";
const FILE_NAME_BYTES = 1024;

const layoutSchema = z.object({
  headings: z.array(z.string()),
  pages: z.array(z.number()),
  boxes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()])),
});

/** Pages, boxes and headings as JSON; boxes are given up from the end when a chunk has more than a row can hold. */
function layoutOf({ headingPath, pages, boxes }: IndexedPassage): string {
  const round = (value: number): number => Math.round(value * 10_000) / 10_000;
  const headings = headingPath.map((heading) => cutToBytes(heading, 512)).slice(0, 16);
  const tuples = boxes.map((box) => [box.page, round(box.x0), round(box.y0), round(box.x1), round(box.y1)]);
  for (let keep = Math.min(tuples.length, 1000); ; keep = Math.floor(keep / 2)) {
    const json = JSON.stringify({ headings, pages: pages.slice(0, 1000), boxes: tuples.slice(0, keep) });
    if (Buffer.byteLength(json) <= MAX_TEXT_BYTES || keep === 0) return json;
  }
}

/** A row of the collection, without its vector's type: the SDK takes plain arrays. */
export const rowOf = (tenantId: string, passage: EmbeddedPassage) => ({
  id: passage.chunkId,
  chunk_id: passage.chunkId,
  document_id: passage.documentId,
  dataset_id: passage.datasetId,
  tenant_id: tenantId,
  department: passage.department ?? SHARED,
  scope: scopeKey(tenantId, passage.department),
  generation: passage.generation,
  position: passage.position,
  content: cutToBytes(passage.text, MAX_TEXT_BYTES),
  search_text: passage.searchText,
  page_number: passage.pages[0] ?? 0,
  element_type: passage.elementType,
  file_name: cutToBytes(passage.fileName, FILE_NAME_BYTES),
  document_version: passage.documentVersion,
  effective_date: passage.effectiveDate ?? "",
  created_at: passage.createdAt,
  layout: layoutOf(passage),
  fingerprint: passage.fingerprint,
  embedding: [...passage.vector],
});

/** What a reader needs of a row. */
export const PASSAGE_FIELDS = [
  "id",
  "document_id",
  "dataset_id",
  "department",
  "generation",
  "position",
  "content",
  "element_type",
  "file_name",
  "document_version",
  "effective_date",
  "created_at",
  "layout",
];
/** Everything of a row that is written again when it moves; the sparse vector is made anew by the engine. */
export const STORED_FIELDS = [
  ...PASSAGE_FIELDS,
  "chunk_id",
  "tenant_id",
  "scope",
  "search_text",
  "page_number",
  "fingerprint",
  "embedding",
];

// Int64 values come as strings.
const storedSchema = z.object({
  id: z.string(),
  document_id: z.string(),
  dataset_id: z.string(),
  department: z.string(),
  generation: z.coerce.number(),
  position: z.coerce.number(),
  content: z.string(),
  element_type: z.enum(ELEMENT_TYPES).catch("OTHER"),
  file_name: z.string(),
  document_version: z.coerce.number(),
  effective_date: z.string(),
  created_at: z.coerce.number(),
  layout: z.string(),
});

/** Reads a row back. @throws ZodError for a row that is not of our making */
export function passageOf(row: unknown): IndexedPassage {
  const stored = storedSchema.parse(row);
  const layout = layoutSchema.parse(JSON.parse(stored.layout));
  return {
    chunkId: stored.id,
    documentId: stored.document_id,
    datasetId: stored.dataset_id,
    department: stored.department === SHARED ? null : stored.department,
    generation: stored.generation,
    position: stored.position,
    text: stored.content,
    elementType: stored.element_type,
    headingPath: layout.headings,
    pages: layout.pages,
    boxes: layout.boxes.map(([page, x0, y0, x1, y1]): PassageBox => ({ page, x0, y0, x1, y1 })),
    fileName: stored.file_name,
    documentVersion: stored.document_version,
    effectiveDate: stored.effective_date || null,
    createdAt: stored.created_at,
  };
}
