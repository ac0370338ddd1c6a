import type { ParserLimits } from "../limits.js";
import { type OcrEngine, OcrFailure, OcrTimeout } from "./engine.js";
import { type Reading, readPicture } from "./readings.js";

/** One picture; a page that takes longer is a picture of something else than text. */
const PICTURE_MS = 240_000;

/** A picture that was left out. */
export interface Unread {
  /** In words for the uploader. */
  reason: string;
  late: boolean;
}

/** Recognises the pictures of one document within its limits. */
export class Recogniser {
  readonly #engine: OcrEngine;
  #pictures: number;
  #until: number | undefined;
  readonly #limits: ParserLimits;

  constructor(engine: OcrEngine, limits: ParserLimits) {
    this.#engine = engine;
    this.#limits = limits;
    this.#pictures = limits.recognisedImages;
  }

  /** What was read, or why the picture was not. */
  async read(image: Uint8Array, dpi?: number): Promise<Reading | Unread> {
    this.#until ??= Date.now() + this.#limits.recognitionMs;
    const timeoutMs = Math.min(PICTURE_MS, this.#until - Date.now());
    if (timeoutMs <= 0) return { reason: "there was no time left to recognise its text", late: true };
    if (--this.#pictures < 0) return { reason: "the document holds too many pictures", late: false };
    try {
      return await readPicture(this.#engine, { image, timeoutMs, ...(dpi === undefined ? {} : { dpi }) });
    } catch (error) {
      if (error instanceof OcrFailure)
        return { reason: `its text was not recognised (${error.message})`, late: error instanceof OcrTimeout };
      throw error;
    }
  }
}
