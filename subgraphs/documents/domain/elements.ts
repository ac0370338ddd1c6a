/** The kinds of element a parser tells apart, named as Unstructured names them. */
export const ELEMENT_TYPES = [
  "Title",
  "NarrativeText",
  "ListItem",
  "Table",
  "Image",
  "Header",
  "Footer",
  "PageBreak",
  "UncategorizedText",
] as const;

export type ElementType = (typeof ELEMENT_TYPES)[number];

/** Left, top, right, bottom as fractions (0..1) of the page as it is shown, origin at the top left. */
export type BoundingBox = readonly [x0: number, y0: number, x1: number, y1: number];

/** One block of a document in reading order. `text` is empty only for a `PageBreak`. */
export interface Element {
  /** Unique inside the document. */
  id: string;
  /** The `Title` this element stands under; absent above the first heading. */
  parentId?: string;
  type: ElementType;
  text: string;
  /** 1-based page, slide or sheet; absent in formats without any (text, Markdown, HTML, CSV, e-mail). */
  pageNumber?: number;
  /** Known for PDF, presentations and pictures. */
  bbox?: BoundingBox;
  /** Tables only: `<table>` of `tr`, `th`, `td`, `br` with `colspan` and `rowspan`, everything else escaped. */
  html?: string;
  /** Titles only: 1 (highest) to 6. */
  headingLevel?: number;
}

/** Why a document could not be turned into elements. */
export const PARSE_FAILURE_CODES = [
  "unsupported",
  "encrypted",
  "corrupt",
  "empty",
  "too_large",
  "too_complex",
  "timeout",
  "unreadable",
] as const;

export type ParseFailureCode = (typeof PARSE_FAILURE_CODES)[number];

const DEFAULT_ADVICE: Record<ParseFailureCode, string> = {
  unsupported:
    "Upload it as PDF, an Office or Hangul document, HTML, Markdown, plain text, an e-mail message (EML), PNG or JPEG.",
  encrypted: "Remove the password and upload it again.",
  corrupt: "Open the file in the program that made it, save it again and upload the new copy.",
  empty: "Upload a file with text in it; a scan has to be upright and sharp enough to be read.",
  too_large: "Split the document into smaller files and upload them one by one.",
  too_complex: "Save the document in a simpler form, for example as PDF, and upload that.",
  timeout: "Split the document into smaller files and upload them one by one.",
  unreadable: "Save the document again, for example as PDF, and upload the new copy.",
};

/**
 * The expected end of a document that cannot be read. `message` says what is wrong and `advice` what the person who uploaded it
 * can do; both are safe to show. Trying again with the same bytes gives the same failure.
 */
export class ParseFailure extends Error {
  override readonly name = "ParseFailure";
  readonly code: ParseFailureCode;
  readonly advice: string;

  constructor(code: ParseFailureCode, message: string, options: { advice?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice ?? DEFAULT_ADVICE[code];
  }
}
