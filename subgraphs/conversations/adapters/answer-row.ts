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
  corrected_answer: string | null;
  prompt: string | null;
  cache: Answer["cache"];
  roles: string[];
  cancel_requested: boolean;
  attempt: number;
  final_sequence: number | null;
  search_query: string | null;
  created_at: Date;
  finished_at: Date | null;
}

/** Citations are rows of their own; each answer brings its own along, in the order of the text. */
const CITATIONS = `(SELECT coalesce(jsonb_agg(jsonb_build_object('position', c.position, 'marker', c.marker, 'chunkId', c.chunk_id,
  'documentId', c.document_id, 'documentVersion', c.document_version, 'effectiveDate', c.effective_date, 'fileName', c.file_name,
  'pages', c.pages, 'boxes', c.boxes, 'passageHash', c.passage_hash, 'quote', c.quote, 'support', c.support, 'check', c.support_check,
  'sourceDeleted', c.source_deleted) ORDER BY c.position), '[]') FROM citations c WHERE c.answer_id = answers.id) AS citations`;

export const ANSWER_COLUMNS = `id, conversation_id, question_id, question, status, grounding, dataset_ids, model, text, ${CITATIONS}, removed_markers, facts, passages, degraded, usage, failure, trace_id, regenerates, rating, rating_reason, corrected_answer, prompt, cache, roles, cancel_requested, attempt, final_sequence, search_query, created_at, finished_at`;

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
  correctedAnswer: row.corrected_answer,
  prompt: row.prompt,
  cache: row.cache,
  roles: row.roles,
  cancelRequested: row.cancel_requested,
  attempt: row.attempt,
  finalSequence: row.final_sequence,
  searchQuery: row.search_query,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});
