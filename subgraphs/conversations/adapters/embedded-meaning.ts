import type { Embedder } from "../../../platform/models/ports.js";
import { type MeaningComparison, scalesOf } from "../domain/meaning.js";

const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

/** Compares by the embedder's vectors, which have length 1. Claim and lines go in one request. */
export const createMeaningComparison = (embedder: Embedder): MeaningComparison => ({
  async compare(claim, lines, signal) {
    const model = scalesOf((await embedder.info({ signal })).model);
    if (!model) return undefined;
    const [first, ...others] = await embedder.embedPassages([claim, ...lines], { signal });
    return { model, cosines: others.map((vector) => cosine(first ?? [], vector)) };
  },
});
