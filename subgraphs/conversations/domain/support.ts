import { searchTokens } from "../../../platform/language/search-tokens.js";
import { sentences } from "../../../platform/language/sentences.js";
import type { Support } from "./answer.js";

const SUPPORTED_FROM = 0.6;
const WEAK_FROM = 0.3;
const QUOTE_LENGTH = 300;
const MAX_TOKENS = 400;

const tokensOf = (text: string): Set<string> =>
  new Set(
    searchTokens(text, { max: MAX_TOKENS })
      .split(" ")
      .filter((token) => token !== ""),
  );

/** Figures as they are compared: "1,500" is "1500", "15일" is "15". */
const figuresOf = (text: string): string[] =>
  (text.normalize("NFKC").match(/\d+(?:,\d{3})*(?:\.\d+)?/g) ?? []).map((figure) => figure.replaceAll(",", ""));

const share = (of: ReadonlySet<string>, within: ReadonlySet<string>): number => {
  let found = 0;
  for (const token of of) if (within.has(token)) found++;
  return of.size === 0 ? 0 : found / of.size;
};

export interface Judgement {
  readonly support: Support;
  /** The passage's sentence nearest to the claim, at most 300 characters. */
  readonly quote: string;
}

/** A passage prepared for many claims about it. */
export interface Evidence {
  judge(claim: string): Judgement;
}

/**
 * Says how far a passage carries a claim: the share of the claim's search tokens that the passage holds. A figure that the
 * passage does not hold makes a claim unsupported, however alike the words are: "15 days" is no support for "16 days".
 */
export function evidenceIn(passage: string): Evidence {
  const all = new Set(searchTokens(passage).split(" "));
  const figures = new Set(figuresOf(passage));
  let lines: { text: string; tokens: Set<string> }[] | undefined;
  return {
    judge(claim) {
      const wanted = tokensOf(claim);
      lines ??= sentences(passage).map((text) => ({ text, tokens: tokensOf(text) }));
      let best = lines[0]?.text ?? passage;
      let bestShare = -1;
      for (const line of lines) {
        // Shared tokens over the larger of both, so that a long sentence is not nearest to everything.
        const common = share(wanted, line.tokens) * wanted.size;
        const nearness = common / Math.max(wanted.size, line.tokens.size, 1);
        if (nearness > bestShare) [best, bestShare] = [line.text, nearness];
      }
      const covered = share(wanted, all);
      const figuresHeld = figuresOf(claim).every((figure) => figures.has(figure));
      const support: Support =
        wanted.size === 0 || !figuresHeld || covered < WEAK_FROM
          ? "UNSUPPORTED"
          : covered < SUPPORTED_FROM
            ? "WEAK"
            : "SUPPORTED";
      return { support, quote: best.slice(0, QUOTE_LENGTH) };
    },
  };
}
