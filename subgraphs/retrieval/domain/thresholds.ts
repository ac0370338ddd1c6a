import type { EmbeddingModel } from "./passage.js";

/**
 * Cosines below which a hit of a model is noise. A model that is not named has none: the scores of small e5 models are
 * compressed (right 0.83 to 0.93, wrong 0.83 to 0.89), so that no absolute line parts them.
 */
const THRESHOLDS: readonly (readonly [model: RegExp, cosine: number])[] = [[/(^|[-/_])bge[-_]m3([-/_]|$)/i, 0.5]];

/** The least cosine that counts as a hit for this model; −1, which lets all through, where none is known. */
export const denseThreshold = ({ model }: EmbeddingModel): number =>
  THRESHOLDS.find(([name]) => name.test(model))?.[1] ?? -1;
