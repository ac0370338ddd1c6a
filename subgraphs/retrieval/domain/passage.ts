/** A rectangle on a page; coordinates run from 0 to 1. */
export interface PassageBox {
  readonly page: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Kinds of element as the index stores them and the API shows them. */
export const ELEMENT_TYPES = ["TITLE", "NARRATIVE_TEXT", "LIST_ITEM", "TABLE", "IMAGE", "OTHER"] as const;
export type PassageElementType = (typeof ELEMENT_TYPES)[number];

/** A chunk as the index keeps it: enough to stand by itself in an answer, without another room's help. */
export interface IndexedPassage {
  readonly chunkId: string;
  readonly documentId: string;
  readonly datasetId: string;
  /** `null`: shared with the whole tenant. */
  readonly department: string | null;
  readonly generation: number;
  readonly position: number;
  readonly text: string;
  readonly elementType: PassageElementType;
  readonly headingPath: readonly string[];
  readonly pages: readonly number[];
  readonly boxes: readonly PassageBox[];
  readonly fileName: string;
  readonly documentVersion: number;
  /** "YYYY-MM-DD", or null when the document names none. */
  readonly effectiveDate: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Which rows of the index belong together: vectors of different models are never compared. */
export interface EmbeddingModel {
  readonly model: string;
  readonly dimension: number;
}

/** One entry of a ranked list: enough to check who may see it, no more; texts are fetched for the winners only. */
export interface Candidate {
  readonly chunkId: string;
  readonly documentId: string;
  readonly generation: number;
  /** Higher is better; comparable within its own list only. */
  readonly score: number;
}

/** Narrows a search; all conditions hold together, and always together with the viewer's tenant and departments. */
export interface SearchFilter {
  readonly datasetIds?: readonly string[];
  readonly documentIds?: readonly string[];
  readonly elementTypes?: readonly PassageElementType[];
  /** Milliseconds since the epoch; documents created at or after. */
  readonly createdAfter?: number;
  /** Milliseconds since the epoch; documents created before. */
  readonly createdBefore?: number;
  /** "YYYY-MM-DD": documents that hold from this day or an earlier one, and those that name no day. */
  readonly effectiveOn?: string;
}

/** Whether a passage is what a filter asks for; the index applies the same rules to its rows. Data sets are the visibility feed's to tell. */
export function passesFilter(
  passage: Pick<IndexedPassage, "documentId" | "elementType" | "createdAt" | "effectiveDate">,
  filter: SearchFilter,
): boolean {
  const { documentIds, elementTypes, createdAfter, createdBefore, effectiveOn } = filter;
  return (
    (!documentIds || documentIds.includes(passage.documentId)) &&
    (!elementTypes || elementTypes.includes(passage.elementType)) &&
    (createdAfter === undefined || passage.createdAt >= createdAfter) &&
    (createdBefore === undefined || passage.createdAt < createdBefore) &&
    (effectiveOn === undefined || (passage.effectiveDate ?? "") <= effectiveOn)
  );
}
