import { Component, type Problem, unavailable } from "../../../platform/graphql/problems.js";
import type * as domain from "../domain/answer.js";
import type { AnswerEntry } from "../ports.js";
import {
  AnswerCancelled,
  AnswerCitation,
  AnswerCompleted,
  AnswerDelta,
  type AnswerEvent,
  AnswerFailed,
  AnswerStage,
  type AnswerStageName,
} from "./events.js";
import {
  type Answer,
  type AnswerPassage,
  type Citation,
  CitationStatus,
  type Support,
  type SupportCheck,
} from "./types.js";

/** A component as it was stored; an unknown one of an older version is the model's. */
const componentOf = (name: string): Component =>
  (Object.values(Component) as string[]).includes(name) ? (name as Component) : Component.LLM;

export function failureProblem(failure: domain.Failure): Problem {
  const problem = unavailable(componentOf(failure.component), failure.message, failure.retryable ? 5 : null);
  problem.code = failure.code;
  return problem;
}

function statusOf(citation: domain.Citation, readable: boolean): CitationStatus {
  if (citation.sourceDeleted) return CitationStatus.SOURCE_DELETED;
  if (!readable) return CitationStatus.GONE;
  return citation.support === "UNSUPPORTED" ? CitationStatus.UNSUPPORTED : CitationStatus.CURRENT;
}

/** What a client sees of a citation, given whether its document may be read now: of what is gone, the words go too. */
export function citationView(citation: domain.Citation, readable: boolean): Citation {
  const { chunkId, documentId, sourceDeleted: _, ...rest } = citation;
  return {
    ...rest,
    pages: [...rest.pages],
    boxes: [...rest.boxes],
    support: citation.support as Support,
    check: citation.check as SupportCheck,
    status: statusOf(citation, readable),
    quote: readable ? citation.quote : "",
    chunk: readable ? { id: chunkId } : null,
    document: readable ? { id: documentId } : null,
  };
}

/** What a client sees of a passage; of what may not be read any more, undefined. */
export function passageView(passage: domain.RetrievedPassage, readable: boolean): AnswerPassage | undefined {
  if (!readable || passage.sourceDeleted) return undefined;
  const { chunkId, documentId, ...rest } = passage;
  return { ...rest, chunk: { id: chunkId }, document: { id: documentId } } as unknown as AnswerPassage;
}

const as = <T extends AnswerEvent>(type: new () => T, fields: T): T => Object.assign(new type(), fields);

/** An entry of the stream in the API's form. `readable` says which documents the viewer may read now. */
export function eventView(
  entry: AnswerEntry,
  answer: Answer | null,
  readable: (documentId: string) => boolean,
): AnswerEvent | undefined {
  const { event, sequence } = entry;
  const base = { sequence, at: new Date(event.at) };
  switch (event.type) {
    case "stage":
      return as(AnswerStage, {
        ...base,
        stage: event.stage as AnswerStageName,
        milliseconds: event.milliseconds ?? null,
        searchQuery: event.searchQuery ?? null,
        passages:
          event.passages?.flatMap((passage) => passageView(passage, readable(passage.documentId)) ?? []) ?? null,
        facts: (event.facts as AnswerStage["facts"] | undefined) ?? null,
      });
    case "delta":
      return as(AnswerDelta, { ...base, text: event.text });
    case "citation":
      return as(AnswerCitation, {
        ...base,
        citation: citationView(event.citation, readable(event.citation.documentId)),
      });
    case "failed":
      return as(AnswerFailed, {
        ...base,
        problem: failureProblem(event.failure),
        retryable: event.failure.retryable,
      });
    default:
      if (!answer) return undefined;
      return as<AnswerCompleted | AnswerCancelled>(event.type === "completed" ? AnswerCompleted : AnswerCancelled, {
        ...base,
        answer,
      });
  }
}

/** The documents that an entry speaks of. */
export function documentsOf({ event }: AnswerEntry): string[] {
  if (event.type === "citation") return [event.citation.documentId];
  return event.type === "stage" ? (event.passages ?? []).map((passage) => passage.documentId) : [];
}
