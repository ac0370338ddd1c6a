import type { AnswerEvent, Problem } from "./client.js";
import type {
  AnswerFieldsFragment,
  AnswerPassageFieldsFragment,
  AnswerStageName,
  AnswerStatus,
  CitationFieldsFragment,
  FactFieldsFragment,
} from "./generated/graphql.js";

/** An answer as far as its events have told it. */
export interface AnswerState {
  /** The last sequence seen: what to resume after. */
  readonly sequence: number;
  readonly status: AnswerStatus;
  readonly stage: AnswerStageName;
  readonly text: string;
  readonly citations: readonly CitationFieldsFragment[];
  /** What was found, best first. */
  readonly passages: readonly AnswerPassageFieldsFragment[];
  readonly facts: readonly FactFieldsFragment[];
  /** The answer as it is kept, once it is completed or cancelled. */
  readonly answer: AnswerFieldsFragment | null;
  /** Why it failed. */
  readonly problem: Problem | null;
}

/** Before the first event. */
export const EMPTY_ANSWER: AnswerState = {
  sequence: 0,
  status: "QUEUED",
  stage: "QUEUED",
  text: "",
  citations: [],
  passages: [],
  facts: [],
  answer: null,
  problem: null,
};

/**
 * The state after one more event; pure, so that it can be a reducer. The last event replaces what was gathered by what is
 * kept: a client that came too late for the stream sees the same as one that followed it.
 */
export function foldAnswer(state: AnswerState, event: AnswerEvent): AnswerState {
  const { sequence } = event;
  switch (event.__typename) {
    case "AnswerStage":
      return {
        ...state,
        sequence,
        status: event.stage === "QUEUED" ? "QUEUED" : "STREAMING",
        stage: event.stage,
        passages: event.passages ?? state.passages,
        facts: event.facts ?? state.facts,
        ...(event.stage === "RESTARTED" ? { text: "", citations: [] } : {}),
      };
    case "AnswerDelta":
      return { ...state, sequence, status: "STREAMING", text: state.text + event.text };
    case "AnswerCitation":
      // One that had to be compared by meaning may come after those behind it.
      return {
        ...state,
        sequence,
        citations: [...state.citations, event.citation].toSorted((a, b) => a.position - b.position),
      };
    case "AnswerCompleted":
    case "AnswerCancelled": {
      const { answer } = event;
      const { status, text, citations, facts, problem } = answer;
      return { ...state, sequence, status, text, citations, facts, problem, answer };
    }
    case "AnswerFailed":
      return { ...state, sequence, status: "FAILED", problem: event.problem };
  }
}
