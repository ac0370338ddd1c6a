import type { Citation, Fact, Failure, RetrievedPassage } from "./answer.js";

/** RESTARTED: another worker took over; whatever text came before is void. */
export type AnswerStageName = "QUEUED" | "RETRIEVING" | "RETRIEVED" | "GENERATING" | "RESTARTED";

/** One entry of an answer's stream. `at` is milliseconds since the epoch. */
export type AnswerEvent =
  | {
      readonly type: "stage";
      readonly at: number;
      readonly stage: AnswerStageName;
      readonly milliseconds?: number;
      readonly searchQuery?: string;
      readonly passages?: readonly RetrievedPassage[];
      readonly facts?: readonly Fact[];
    }
  | { readonly type: "delta"; readonly at: number; readonly text: string }
  | { readonly type: "citation"; readonly at: number; readonly citation: Citation }
  | { readonly type: "completed"; readonly at: number }
  | { readonly type: "cancelled"; readonly at: number }
  | { readonly type: "failed"; readonly at: number; readonly failure: Failure };

/** True for the event after which a stream holds nothing more. */
export const isFinal = (event: AnswerEvent): boolean =>
  event.type === "completed" || event.type === "cancelled" || event.type === "failed";
