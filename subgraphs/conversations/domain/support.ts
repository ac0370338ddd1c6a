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

/** Words that turn a statement round. */
const NEGATION =
  /(?:지\s?(?:않|못|아니|말)|아니[다하한며고]|아닙|없[다이습으는고]|불가|금지|제외|\b(?:not|no|never|neither|nor|cannot|without|except)\b|n['’]t\b)/iu;

/** Whether a text denies what it speaks of: an odd number of negations would need a parser, one is enough to doubt. */
export const isNegated = (text: string): boolean => NEGATION.test(text);

export interface Judgement {
  readonly support: Support;
  /** The passage's sentence nearest to the claim, at most 300 characters. */
  readonly quote: string;
  /** The passage's sentences to compare by meaning, where words alone do not decide; empty where they do. */
  readonly lines: readonly string[];
}

/** A passage prepared for many claims about it. */
export interface Evidence {
  judge(claim: string): Judgement;
}

/** How many sentences of a passage are compared by meaning. */
const COMPARED_LINES = 4;

/**
 * Says how far a passage carries a claim: the share of the claim's search tokens that the passage holds. A figure that the
 * passage does not hold makes a claim unsupported, however alike the words are: "15 days" is no support for "16 days". One that
 * denies what the nearest sentence says, or the other way round, is weak at best. Neither can be mended by meaning.
 */
export function evidenceIn(passage: string): Evidence {
  const all = new Set(searchTokens(passage).split(" "));
  const figures = new Set(figuresOf(passage));
  let lines: { text: string; tokens: Set<string> }[] | undefined;
  return {
    judge(claim) {
      const wanted = tokensOf(claim);
      lines ??= sentences(passage).map((text) => ({ text, tokens: tokensOf(text) }));
      const near = lines
        // Shared tokens over the larger of both, so that a long sentence is not nearest to everything.
        .map(({ text, tokens }) => ({
          text,
          nearness: (share(wanted, tokens) * wanted.size) / Math.max(wanted.size, tokens.size, 1),
        }))
        .sort((a, b) => b.nearness - a.nearness)
        .map(({ text }) => text.slice(0, QUOTE_LENGTH));
      const quote = near[0] ?? passage.slice(0, QUOTE_LENGTH);
      const covered = share(wanted, all);
      const figuresHeld = figuresOf(claim).every((figure) => figures.has(figure));
      if (wanted.size === 0 || !figuresHeld) return { support: "UNSUPPORTED", quote, lines: [] };
      const turned = isNegated(claim) !== isNegated(quote);
      if (covered >= SUPPORTED_FROM) return { support: turned ? "WEAK" : "SUPPORTED", quote, lines: [] };
      const support: Support = covered < WEAK_FROM ? "UNSUPPORTED" : "WEAK";
      return { support, quote, lines: turned ? [] : near.slice(0, COMPARED_LINES) };
    },
  };
}
