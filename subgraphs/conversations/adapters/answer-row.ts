import { type Answer, NO_USAGE } from "../domain/answer.js";

/** A row of `answers` as the driver returns it. */
export interface AnswerRow {
  id: string;
  conversation_id: string;
  question_id: string;
  question: string;
  status: Answer["status"];
  grounding: Answer["grounding"];
  dataset_ids: string[];
  model: string;
  text: string;
  citations: Answer["citations"];
  removed_markers: number[];
  facts: Answer["facts"];
  passages: Answer["passages"];
  degraded: Answer["degraded"];
  usage: Answer["usage"];
  failure: Answer["failure"];
  trace_id: string;
  regenerates: string | null;
  rating: Answer["rating"];
  rating_reason: string | null;
  cancel_requested: boolean;
  attempt: number;
  final_sequence: number | null;
  search_query: string | null;
  created_at: Date;
  finished_at: Date | null;
}

export const ANSWER_COLUMNS =
  "id, conversation_id, question_id, question, status, grounding, dataset_ids, model, text, citations, removed_markers, facts, passages, degraded, usage, failure, trace_id, regenerates, rating, rating_reason, cancel_requested, attempt, final_sequence, search_query, created_at, finished_at";

export const answerOf = (row: AnswerRow): Answer => ({
  id: row.id,
  conversationId: row.conversation_id,
  questionId: row.question_id,
  question: row.question,
  status: row.status,
  grounding: row.grounding,
  datasetIds: row.dataset_ids,
  model: row.model,
  text: row.text,
  citations: row.citations,
  removedMarkers: row.removed_markers,
  facts: row.facts,
  passages: row.passages,
  degraded: row.degraded,
  // Rows of earlier versions know less.
  usage: row.usage && { ...NO_USAGE, ...row.usage },
  failure: row.failure,
  traceId: row.trace_id,
  regenerates: row.regenerates,
  rating: row.rating,
  ratingReason: row.rating_reason,
  cancelRequested: row.cancel_requested,
  attempt: row.attempt,
  finalSequence: row.final_sequence,
  searchQuery: row.search_query,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});
