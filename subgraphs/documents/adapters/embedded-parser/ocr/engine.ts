/** A word as it was recognised; the box in pixels of the picture, the confidence from 0 to 100. */
export interface OcrWord {
  text: string;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  confidence: number;
}

export interface OcrLine {
  /** Lines of one paragraph share it. */
  paragraph: string;
  words: OcrWord[];
  /** The line with the spaces between its words: engines cut Hangul into syllables. */
  text: string;
}

/** What stands on a picture, in reading order. */
export interface OcrPage {
  width: number;
  height: number;
  lines: OcrLine[];
}

/** Korean first, since the first language decides about doubtful marks. */
export type OcrLanguages = "kor+eng" | "kor";

/**
 * How the engine parts a page: by itself, or as one column of text of various sizes. By itself it finds columns of prose, but
 * loses Hangul between the rules of a table, which it takes for a picture or for vertical writing.
 */
export type Segmentation = "automatic" | "column";

/** What Tesseract is told for each; it never looks for vertical lines, which modern documents do not have. */
export const SEGMENTATION_MODE: Record<Segmentation, string> = { automatic: "3", column: "4" };

export interface OcrRequest {
  /** PNG, JPEG or PGM. */
  image: Uint8Array;
  languages: OcrLanguages;
  segmentation: Segmentation;
  /** Dots per inch where they are known. */
  dpi?: number;
  timeoutMs: number;
}

/** Recognises printed text. */
export interface OcrEngine {
  /** Throws `OcrFailure` for a picture it cannot read or not read in time. */
  recognise(request: OcrRequest): Promise<OcrPage>;
  close(): Promise<void>;
}

export class OcrFailure extends Error {
  override readonly name: string = "OcrFailure";
}

/** The picture was not read in time: that says as much about the machine as about the picture. */
export class OcrTimeout extends OcrFailure {
  override readonly name = "OcrTimeout";

  constructor() {
    super("it took too long");
  }
}
