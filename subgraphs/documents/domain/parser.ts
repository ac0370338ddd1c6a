import type { Element } from "./elements.js";

/** A document on the local disk, as it was uploaded. */
export interface ParserInput {
  path: string;
  /** The file name given by the uploader; its ending is a hint, the content decides. */
  name: string;
  declaredMimeType?: string;
}

/** A file inside a file: it becomes a document of its own. */
export interface Attachment {
  name: string;
  /** The type its sender gave it; the content decides. */
  declaredMimeType?: string;
  /** Base64. */
  content: string;
}

export interface ParseResult {
  /** The type found in the content. */
  mimeType: string;
  /** In reading order; at least one has text. */
  elements: Element[];
  pageCount?: number;
  /** The title in the file's own metadata. */
  title?: string;
  /** BCP 47 language of most of the text. */
  language?: string;
  /** Files attached to a message, at most as many and as large as the parser's limits allow. */
  attachments?: Attachment[];
  /** What was left out, in words for the uploader. */
  warnings: string[];
}

/** Turns a file into elements. */
export interface Parser {
  /** Throws `ParseFailure` for a document that cannot be read, and the signal's reason when it is aborted. */
  parse(file: ParserInput, options: { signal: AbortSignal }): Promise<ParseResult>;
}
