import type { ParserLimits } from "../limits.js";
import { type OcrEngine, OcrFailure } from "./engine.js";
import { type Reading, readPicture } from "./readings.js";

/** One picture; a page that takes longer is a picture of something else than text. */
const PICTURE_MS = 90_000;

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

  /** What was read, or in words for the uploader why the picture was not read. */
  async read(image: Uint8Array, dpi?: number): Promise<Reading | string> {
    this.#until ??= Date.now() + this.#limits.recognitionMs;
    const timeoutMs = Math.min(PICTURE_MS, this.#until - Date.now());
    if (timeoutMs <= 0) return "there was no time left to recognise its text";
    if (--this.#pictures < 0) return "the document holds too many pictures";
    try {
      return await readPicture(this.#engine, { image, timeoutMs, ...(dpi === undefined ? {} : { dpi }) });
    } catch (error) {
      if (error instanceof OcrFailure) return `its text was not recognised (${error.message})`;
      throw error;
    }
  }
}
