import type { Morpheme } from "../../../../platform/language/morphology.js";
import { type Extraction, type ExtractionInput, extract } from "./extract.js";

/** A chunk's text with its tokens, by which the cost of asking a model is estimated. */
export interface ExtractorInput extends ExtractionInput {
  readonly tokens: number;
}

/** How one chunk was read: by its form alone as configured, by a model, or by its form because the model could not. */
export type ReadBy = "FORM" | "MODEL" | "DROPPED" | "OVER_BUDGET" | "UNAVAILABLE";

/** One document's extraction. */
export interface DocumentExtraction {
  /** Model tokens that all chunks together may take, estimated from above before any is asked; 0 without a model. */
  readonly estimatedTokens: number;
  /** @throws the signal's reason; a model that fails never fails the chunk */
  extract(chunk: ExtractorInput, signal: AbortSignal): Promise<{ extraction: Extraction; readBy: ReadBy }>;
}

export interface Extractor {
  /** Chunks that may be read at once. */
  readonly lanes: number;
  open(chunks: readonly ExtractorInput[]): DocumentExtraction;
}

/** By form alone: deterministic, no model, no cost. */
export const formExtractor = (analyze: (text: string) => Morpheme[]): Extractor => ({
  lanes: 1,
  open: () => ({
    estimatedTokens: 0,
    extract: async (chunk) => ({ extraction: extract(chunk, analyze), readBy: "FORM" }),
  }),
});
