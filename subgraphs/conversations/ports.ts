import type { TenantScope } from "../../platform/auth/viewer.js";
import type { Component } from "../../platform/graphql/problems.js";
import type {
  Answer,
  AnswerOutcome,
  BranchedFrom,
  ChatSummary,
  Conversation,
  Fact,
  Grounding,
  Message,
  Passage,
  Rating,
  Usage,
} from "./domain/answer.js";
import type { AnswerEvent } from "./domain/events.js";

/** A page of a list, newest or oldest first as the method says. `after` is the key of the last row seen. */
export interface PageRequest<K> {
  readonly first: number;
  readonly after: K | undefined;
}

/** One row more than asked for says that there is a next page. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

export interface NewConversation {
  readonly title: string;
  readonly model: string;
  readonly datasetIds: readonly string[];
  readonly branchedFrom?: BranchedFrom;
}

/** Where a chat is to part from the one of this message. */
export interface BranchPoint {
  /** A question, or the reply to it. */
  readonly messageId: string;
  /** Whether the branch has this question and its reply, or ends before them. */
  readonly including: boolean;
  /** Undefined: the original's. */
  readonly title: string | undefined;
}

/** Chats of one user. Everything is seen through the scope's own user; another's is as if it were not there. */
export interface ConversationStore {
  create(scope: TenantScope, conversation: NewConversation, traceId: string): Promise<Conversation>;
  find(scope: TenantScope, ids: readonly string[]): Promise<Conversation[]>;
  /** Last used first. `terms`: only those in whose title, or in one of whose messages, all of them stand, in any case. */
  list(
    scope: TenantScope,
    page: PageRequest<readonly [updatedAt: string, id: string]>,
    terms?: readonly string[],
  ): Promise<Page<Conversation>>;
  /** A new chat with copies of the answered questions of another one. Undefined: no such message. */
  branch(scope: TenantScope, point: BranchPoint, traceId: string): Promise<Conversation | undefined>;
  /** Keeps a summary in place of the one that covered messages up to `previous`; without effect when another came between. */
  summarize(scope: TenantScope, id: string, summary: ChatSummary, previous: string): Promise<void>;
  rename(scope: TenantScope, id: string, title: string, traceId: string): Promise<Conversation | undefined>;
  /** Deletes it with its messages and answers; resolves to the answers' ids, undefined when there was none. */
  remove(scope: TenantScope, id: string, traceId: string): Promise<string[] | undefined>;
  /** Oldest first. `terms`: only those that hold all of them, in any case. */
  messages(
    scope: TenantScope,
    conversationId: string,
    page: PageRequest<number>,
    terms?: readonly string[],
  ): Promise<Page<Message>>;
  /** Questions that were answered and their answers, the newest `limit` of them, oldest first. */
  answeredMessages(scope: TenantScope, conversationId: string, limit: number): Promise<Message[]>;
}

export interface NewAnswer {
  /** Undefined: a new conversation is started for it. */
  readonly conversationId: string | undefined;
  /** The question that this one takes the place of, in a branch of its chat; it is asked as that one was. */
  readonly instead?: string;
  readonly question: string;
  readonly questionTokens: number;
  readonly grounding: Grounding;
  /** Undefined: what the conversation says. */
  readonly datasetIds: readonly string[] | undefined;
  readonly model: string | undefined;
  /** For a new conversation. */
  readonly title: string;
  readonly defaultModel: string;
  readonly roles: readonly string[];
  readonly idempotencyKey: string | undefined;
}

/** An answer whose job may have been lost. */
export interface UnfinishedAnswer {
  readonly id: string;
  readonly conversationId: string;
  readonly scope: TenantScope;
  readonly traceId: string;
  /** How many jobs were queued for it. */
  readonly enqueued: number;
}

export interface AnswerStore {
  /** Question, message and answer in one go. A repeated idempotency key gives the answer it gave before. Undefined: no such conversation. */
  create(
    scope: TenantScope,
    answer: NewAnswer,
    traceId: string,
  ): Promise<{ answer: Answer; created: boolean } | undefined>;
  /** A new answer to the same question. Undefined: no such answer. */
  regenerate(scope: TenantScope, id: string, traceId: string): Promise<Answer | undefined>;
  find(scope: TenantScope, ids: readonly string[]): Promise<Answer[]>;
  /** Takes an unfinished answer up as its next attempt; undefined when it is finished or gone, or a later job than the `job`-th has it. */
  claim(scope: TenantScope, id: string, job: number): Promise<Answer | undefined>;
  /** Writes the end of the attempt with the reply's message; false when another attempt has taken over, or the answer is finished or gone. */
  finish(scope: TenantScope, id: string, attempt: number, outcome: AnswerOutcome): Promise<boolean>;
  /** Asks for its end: a queued one is cancelled at once. Undefined: no such answer. */
  cancel(scope: TenantScope, id: string, traceId: string): Promise<Answer | undefined>;
  rate(
    scope: TenantScope,
    id: string,
    rating: { readonly rating: Rating; readonly reason: string | null; readonly correctedAnswer: string | null },
    traceId: string,
  ): Promise<Answer | undefined>;
  /** Over all tenants: unfinished and untouched for that long. */
  unfinished(olderThanMilliseconds: number, limit: number): Promise<UnfinishedAnswer[]>;
  /** Over all tenants: those of these answers that are unfinished. */
  unfinishedAmong(ids: readonly string[]): Promise<UnfinishedAnswer[]>;
  /** Counts one more job; false when somebody else did so first. */
  requeue(answer: UnfinishedAnswer): Promise<boolean>;
}

/** One call of a language model, as it is counted. */
export interface ModelCall extends Omit<Usage, "model" | "retrievalMilliseconds"> {
  /** The answer it was made for; it may be gone since. */
  readonly answerId: string;
  readonly purpose: "ANSWER" | "REWRITE" | "SUMMARY";
  readonly model: string;
  readonly failed: boolean;
}

export type UsageDimension = "DAY" | "MODEL" | "USER";

export interface UsageFigures {
  readonly calls: number;
  readonly failed: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Calls whose tokens were estimated. */
  readonly estimated: number;
  /** Of the calls in the report's currency; null when there was none. */
  readonly cost: number | null;
  /** Calls without a cost in the report's currency. */
  readonly unpriced: number;
  readonly firstTokenMilliseconds: { readonly p50: number | null; readonly p95: number | null };
  readonly totalMilliseconds: { readonly p50: number | null; readonly p95: number | null };
}

export interface UsageReport {
  readonly total: UsageFigures;
  /** By key, at most 1,000. A day is "YYYY-MM-DD", UTC. */
  readonly rows: readonly (UsageFigures & { readonly key: string })[];
}

/** What calls of models took, kept longer than what they were made for. */
export interface UsageStore {
  record(scope: TenantScope, call: ModelCall): Promise<void>;
  /** Over the scope's own user, or over its whole tenant. */
  report(
    scope: TenantScope,
    wanted: {
      readonly ofTenant: boolean;
      readonly by: UsageDimension;
      readonly from: Date;
      readonly until: Date;
      readonly currency: string | null;
    },
  ): Promise<UsageReport>;
}

export interface AnswerEntry {
  readonly sequence: number;
  readonly event: AnswerEvent;
}

/** Another attempt has written to the stream since: whoever gets this must stop. */
export class StreamTakenOver extends Error {
  override readonly name = "StreamTakenOver";
}

/** The numbered events of an answer, kept for a while after its end. */
export interface AnswerStream {
  /** Appends behind `expected`, the last sequence; resolves to the new last one. @throws StreamTakenOver */
  append(tenantId: string, answerId: string, events: readonly AnswerEvent[], expected: number): Promise<number>;
  last(tenantId: string, answerId: string): Promise<number>;
  read(tenantId: string, answerId: string, after: number): Promise<AnswerEntry[]>;
  follow(tenantId: string, answerId: string, after: number, signal: AbortSignal): AsyncGenerator<AnswerEntry>;
  forget(tenantId: string, answerIds: readonly string[]): Promise<void>;
}

/** An entry of a chat's session, in the published form. */
export interface SessionMessage {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly tokens: number;
}

/** The latest messages of a chat, at hand for its next question. */
export interface SessionCache {
  /** Oldest first; undefined when nothing is kept. */
  read(tenantId: string, conversationId: string): Promise<SessionMessage[] | undefined>;
  replace(tenantId: string, conversationId: string, messages: readonly SessionMessage[]): Promise<void>;
  forget(tenantId: string, conversationId: string): Promise<void>;
}

/** Tells the worker that writes an answer to stop. */
export interface Cancellations {
  announce(answerId: string): Promise<void>;
  /** A signal that aborts when a cancellation of this answer is announced. */
  watch(answerId: string): { readonly signal: AbortSignal; close(): void };
}

/** Who listens to an answer now, over all replicas; a listener that is not renewed counts no more. */
export interface Listeners {
  /** Enters or renews. `cancels`: the answer is to end when nobody listens any more. */
  renew(tenantId: string, answerId: string, listenerId: string, cancels: boolean): Promise<void>;
  /** True when that was the last one and the answer is to end with it. */
  leave(tenantId: string, answerId: string, listenerId: string): Promise<boolean>;
  /** True when the answer is to end with its last listener and none is left. */
  abandoned(tenantId: string, answerId: string): Promise<boolean>;
}

/** Who writes answers now, over all workers; a writer that is not renewed counts as dead after a few seconds. */
export interface Writers {
  /** Enters or renews the writer of an answer. */
  renew(answerId: string): Promise<void>;
  release(answerId: string): Promise<void>;
  /** Answers whose writer entered and was not heard of for the length of a lease. */
  lost(limit: number): Promise<string[]>;
  /** Those of these answers that somebody writes. */
  alive(answerIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Places for live streams of a user and of a tenant; one that is not taken again for a while is free. */
export interface StreamPlaces {
  /** Takes a place or keeps it; resolves to the limit that stands against it, if one does. */
  take(
    scope: TenantScope,
    streamId: string,
  ): Promise<{ readonly of: "USER" | "TENANT"; readonly limit: number } | undefined>;
  leave(scope: TenantScope, streamId: string): Promise<void>;
}

export type JobState = "pending" | "ended" | "unknown";

export interface AnswerJob {
  readonly answerId: string;
  readonly conversationId: string;
  readonly scope: TenantScope;
  readonly traceId: string;
  /** The span of the request that asked, where one was recorded. */
  readonly spanId?: string | undefined;
  /** Which job for this answer, from 1. */
  readonly number: number;
}

export interface AnswerQueue {
  /** Queues the job; the same one twice is one job. */
  add(job: AnswerJob): Promise<void>;
  state(answerId: string, number: number): Promise<JobState>;
}

export interface FoundPassages {
  /** Best first. */
  readonly passages: readonly Passage[];
  readonly facts: readonly Fact[];
  readonly degraded: readonly Component[];
  /** What each step of the search took, as far as it tells. */
  readonly stages?: readonly { readonly name: string; readonly status: string; readonly milliseconds: number }[];
}

export interface PassageSearch {
  /** What the asker may read about it. @throws UnavailableError when nothing can be searched just now. */
  search(
    scope: TenantScope,
    query: string,
    options: {
      readonly datasetIds: readonly string[];
      readonly limit: number;
      readonly traceId: string;
      readonly spanId?: string | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<FoundPassages>;
}

/** Which documents the scope may see now. */
export interface DocumentAccess {
  readable(scope: TenantScope, documentIds: readonly string[]): Promise<ReadonlySet<string>>;
}
