import type { Passage, RetrievedPassage } from "./answer.js";
import { currentPassages } from "./supersession.js";
import { estimateTokens } from "./tokens.js";

/** About this many tokens of passages go into a prompt. */
export const CONTEXT_TOKENS = 1500;
/** Tokens of a passage's frame: its tags and attributes. */
const FRAME_TOKENS = 30;
const MIN_PASSAGE_TOKENS = 60;
const MAX_PASSAGES = 8;

/** Passages for the prompt, and what became of every one that was found. */
export interface PackedContext {
  /** Numbered from 1 in rank order, with the text as it stands in the prompt. */
  readonly prompt: readonly (RetrievedPassage & { readonly marker: number })[];
  /** All of them in rank order, with their own text. */
  readonly all: readonly RetrievedPassage[];
  readonly tokens: number;
}

/** The start of a text that fits, cut at a line or blank. */
function cutToTokens(text: string, limit: number): string {
  const total = estimateTokens(text);
  if (total <= limit) return text;
  const cut = text.slice(0, Math.floor((text.length * limit) / total));
  const end = Math.max(cut.lastIndexOf("\n"), cut.lastIndexOf(" "));
  return end > cut.length / 2 ? cut.slice(0, end) : cut.replace(/[\uD800-\uDBFF]$/, "");
}

/** Takes the best current passages until the budget (in tokens) is spent. Superseded ones and those that do not fit get no marker. */
export function packContext(passages: readonly Passage[], budget: number = CONTEXT_TOKENS): PackedContext {
  const prompt: (RetrievedPassage & { readonly marker: number })[] = [];
  const all: RetrievedPassage[] = [];
  let left = budget;
  for (const { passage, text, supersededBy } of currentPassages(passages)) {
    const fits = supersededBy === null && prompt.length < MAX_PASSAGES && left - FRAME_TOKENS >= MIN_PASSAGE_TOKENS;
    if (!fits) {
      all.push({ ...passage, marker: null, supersededBy });
      continue;
    }
    const shown = cutToTokens(text, left - FRAME_TOKENS);
    const marker = prompt.length + 1;
    prompt.push({ ...passage, text: shown, marker, supersededBy: null });
    all.push({ ...passage, marker, supersededBy: null });
    left -= estimateTokens(shown) + FRAME_TOKENS;
  }
  return { prompt, all, tokens: budget - left };
}
