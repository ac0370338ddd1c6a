/** Bounds on what one document may cost inside the parser. Sizes in bytes unless the name says otherwise. */
export interface ParserLimits {
  fileBytes: number;
  /** Sum of everything taken out of one archive. */
  inflatedBytes: number;
  archiveEntries: number;
  /** One XML or HTML part, which is held as a tree about ten times its size. */
  markupCharacters: number;
  markupDepth: number;
  markupNodes: number;
  elements: number;
  /** Columns and rows one table cell may claim to span. */
  cellSpan: number;
  tableCells: number;
  pages: number;
  /** Text pieces, rules and images on one PDF page. */
  pageItems: number;
  /** Width times height of one picture, known before it is decoded. */
  imagePixels: number;
  /** Pictures (scanned pages among them) whose text is recognised in one document. */
  recognisedImages: number;
  /** Wall time for recognising text in one document, in milliseconds; what is left then is named in the warnings. */
  recognitionMs: number;
  /** Files attached to one message. */
  attachments: number;
  /** Sum of the files attached to one message. */
  attachmentBytes: number;
  /** Parts within parts of one message. */
  messageDepth: number;
}

export const DEFAULT_LIMITS: ParserLimits = {
  fileBytes: 200 * 1024 ** 2,
  inflatedBytes: 256 * 1024 ** 2,
  archiveEntries: 10_000,
  markupCharacters: 32 * 1024 ** 2,
  markupDepth: 200,
  markupNodes: 2_000_000,
  elements: 200_000,
  cellSpan: 500,
  tableCells: 200_000,
  pages: 2_000,
  pageItems: 100_000,
  imagePixels: 40_000_000,
  recognisedImages: 200,
  recognitionMs: 300_000,
  attachments: 100,
  attachmentBytes: 64 * 1024 ** 2,
  messageDepth: 20,
};
