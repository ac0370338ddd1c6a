import type { Component } from "../../../platform/graphql/problems.js";

export type AnswerStatus = "QUEUED" | "STREAMING" | "COMPLETED" | "CANCELLED" | "FAILED";
/** NONE: plain chat. AUTO: from documents, and it says so when they hold nothing. REQUIRED: from documents or not at all. */
export type Grounding = "AUTO" | "REQUIRED" | "NONE";
export type Support = "SUPPORTED" | "WEAK" | "UNSUPPORTED";
/**
 * How a citation's support was found: LEXICAL by words, figures and negations; EMBEDDING by meaning too; UNCHECKED: words left it
 * open and the embedder did not answer in time.
 */
export type SupportCheck = "LEXICAL" | "EMBEDDING" | "UNCHECKED";
export type Rating = "UP" | "DOWN";

export const isFinished = (status: AnswerStatus): boolean => status !== "QUEUED" && status !== "STREAMING";

export interface PageBox {
  readonly page: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** A passage as retrieval returned it. It stands by itself: its document may be gone tomorrow. */
export interface Passage {
  readonly chunkId: string;
  readonly documentId: string;
  readonly fileName: string;
  readonly documentVersion: number;
  /** The day from which the document holds, "YYYY-MM-DD"; null when it names none. */
  readonly effectiveDate: string | null;
  readonly pages: readonly number[];
  readonly boxes: readonly PageBox[];
  readonly headingPath: readonly string[];
  readonly elementType: string;
  readonly text: string;
  readonly score: number;
}

/** A passage and what became of it on its way into the prompt. */
export interface RetrievedPassage extends Passage {
  /** Its number in the prompt; null when it is not in there. */
  readonly marker: number | null;
  /** The chunk of a later version that says the same thing and took its place. */
  readonly supersededBy: string | null;
  /** Its document was deleted since: the words are gone. */
  readonly sourceDeleted?: true;
}

export interface Fact {
  readonly subject: string;
  readonly relationType: string;
  readonly object: string;
  readonly weight: number;
  readonly evidence: readonly string[];
}

/** What an answer said and on what; it never changes, except that a deleted document's words go. */
export interface Citation {
  /** Its place among the answer's citations, from 0, in the order of the text. */
  readonly position: number;
  readonly marker: number;
  readonly chunkId: string;
  readonly documentId: string;
  readonly fileName: string;
  readonly documentVersion: number;
  readonly effectiveDate: string | null;
  readonly pages: readonly number[];
  readonly boxes: readonly PageBox[];
  /** SHA-256 of the passage as it stood in the prompt, in hexadecimal. */
  readonly passageHash: string;
  /** The sentence of the passage that is nearest to what the answer says; empty when its document is deleted. */
  readonly quote: string;
  readonly support: Support;
  readonly check: SupportCheck;
  readonly sourceDeleted: boolean;
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The tokens were estimated, because the model did not come to tell them. */
  readonly estimated: boolean;
  /** The model that answered, which may be the fallback; null when none was asked. */
  readonly model: string | null;
  /** In `currency`; null when nobody said what the model costs. */
  readonly cost: number | null;
  readonly currency: string | null;
  readonly retrievalMilliseconds: number | null;
  /** From the job's start to the first delta; null when nothing was written. */
  readonly firstTokenMilliseconds: number | null;
  readonly totalMilliseconds: number;
}

/** What an answer took that no worker came to. */
export const NO_USAGE: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  estimated: false,
  model: null,
  cost: null,
  currency: null,
  retrievalMilliseconds: null,
  firstTokenMilliseconds: null,
  totalMilliseconds: 0,
};

/** Why an answer failed, as it is stored: what a client may see and whether asking again can help. */
export interface Failure {
  readonly code: "UNAVAILABLE" | "TIMEOUT" | "REJECTED" | "TOO_LONG" | "INTERNAL";
  readonly component: Component;
  readonly message: string;
  readonly retryable: boolean;
}

/**
 * HIT_EXACT: the same question was answered before. HIT_SIMILAR: one that asks the same. MISS: neither. BYPASSED: this question is not
 * looked up. UNAVAILABLE: the cache did not answer, so the answer was made without it.
 */
export type CacheOutcome = "HIT_EXACT" | "HIT_SIMILAR" | "MISS" | "BYPASSED" | "UNAVAILABLE";

/** Why: stable words for programs. */
export type CacheReason =
  | "SAME_QUESTION"
  | "SAME_QUESTION_AT_THE_SAME_TIME"
  | "SIMILAR_QUESTION"
  | "NOT_ASKED_BEFORE"
  | "SOURCES_CHANGED"
  | "FOLLOW_UP"
  | "REGENERATED"
  | "PERSONAL_DATA"
  | "TIME_DEPENDENT"
  | "NO_DOCUMENTS"
  | "OFF"
  | "NO_ANSWER_IN_TIME";

export interface CacheDecision {
  readonly outcome: CacheOutcome;
  readonly reason: CacheReason;
  /** Cosine of the two questions, for a similar one. */
  readonly similarity: number | null;
}

export interface Answer {
  readonly id: string;
  readonly conversationId: string;
  readonly questionId: string;
  readonly question: string;
  readonly status: AnswerStatus;
  readonly grounding: Grounding;
  readonly datasetIds: readonly string[];
  readonly model: string;
  readonly text: string;
  readonly citations: readonly Citation[];
  /** Markers of the model that pointed at no passage and were taken out of the text. */
  readonly removedMarkers: readonly number[];
  readonly facts: readonly Fact[];
  readonly passages: readonly RetrievedPassage[];
  readonly degraded: readonly Component[];
  readonly usage: Usage | null;
  readonly failure: Failure | null;
  readonly traceId: string;
  readonly regenerates: string | null;
  /** What was searched for; null when nothing was. */
  readonly searchQuery: string | null;
  readonly rating: Rating | null;
  readonly ratingReason: string | null;
  readonly correctedAnswer: string | null;
  /** With which prompt it was asked for, e.g. "answer-3/GROUNDED-KO-2"; null until then. */
  readonly prompt: string | null;
  /** Whether it came from the cache, and why not; null until it was looked up. */
  readonly cache: CacheDecision | null;
  /** The asker's roles. */
  readonly roles: readonly string[];
  readonly cancelRequested: boolean;
  readonly attempt: number;
  readonly finalSequence: number | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** What a chat's oldest messages said, in short. */
export interface ChatSummary {
  readonly text: string;
  /** Estimated. */
  readonly tokens: number;
  /** Id of the last message that it covers; empty when there is none. */
  readonly through: string;
}

export const NO_SUMMARY: ChatSummary = { text: "", tokens: 0, through: "" };

/** Where a chat parted from another one: the question up to which they are the same. */
export interface BranchedFrom {
  readonly conversationId: string;
  readonly messageId: string;
}

export interface Conversation {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly datasetIds: readonly string[];
  readonly summary: ChatSummary;
  /** Null also when the other one is deleted. */
  readonly branchedFrom: BranchedFrom | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Message {
  readonly id: string;
  /** Grows within the conversation. */
  readonly sequence: number;
  readonly role: "USER" | "ASSISTANT";
  readonly content: string;
  readonly tokens: number;
  readonly answerId: string;
  readonly createdAt: Date;
}

/** What a worker found out; written in one go with the answer's last status. */
export interface AnswerOutcome {
  readonly status: "COMPLETED" | "CANCELLED" | "FAILED";
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly removedMarkers: readonly number[];
  readonly facts: readonly Fact[];
  readonly passages: readonly RetrievedPassage[];
  readonly degraded: readonly Component[];
  readonly usage: Usage;
  readonly failure: Failure | null;
  readonly prompt: string | null;
  readonly cache: CacheDecision | null;
  readonly finalSequence: number;
  readonly searchQuery: string | null;
  /** The question's tokens, counted by the model's own tokenizer; null where that did not come about in time. */
  readonly questionTokens: number | null;
}

const TITLE_LENGTH = 60;

/** A conversation's first title: the start of its first question, cut at a blank where there is one. */
export function titleFrom(question: string): string {
  const line = question.replace(/\s+/g, " ").trim();
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  const blank = cut.lastIndexOf(" ");
  return `${(blank > TITLE_LENGTH / 2 ? cut.slice(0, blank) : cut).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
