import type { TenantScope } from "../../platform/auth/viewer.js";
import type { Rating } from "./domain/answer.js";
import type { CachedAnswer, CacheScope } from "./domain/answer-cache.js";
import type {
  AnswerPolicy,
  AnswerSettings,
  PromptKind,
  PromptLanguage,
  PromptTemplate,
} from "./domain/prompt-templates.js";

/** What a tenant has set for its answers. Templates never change; which one is in force does. */
export interface SettingsStore {
  /** The templates in force and the policy, for one answer. */
  read(scope: TenantScope): Promise<AnswerSettings>;
  policy(scope: TenantScope): Promise<AnswerPolicy>;
  updatePolicy(scope: TenantScope, policy: AnswerPolicy, traceId: string): Promise<AnswerPolicy>;
  /** Every version, newest first, and the product's own. */
  templates(scope: TenantScope): Promise<PromptTemplate[]>;
  createTemplate(
    scope: TenantScope,
    template: { readonly kind: PromptKind; readonly language: PromptLanguage; readonly text: string },
    traceId: string,
  ): Promise<PromptTemplate>;
  /** Undefined: there is no such template. */
  activateTemplate(scope: TenantScope, id: string, traceId: string): Promise<PromptTemplate | undefined>;
}

/** A rated answer as training data. */
export interface FeedbackRecord {
  readonly answerId: string;
  readonly question: string;
  readonly answer: string;
  readonly correctedAnswer: string | null;
  readonly rating: Rating;
  readonly reason: string | null;
  readonly model: string;
  readonly prompt: string | null;
  readonly ratedAt: Date;
  /** Documents that the model was shown: who may not read them all gets no record. */
  readonly documentIds: readonly string[];
}

/** The ratings of a whole tenant, oldest first. */
export interface FeedbackStore {
  page(
    scope: TenantScope,
    page: {
      readonly first: number;
      readonly after: readonly [ratedAt: string, id: string] | undefined;
      readonly rating: Rating | undefined;
    },
  ): Promise<FeedbackRecord[]>;
}

/** Answers kept for others who may read exactly the same. Everything in it may vanish at any time. */
export interface AnswerCache {
  exact(scope: CacheScope, question: string): Promise<CachedAnswer | undefined>;
  /** The answer to another question that asks the same; undefined too where the embedding model was never measured for it. */
  similar(
    scope: CacheScope,
    question: string,
    signal: AbortSignal,
  ): Promise<{ readonly answer: CachedAnswer; readonly similarity: number } | undefined>;
  keep(scope: CacheScope, question: string, answer: CachedAnswer): Promise<void>;
  /** Lets similar questions find an answer that is kept. */
  remember(scope: CacheScope, question: string): Promise<void>;
  /** True for the one who computes while others wait. It ends by `follow`, or by itself when the leader died. */
  lead(scope: CacheScope, question: string): Promise<boolean>;
  follow(scope: CacheScope, question: string): Promise<void>;
  /** Resolves when nobody leads any more, or after the limit. */
  settled(scope: CacheScope, question: string, limitMs: number, signal: AbortSignal): Promise<void>;
  /** Removes every answer of the tenant that a document was found for; resolves to how many there were. */
  forget(tenantId: string, documentId: string): Promise<number>;
}

/** What answers are built from, as it is now. */
export interface BuiltFrom {
  /** Revisions of those documents that the scope may see. */
  revisions(scope: TenantScope, documentIds: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Another mark after every change to the documents of these data sets (none: of the tenant); undefined when nothing is known. */
  stamp(tenantId: string, datasetIds: readonly string[]): Promise<string | undefined>;
}

/** How many words' places a redaction has emptied, by kind. */
export interface RemovedWords {
  readonly citations: number;
  readonly passages: number;
  readonly answers: number;
  readonly feedback: number;
}

/** Deleted documents' words in the answers of a whole tenant. */
export interface Redactions {
  /** Marks the document as deleted for answers that are still being written. */
  begin(tenantId: string, documentId: string): Promise<void>;
  /** Redacts the next answers that hold words of it and counts what went; resolves to how many answers there were, 0 at the end. */
  redactSome(tenantId: string, documentId: string): Promise<number>;
  /** Answers that it was found for, redacted or not, by id, a page after the given one. */
  touched(tenantId: string, documentId: string, after: string): Promise<{ id: string; conversationId: string }[]>;
  /** Everything that went since `begin`. */
  removed(tenantId: string, documentId: string): Promise<Readonly<Record<string, number>>>;
  /** Adds to what was removed. */
  count(tenantId: string, documentId: string, name: string, removed: number): Promise<void>;
  /** Those among the documents that are marked as deleted. */
  deleted(scope: TenantScope, documentIds: readonly string[]): Promise<string[]>;
}
