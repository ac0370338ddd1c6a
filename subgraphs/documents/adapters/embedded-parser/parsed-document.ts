import type { BoundingBox, ElementType } from "../../domain/elements.js";
import type { Attachment } from "../../domain/parser.js";

/** An element as a format reader sees it: not numbered yet, its place in the outline not known yet. */
export interface ElementDraft {
  type: ElementType;
  text: string;
  pageNumber?: number;
  bbox?: BoundingBox;
  html?: string;
  headingLevel?: number;
}

/** What a format reader returns. */
export interface ParsedDocument {
  elements: ElementDraft[];
  pageCount?: number;
  title?: string;
  language?: string;
  attachments?: Attachment[];
  warnings: string[];
}
