import type { CacheDecision, CacheReason, Citation, Fact, RetrievedPassage } from "./answer.js";

/** An answer as it is kept for others who may read exactly the same. */
export interface CachedAnswer {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly removedMarkers: readonly number[];
  readonly passages: readonly RetrievedPassage[];
  readonly facts: readonly Fact[];
  /** Each document it was built from with the revision that it had. */
  readonly builtFrom: Readonly<Record<string, number>>;
}

/** Everything that two askers must share to share an answer. */
export interface CacheScope {
  readonly tenantId: string;
  readonly departments: readonly string[];
  readonly roles: readonly string[];
  readonly datasetIds: readonly string[];
  /** See `VisibilityFeed.stamp`. */
  readonly stamp: string;
  readonly model: string;
  readonly prompt: string;
  readonly grounding: string;
  /** Answers differ by what may be shown. */
  readonly piiOutput: string;
}

/** What depends on when it is asked. */
const TIME_DEPENDENT =
  /오늘|내일|어제|지금|현재|이번\s?(?:주|달|해|년|분기)|다음\s?(?:주|달|해)|지난\s?(?:주|달|해)|올해|작년|내년|최근|며칠\s?남|\b(?:today|tomorrow|yesterday|now|current(?:ly)?|this (?:week|month|year|quarter)|next (?:week|month|year)|last (?:week|month|year)|latest|recent(?:ly)?)\b/iu;
/** Two different values leave the same mask behind. */
const MASKED = /\[(?:[A-Z]{2,}_)?[A-Z]{2,}(?:_[A-Z]+)*\]/;

/** Why a question is not looked up; undefined when it is. */
export function bypassReason(question: {
  readonly text: string;
  /** By the tenant's policy. */
  readonly allowed: boolean;
  readonly grounded: boolean;
  readonly followsUp: boolean;
  readonly regenerated: boolean;
}): CacheReason | undefined {
  if (!question.allowed) return "OFF";
  if (!question.grounded) return "NO_DOCUMENTS";
  if (question.regenerated) return "REGENERATED";
  if (question.followsUp) return "FOLLOW_UP";
  if (MASKED.test(question.text)) return "PERSONAL_DATA";
  return TIME_DEPENDENT.test(question.text) ? "TIME_DEPENDENT" : undefined;
}

export const bypassed = (reason: CacheReason): CacheDecision => ({ outcome: "BYPASSED", reason, similarity: null });
