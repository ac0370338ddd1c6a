import { detectLanguage } from "../../../platform/language/language.js";
import type { Support, SupportCheck } from "./answer.js";
import type { Doubt } from "./citations.js";

/** Cosines from which on a model's vectors mean that one text carries another. Every model has a scale of its own. */
export interface MeaningScale {
  readonly supported: number;
  readonly weak: number;
}

/** Compares texts by meaning: the claim's cosine with each line, in the lines' order. */
export interface MeaningComparison {
  /** @throws when the embedder does not answer before the signal aborts; undefined: this model's scale was never measured */
  compare(
    claim: string,
    lines: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly cosines: readonly number[]; readonly model: ModelScales } | undefined>;
}

/** Texts of one language lie nearer to each other than a text and its translation. */
export interface ModelScales {
  readonly within: MeaningScale;
  readonly across: MeaningScale;
}

/**
 * Measured on pairs of statements, Korean and English, that say the same or only speak of the same (docs/decisions). A model that
 * is not here decides nothing.
 */
const SCALES: readonly (readonly [model: RegExp, scales: ModelScales])[] = [
  [/multilingual-e5-small/i, { within: { supported: 0.925, weak: 0.9 }, across: { supported: 0.83, weak: 0.81 } }],
];

/** The scales of a model by its server's id; undefined when nobody has measured it. */
export const scalesOf = (modelId: string): ModelScales | undefined =>
  SCALES.find(([pattern]) => pattern.test(modelId))?.[1];

/** What a citation that words left open is worth, given how near its passage comes in meaning. Never less than by words. */
export async function judgeByMeaning(
  comparison: MeaningComparison,
  doubt: Doubt,
  lexical: Support,
  signal: AbortSignal,
): Promise<{ support: Support; check: SupportCheck; quote: string | undefined }> {
  const found = await comparison.compare(doubt.claim, doubt.lines, signal);
  if (!found) return { support: lexical, check: "LEXICAL", quote: undefined };
  const language = detectLanguage(doubt.claim);
  let support = lexical;
  let quote: string | undefined;
  let best = 0;
  found.cosines.forEach((cosine, i) => {
    const line = doubt.lines[i] ?? "";
    const { supported, weak } = found.model[detectLanguage(line) === language ? "within" : "across"];
    if (cosine < weak || cosine <= best) return;
    best = cosine;
    quote = line;
    if (cosine >= supported) support = "SUPPORTED";
    else if (support === "UNSUPPORTED") support = "WEAK";
  });
  return { support, check: "EMBEDDING", quote };
}
