/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AddTextInput = {
  datasetId: string | number;
  /** A JSON object of at most 16 KiB */
  metadata?: unknown;
  /** A file name; its ending tells Markdown ("note.md") and HTML from plain text */
  name: string;
  /** At most 1 MiB in UTF-8 */
  text: string;
};

export type AddUrlInput = {
  datasetId: string | number;
  /** A JSON object of at most 16 KiB */
  metadata?: unknown;
  /** A file name; left out: the last part of the address */
  name?: string | null | undefined;
  /** A public http or https address; at most 20 MiB are fetched */
  url: string;
};

export type AnswerPolicyInput = {
  answerCache?: boolean;
  piiInput: PiiInput;
  piiOutput: PiiOutput;
};

/** What an answer's work has come to */
export type AnswerStageName =
  | 'GENERATING'
  | 'QUEUED'
  /** Another worker took over: drop the text and citations received so far, they come again */
  | 'RESTARTED'
  | 'RETRIEVED'
  | 'RETRIEVING';

/** QUEUED and STREAMING go on; the others are the end */
export type AnswerStatus =
  | 'CANCELLED'
  | 'COMPLETED'
  | 'FAILED'
  | 'QUEUED'
  | 'STREAMING';

export type AskInput = {
  /** Default: a new conversation */
  conversationId?: string | number | null | undefined;
  /** Default: the conversation's */
  datasetIds?: Array<string | number> | null | undefined;
  grounding?: Grounding;
  /** The same key again gives the same answer, not a second one */
  idempotencyKey?: string | null | undefined;
  /** One of `models`; default: the conversation's */
  model?: string | null | undefined;
  /** At most 4,000 characters */
  question: string;
};

/** Whether an answer was made before, for somebody who may read exactly the same documents */
export type CacheOutcome =
  /** It was made now: such a question is not looked up */
  | 'BYPASSED'
  /** The same question */
  | 'HIT_EXACT'
  /** A question that asks the same in other words */
  | 'HIT_SIMILAR'
  /** It was made now */
  | 'MISS'
  /** It was made now, without the cache */
  | 'UNAVAILABLE';

/** What a citation is worth now */
export type CitationStatus =
  | 'CURRENT'
  /** The viewer may not read the document any more, or it is about to be deleted */
  | 'GONE'
  /** The document was deleted: its words are gone from the answer too */
  | 'SOURCE_DELETED'
  /** The passage does not carry the sentence: do not rely on it */
  | 'UNSUPPORTED';

/** A part of the platform that can be missing for a while */
export type Component =
  | 'CACHE'
  | 'EMBEDDER'
  | 'FULL_TEXT'
  | 'GRAPH'
  | 'LLM'
  | 'PARSER'
  | 'PII'
  | 'RERANKER'
  | 'STORAGE'
  | 'VECTOR_INDEX';

export type CorrectChunkInput = {
  /** Of the version that can be found */
  chunkId: string | number;
  documentId: string | number;
  /** null: the text as it was cut comes back */
  text?: string | null | undefined;
};

export type CreateDatasetInput = {
  /** One of the viewer's departments; left out: shared with the tenant */
  department?: string | null | undefined;
  description?: string | null | undefined;
  indexing?: IndexingSettingsInput | null | undefined;
  /** 1 to 200 characters, unique in the department */
  name: string;
  /** By default MASK; KEEP needs the role admin */
  piiPolicy?: PiiPolicy | null | undefined;
};

export type CreatePromptTemplateInput = {
  kind: PromptKind;
  language: PromptLanguage;
  /** At most 4,000 characters */
  text: string;
};

export type CreateUploadInput = {
  datasetId: string | number;
  /** A JSON object of at most 16 KiB */
  metadata?: unknown;
  /** The type the file is sent with; what it really is decides */
  mimeType: string;
  /** The file's name, 1 to 255 characters */
  name: string;
  /** A document of the data set: the file becomes its next version, and the one before is found until that is whole */
  replaces?: string | number | null | undefined;
  /** The file's exact size */
  size: number;
};

export type CreateWebhookInput = {
  datasetId: string | number;
  events: Array<WebhookEvent>;
  /** A public http or https address */
  url: string;
};

export type DatasetFilter = {
  nameContains?: string | null | undefined;
};

export type DeletionStatus =
  | 'COMPLETED'
  | 'RUNNING';

/** PENDING is tried, with growing pauses, for a day; only an answer of 2xx is a delivery */
export type DeliveryStatus =
  | 'DELIVERED'
  | 'FAILED'
  | 'PENDING';

export type DocumentFilter = {
  nameContains?: string | null | undefined;
  /** By default all but those being deleted */
  status?: Array<DocumentStatus> | null | undefined;
};

/** Where a document stands. COMPLETED can be searched; see `failure` for what may be missing all the same */
export type DocumentStatus =
  | 'CANCELLED'
  | 'COMPLETED'
  | 'DELETING'
  | 'FAILED'
  | 'PENDING'
  | 'PROCESSING';

/** What kind of element of a document a chunk was made from */
export type ElementType =
  | 'IMAGE'
  | 'LIST_ITEM'
  | 'NARRATIVE_TEXT'
  | 'OTHER'
  | 'TABLE'
  | 'TITLE';

/** How the lists become one order */
export type Fusion =
  /** A random walk over the graph, restarted from the best hits and the question's entities */
  | 'GRAPH_WALK'
  /** Reciprocal rank fusion of all lists, k = 60 */
  | 'RRF'
  /** Vector and full-text scores, each scaled by its own list: half each in Korean, .65 to .35 elsewhere */
  | 'WEIGHTED';

/** What an answer rests on */
export type Grounding =
  /** The documents; the model is asked to say so when they hold nothing */
  | 'AUTO'
  /** Plain chat, no documents */
  | 'NONE'
  /** The documents or nothing: without a passage the model is not asked at all */
  | 'REQUIRED';

/** How documents are cut; what is left out keeps its default */
export type IndexingSettingsInput = {
  /** 64 to 480, by default 400 */
  chunkTokens?: number | null | undefined;
  /** 0 to half of chunkTokens, by default 50 */
  overlapTokens?: number | null | undefined;
};

/** A step of indexing. EMBED and INDEX run beside EXTRACT */
export type IndexingStage =
  | 'CHUNK'
  | 'EMBED'
  | 'EXTRACT'
  | 'FINISH'
  | 'INDEX'
  | 'MASK'
  | 'PARSE'
  | 'STORE';

/** WAITING and RUNNING go on; STUCK should, but does not (`code` and `message` say why); the others end the attempt */
export type IndexingState =
  | 'CANCELLED'
  | 'COMPLETED'
  | 'FAILED'
  | 'RUNNING'
  | 'STUCK'
  | 'WAITING';

/** Who speaks */
export type MessageRole =
  | 'ASSISTANT'
  | 'USER';

/** Narrows a search */
export type PassageFilter = {
  /** Only documents created at or after */
  createdAfter?: string | null | undefined;
  /** Only documents created before */
  createdBefore?: string | null | undefined;
  /** Only these documents */
  documentIds?: Array<string | number> | null | undefined;
  /** YYYY-MM-DD: only documents that hold from this day or an earlier one, and those that name no day */
  effectiveOn?: string | null | undefined;
  elementTypes?: Array<ElementType> | null | undefined;
};

/** What becomes of personal data in a question */
export type PiiInput =
  /** It is replaced by its kind before the question is kept or searched for */
  | 'MASK'
  /** The question is not taken; the problem names the kinds */
  | 'REFUSE';

/** What becomes of personal data in the model's text */
export type PiiOutput =
  /** It is shown as the model wrote it */
  | 'KEEP'
  /** It is replaced by its kind, on the stream already */
  | 'MASK';

/** What becomes of personal data in documents; the file itself stays as it was uploaded */
export type PiiPolicy =
  /** The paragraph, list item or table that holds a value is left out */
  | 'DROP'
  /** Values stay readable for all who read the data set. Only an admin can choose it */
  | 'KEEP'
  /** A value is replaced by its kind: [PHONE_NUMBER] */
  | 'MASK'
  /** A document that holds a value is not indexed: it ends as FAILED with the code PERSONAL_DATA */
  | 'REFUSE';

/** What a prompt is for */
export type PromptKind =
  /** Answers from documents */
  | 'GROUNDED'
  /** Chat without documents */
  | 'PLAIN';

/** The question's language: KO for Korean, EN for every other */
export type PromptLanguage =
  | 'EN'
  | 'KO';

export type RateAnswerInput = {
  answerId: string | number;
  /** What it should have said; at most 8,000 characters */
  correctedAnswer?: string | null | undefined;
  rating: Rating;
  /** At most 1,000 characters */
  reason?: string | null | undefined;
};

/** What the reader thought of an answer */
export type Rating =
  | 'DOWN'
  | 'UP';

/** A ranked list that a search is made of */
export type SearchList =
  /** Shared words (BM25; in Korean, shared syllable pairs) */
  | 'FULL_TEXT'
  /** Chunks that share entities with the best hits and with the question */
  | 'GRAPH'
  /** Nearest embeddings (cosine) */
  | 'VECTOR';

/** How to search; everything has a default */
export type SearchOptions = {
  /** Hits taken from each list, 1 to 200 */
  candidatesPerList?: number | null | undefined;
  /** Only these data sets; default: all that the viewer may read */
  datasetIds?: Array<string | number> | null | undefined;
  filter?: PassageFilter | null | undefined;
  fusion?: Fusion | null | undefined;
  /** How far the facts reach in the graph, 1 or 2 */
  hops?: number | null | undefined;
  /** Default: all three */
  lists?: Array<SearchList> | null | undefined;
  /** Default: only where the deployment's reranker is a cross-encoder. true shows the scores of any reranker; one that is no cross-encoder never changes the order */
  rerank?: boolean | null | undefined;
  /** Passages wanted, 1 to 50 */
  topK?: number | null | undefined;
};

/** A step of a search */
export type SearchStageName =
  | 'EMBED'
  /** Texts of the winners, from the index */
  | 'FETCH'
  | 'FULL_TEXT'
  | 'GRAPH'
  | 'PREPARE'
  | 'RERANK'
  /** Texts of the winners from the rooms that own them, while the index gives none */
  | 'TEXTS'
  | 'VECTOR'
  | 'VISIBILITY';

/** How a step of a search ended */
export type SearchStageStatus =
  | 'FAILED'
  | 'OK'
  | 'SKIPPED'
  | 'TIMED_OUT';

export type SetChunkEnabledInput = {
  /** Of the version that can be found */
  chunkId: string | number;
  documentId: string | number;
  /** false: searches and the knowledge graph no longer know it */
  enabled: boolean;
};

export type StartConversationInput = {
  /** Ask these data sets only */
  datasetIds?: Array<string | number> | null | undefined;
  /** One of `models`; default: the deployment's */
  model?: string | null | undefined;
  /** Default: from the first question */
  title?: string | null | undefined;
};

/** How far the cited passage carries the sentence, by shared words and, where they leave it open, by meaning; a figure that the passage does not hold makes it UNSUPPORTED */
export type Support =
  | 'SUPPORTED'
  | 'UNSUPPORTED'
  | 'WEAK';

/** How a citation's support was found */
export type SupportCheck =
  /** By meaning too, where words left it open */
  | 'EMBEDDING'
  /** By words, figures and negations */
  | 'LEXICAL'
  /** Words left it open, and the embedder did not answer in time: support is by words alone */
  | 'UNCHECKED';

/** What is left out stays as it is */
export type UpdateDatasetInput = {
  /** Moves it and its documents at once; null shares it with the tenant */
  department?: string | null | undefined;
  /** null removes it */
  description?: string | null | undefined;
  id: string | number;
  name?: string | null | undefined;
  /** For what is indexed from now on; re-index what is there. KEEP needs the role admin */
  piiPolicy?: PiiPolicy | null | undefined;
};

/** What is left out stays as it is */
export type UpdateWebhookInput = {
  active?: boolean | null | undefined;
  events?: Array<WebhookEvent> | null | undefined;
  id: string | number;
  url?: string | null | undefined;
};

/** What usage is broken down by */
export type UsageDimension =
  /** UTC */
  | 'DAY'
  | 'MODEL'
  | 'USER';

/** Whose usage */
export type UsageScope =
  | 'OWN'
  /** All users of the tenant; for admins and auditors */
  | 'TENANT';

/** What a webhook is told of; in the body DOCUMENT_COMPLETED is "document.completed" */
export type WebhookEvent =
  | 'DOCUMENT_CANCELLED'
  | 'DOCUMENT_COMPLETED'
  | 'DOCUMENT_DELETED'
  | 'DOCUMENT_FAILED';

export type CitationFieldsFragment = { position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null };

export type AnswerPassageFieldsFragment = { marker: number | null, supersededBy: string | null, text: string, score: number, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, headingPath: Array<string>, elementType: ElementType, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null };

export type AnswerFieldsFragment = { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
    | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
    | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
    | { __typename: 'NotAllowed', requires: string, code: string, message: string }
    | { __typename: 'NotFound', code: string, message: string }
    | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
    | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
   | null, regenerates: { id: string } | null };

export type ConversationFieldsFragment = { id: string, title: string, model: string, datasetIds: Array<string>, createdAt: string, updatedAt: string };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ id: string, contextWindow: number | null, baseModel: string | null, isDefault: boolean }> };

export type UsageRowFieldsFragment = { key: string, calls: number, failed: number, promptTokens: number, completionTokens: number, estimated: number, cost: number | null, unpriced: number, firstTokenMilliseconds: { p50: number | null, p95: number | null }, totalMilliseconds: { p50: number | null, p95: number | null } };

export type UsageQueryVariables = Exact<{
  by?: UsageDimension;
  of?: UsageScope;
  from?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type UsageQuery = { usage: { from: string, until: string, currency: string | null, total: { key: string, calls: number, failed: number, promptTokens: number, completionTokens: number, estimated: number, cost: number | null, unpriced: number, firstTokenMilliseconds: { p50: number | null, p95: number | null }, totalMilliseconds: { p50: number | null, p95: number | null } } | null, rows: Array<{ key: string, calls: number, failed: number, promptTokens: number, completionTokens: number, estimated: number, cost: number | null, unpriced: number, firstTokenMilliseconds: { p50: number | null, p95: number | null }, totalMilliseconds: { p50: number | null, p95: number | null } }>, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type AskMutationVariables = Exact<{
  input: AskInput;
}>;


export type AskMutation = { ask: { answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
        | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
        | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
        | { __typename: 'NotAllowed', requires: string, code: string, message: string }
        | { __typename: 'NotFound', code: string, message: string }
        | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
        | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
       | null, regenerates: { id: string } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type SendMessageMutationVariables = Exact<{
  conversationId: string | number;
  text: string;
  idempotencyKey?: string | null | undefined;
}>;


export type SendMessageMutation = { sendMessage: { answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
        | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
        | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
        | { __typename: 'NotAllowed', requires: string, code: string, message: string }
        | { __typename: 'NotFound', code: string, message: string }
        | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
        | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
       | null, regenerates: { id: string } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type AnswerStreamSubscriptionVariables = Exact<{
  answerId: string | number;
  after?: number;
  cancelOnDisconnect?: boolean;
}>;


export type AnswerStreamSubscription = { answerStream:
    | { __typename: 'AnswerCancelled', sequence: number, at: string, answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
          | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
          | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
          | { __typename: 'NotAllowed', requires: string, code: string, message: string }
          | { __typename: 'NotFound', code: string, message: string }
          | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
          | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
         | null, regenerates: { id: string } | null } }
    | { __typename: 'AnswerCitation', sequence: number, at: string, citation: { position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null } }
    | { __typename: 'AnswerCompleted', sequence: number, at: string, answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
          | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
          | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
          | { __typename: 'NotAllowed', requires: string, code: string, message: string }
          | { __typename: 'NotFound', code: string, message: string }
          | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
          | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
         | null, regenerates: { id: string } | null } }
    | { __typename: 'AnswerDelta', text: string, sequence: number, at: string }
    | { __typename: 'AnswerFailed', retryable: boolean, sequence: number, at: string, problem:
        | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
        | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
        | { __typename: 'NotAllowed', requires: string, code: string, message: string }
        | { __typename: 'NotFound', code: string, message: string }
        | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
        | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
       }
    | { __typename: 'AnswerStage', stage: AnswerStageName, milliseconds: number | null, searchQuery: string | null, sequence: number, at: string, passages: Array<{ marker: number | null, supersededBy: string | null, text: string, score: number, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, headingPath: Array<string>, elementType: ElementType, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }> | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }> | null }
   };

export type AnswerQueryVariables = Exact<{
  id: string | number;
}>;


export type AnswerQuery = { answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, passages: Array<{ marker: number | null, supersededBy: string | null, text: string, score: number, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, headingPath: Array<string>, elementType: ElementType, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null, regenerates: { id: string } | null } | null };

export type CancelAnswerMutationVariables = Exact<{
  id: string | number;
}>;


export type CancelAnswerMutation = { cancelAnswer: { answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
        | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
        | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
        | { __typename: 'NotAllowed', requires: string, code: string, message: string }
        | { __typename: 'NotFound', code: string, message: string }
        | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
        | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
       | null, regenerates: { id: string } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type RegenerateAnswerMutationVariables = Exact<{
  id: string | number;
}>;


export type RegenerateAnswerMutation = { regenerateAnswer: { answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
        | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
        | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
        | { __typename: 'NotAllowed', requires: string, code: string, message: string }
        | { __typename: 'NotFound', code: string, message: string }
        | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
        | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
       | null, regenerates: { id: string } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type RateAnswerMutationVariables = Exact<{
  input: RateAnswerInput;
}>;


export type RateAnswerMutation = { rateAnswer: { answer: { id: string, rating: Rating | null, ratingReason: string | null, correctedAnswer: string | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type ConversationsQueryVariables = Exact<{
  first?: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
}>;


export type ConversationsQuery = { conversations: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, title: string, model: string, datasetIds: Array<string>, createdAt: string, updatedAt: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type ConversationQueryVariables = Exact<{
  id: string | number;
}>;


export type ConversationQuery = { conversation: { summary: string | null, id: string, title: string, model: string, datasetIds: Array<string>, createdAt: string, updatedAt: string, branchedFrom: { messageId: string, conversation: { id: string, title: string } } | null, window: { limit: number, answer: number, summary: number, history: number, used: number } } | null };

export type ConversationMessagesQueryVariables = Exact<{
  id: string | number;
  first?: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
}>;


export type ConversationMessagesQuery = { conversation: { id: string, messages: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, role: MessageRole, content: string, tokens: number, createdAt: string, answer: { id: string, status: AnswerStatus, rating: Rating | null, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }> } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type StartConversationMutationVariables = Exact<{
  input?: StartConversationInput | null | undefined;
}>;


export type StartConversationMutation = { startConversation: { conversation: { id: string, title: string, model: string, datasetIds: Array<string>, createdAt: string, updatedAt: string } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type BranchConversationMutationVariables = Exact<{
  messageId: string | number;
  title?: string | null | undefined;
}>;


export type BranchConversationMutation = { branchConversation: { conversation: { id: string, title: string, model: string, datasetIds: Array<string>, createdAt: string, updatedAt: string } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type EditMessageMutationVariables = Exact<{
  messageId: string | number;
  text: string;
  idempotencyKey?: string | null | undefined;
}>;


export type EditMessageMutation = { editMessage: { answer: { id: string, question: string, status: AnswerStatus, grounding: Grounding, text: string, removedMarkers: Array<number>, degraded: Array<Component>, searchQuery: string | null, model: string, prompt: string | null, traceId: string, rating: Rating | null, ratingReason: string | null, cancelRequested: boolean, createdAt: string, finishedAt: string | null, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, usage: { promptTokens: number, completionTokens: number, estimated: boolean, model: string | null, cost: number | null, currency: string | null, retrievalMilliseconds: number | null, firstTokenMilliseconds: number | null, totalMilliseconds: number } | null, cache: { outcome: CacheOutcome, reason: string, similarity: number | null } | null, conversation: { id: string }, citations: Array<{ position: number, marker: number, status: CitationStatus, support: Support, check: SupportCheck, quote: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null }>, problem:
        | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
        | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
        | { __typename: 'NotAllowed', requires: string, code: string, message: string }
        | { __typename: 'NotFound', code: string, message: string }
        | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
        | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
       | null, regenerates: { id: string } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type RenameConversationMutationVariables = Exact<{
  id: string | number;
  title: string;
}>;


export type RenameConversationMutation = { renameConversation: { conversation: { id: string, title: string, model: string, datasetIds: Array<string>, createdAt: string, updatedAt: string } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type DeleteConversationMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteConversationMutation = { deleteConversation: { deletedId: string | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type PromptTemplateFieldsFragment = { id: string, kind: PromptKind, language: PromptLanguage, version: number, text: string, active: boolean, createdBy: string | null, createdAt: string | null };

export type PromptTemplatesQueryVariables = Exact<{ [key: string]: never; }>;


export type PromptTemplatesQuery = { promptTemplates: Array<{ id: string, kind: PromptKind, language: PromptLanguage, version: number, text: string, active: boolean, createdBy: string | null, createdAt: string | null }> };

export type CreatePromptTemplateMutationVariables = Exact<{
  input: CreatePromptTemplateInput;
}>;


export type CreatePromptTemplateMutation = { createPromptTemplate: { template: { id: string, kind: PromptKind, language: PromptLanguage, version: number, text: string, active: boolean, createdBy: string | null, createdAt: string | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type ActivatePromptTemplateMutationVariables = Exact<{
  id: string | number;
}>;


export type ActivatePromptTemplateMutation = { activatePromptTemplate: { template: { id: string, kind: PromptKind, language: PromptLanguage, version: number, text: string, active: boolean, createdBy: string | null, createdAt: string | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type AnswerPolicyQueryVariables = Exact<{ [key: string]: never; }>;


export type AnswerPolicyQuery = { answerPolicy: { piiInput: PiiInput, piiOutput: PiiOutput, answerCache: boolean } };

export type UpdateAnswerPolicyMutationVariables = Exact<{
  input: AnswerPolicyInput;
}>;


export type UpdateAnswerPolicyMutation = { updateAnswerPolicy: { policy: { piiInput: PiiInput, piiOutput: PiiOutput, answerCache: boolean } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type FeedbackExportQueryVariables = Exact<{
  first?: number;
  after?: string | null | undefined;
  rating?: Rating | null | undefined;
}>;


export type FeedbackExportQuery = { feedbackExport: { edges: Array<{ cursor: string, node: { id: string, rating: Rating, ratedAt: string, sourceDeleted: boolean, line: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type DatasetFieldsFragment = { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } };

export type DocumentFieldsFragment = { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null };

export type DeletionFieldsFragment = { id: string, objectId: string, objectType: string, status: DeletionStatus, requestedAt: string, completedAt: string | null, removed: Array<{ store: string, count: number }> };

export type DatasetsQueryVariables = Exact<{
  first?: number;
  after?: string | null | undefined;
  filter?: DatasetFilter | null | undefined;
}>;


export type DatasetsQuery = { datasets: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type DatasetQueryVariables = Exact<{
  id: string | number;
}>;


export type DatasetQuery = { dataset: { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } } | null };

export type DatasetDocumentsQueryVariables = Exact<{
  id: string | number;
  first?: number;
  after?: string | null | undefined;
  filter?: DocumentFilter | null | undefined;
}>;


export type DatasetDocumentsQuery = { dataset: { id: string, documents: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type CreateDatasetMutationVariables = Exact<{
  input: CreateDatasetInput;
}>;


export type CreateDatasetMutation = { createDataset: { dataset: { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type UpdateDatasetMutationVariables = Exact<{
  input: UpdateDatasetInput;
}>;


export type UpdateDatasetMutation = { updateDataset: { dataset: { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type DeleteDatasetMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteDatasetMutation = { deleteDataset: { deletion: { id: string, objectId: string, objectType: string, status: DeletionStatus, requestedAt: string, completedAt: string | null, removed: Array<{ store: string, count: number }> } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type DocumentQueryVariables = Exact<{
  id: string | number;
}>;


export type DocumentQuery = { document: { metadata: unknown, id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, pii: Array<{ kind: string, count: number }>, versions: Array<{ version: number, name: string, mimeType: string, size: number, replacedAt: string, downloadUrl: string }>, createdBy: { id: string }, dataset: { id: string, name: string, department: string | null }, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null };

export type DocumentDownloadQueryVariables = Exact<{
  id: string | number;
  expiresInSeconds?: number;
}>;


export type DocumentDownloadQuery = { document: { id: string, downloadUrl: string } | null };

export type CreateUploadMutationVariables = Exact<{
  input: CreateUploadInput;
}>;


export type CreateUploadMutation = { createUpload: { upload: { id: string, url: string, expiresAt: string, headers: Array<{ name: string, value: string }> } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type CompleteUploadMutationVariables = Exact<{
  uploadId: string | number;
}>;


export type CompleteUploadMutation = { completeUpload: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type AddTextMutationVariables = Exact<{
  input: AddTextInput;
}>;


export type AddTextMutation = { addText: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type ReindexDocumentMutationVariables = Exact<{
  id: string | number;
}>;


export type ReindexDocumentMutation = { reindexDocument: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type RetryIndexingMutationVariables = Exact<{
  id: string | number;
}>;


export type RetryIndexingMutation = { retryIndexing: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type CancelIndexingMutationVariables = Exact<{
  id: string | number;
}>;


export type CancelIndexingMutation = { cancelIndexing: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type DeleteDocumentMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteDocumentMutation = { deleteDocument: { deletion: { id: string, objectId: string, objectType: string, status: DeletionStatus, requestedAt: string, completedAt: string | null, removed: Array<{ store: string, count: number }> } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type DeletionQueryVariables = Exact<{
  id: string | number;
}>;


export type DeletionQuery = { deletion: { id: string, objectId: string, objectType: string, status: DeletionStatus, requestedAt: string, completedAt: string | null, removed: Array<{ store: string, count: number }> } | null };

export type IndexingProgressSubscriptionVariables = Exact<{
  documentId?: string | number | null | undefined;
  datasetId?: string | number | null | undefined;
  after?: string | null | undefined;
}>;


export type IndexingProgressSubscription = { indexingProgress: { cursor: string, documentId: string, stage: IndexingStage, state: IndexingState, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, code: string | null, message: string | null, at: string } };

export type PauseIndexingMutationVariables = Exact<{
  datasetId: string | number;
}>;


export type PauseIndexingMutation = { pauseIndexing: { dataset: { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type ResumeIndexingMutationVariables = Exact<{
  datasetId: string | number;
}>;


export type ResumeIndexingMutation = { resumeIndexing: { dataset: { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type ReindexDatasetMutationVariables = Exact<{
  id: string | number;
}>;


export type ReindexDatasetMutation = { reindexDataset: { started: number, dataset: { id: string, name: string, description: string | null, department: string | null, pausedAt: string | null, createdAt: string, updatedAt: string, indexing: { chunkTokens: number, overlapTokens: number }, progress: { documents: number, processing: number, completed: number, failed: number, cancelled: number, stuck: number, chunks: number, ratePerSecond: number | null, etaSeconds: number | null } } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type AddUrlMutationVariables = Exact<{
  input: AddUrlInput;
}>;


export type AddUrlMutation = { addUrl: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type WebhookFieldsFragment = { id: string, url: string, events: Array<WebhookEvent>, active: boolean, previousUntil: string | null, createdAt: string, updatedAt: string };

export type DeliveryFieldsFragment = { id: string, event: WebhookEvent, documentId: string, status: DeliveryStatus, tries: number, httpStatus: number | null, error: string | null, createdAt: string, dueAt: string | null, deliveredAt: string | null };

export type WebhooksQueryVariables = Exact<{
  datasetId: string | number;
  deliveries?: number;
  after?: string | null | undefined;
}>;


export type WebhooksQuery = { dataset: { id: string, webhooks: Array<{ id: string, url: string, events: Array<WebhookEvent>, active: boolean, previousUntil: string | null, createdAt: string, updatedAt: string, deliveries: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, event: WebhookEvent, documentId: string, status: DeliveryStatus, tries: number, httpStatus: number | null, error: string | null, createdAt: string, dueAt: string | null, deliveredAt: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } }> } | null };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookInput;
}>;


export type CreateWebhookMutation = { createWebhook: { secret: string | null, webhook: { id: string, url: string, events: Array<WebhookEvent>, active: boolean, previousUntil: string | null, createdAt: string, updatedAt: string } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type UpdateWebhookMutationVariables = Exact<{
  input: UpdateWebhookInput;
}>;


export type UpdateWebhookMutation = { updateWebhook: { webhook: { id: string, url: string, events: Array<WebhookEvent>, active: boolean, previousUntil: string | null, createdAt: string, updatedAt: string } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type RotateWebhookSecretMutationVariables = Exact<{
  id: string | number;
}>;


export type RotateWebhookSecretMutation = { rotateWebhookSecret: { secret: string | null, webhook: { id: string, url: string, events: Array<WebhookEvent>, active: boolean, previousUntil: string | null, createdAt: string, updatedAt: string } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type DeleteWebhookMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteWebhookMutation = { deleteWebhook: { deletedId: string | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type ReplayDeliveryMutationVariables = Exact<{
  id: string | number;
}>;


export type ReplayDeliveryMutation = { replayDelivery: { delivery: { id: string, event: WebhookEvent, documentId: string, status: DeliveryStatus, tries: number, httpStatus: number | null, error: string | null, createdAt: string, dueAt: string | null, deliveredAt: string | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type EditableChunksQueryVariables = Exact<{
  documentId: string | number;
  first?: number;
  after?: string | null | undefined;
}>;


export type EditableChunksQuery = { document: { id: string, piiPolicy: PiiPolicy | null, pii: Array<{ kind: string, count: number }>, editableChunks: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, position: number, text: string, originalText: string | null, elementType: ElementType, headingPath: Array<string>, pages: Array<number>, tokens: number, disabled: boolean, corrected: boolean, editedAt: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } }, lapsedChunkEdits: Array<{ originalText: string, correctedText: string | null, disabled: boolean, editedAt: string }> } | null };

export type CorrectChunkMutationVariables = Exact<{
  input: CorrectChunkInput;
}>;


export type CorrectChunkMutation = { correctChunk: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type SetChunkEnabledMutationVariables = Exact<{
  input: SetChunkEnabledInput;
}>;


export type SetChunkEnabledMutation = { setChunkEnabled: { document: { id: string, name: string, mimeType: string, size: number, status: DocumentStatus, version: number, title: string | null, effectiveDate: string | null, pageCount: number | null, chunksCount: number, entitiesCount: number, createdAt: string, updatedAt: string, failure: { stage: IndexingStage, code: string, message: string, action: string, retryable: boolean } | null, progress: { stage: IndexingStage, done: number, total: number | null, ratePerSecond: number | null, etaSeconds: number | null, attempt: number, heartbeatAt: string, stuck: { code: string, message: string, since: string } | null } | null } | null, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

type ProblemFields_Conflict_Fragment = { __typename: 'Conflict', existingId: string | null, code: string, message: string };

type ProblemFields_InvalidInput_Fragment = { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> };

type ProblemFields_NotAllowed_Fragment = { __typename: 'NotAllowed', requires: string, code: string, message: string };

type ProblemFields_NotFound_Fragment = { __typename: 'NotFound', code: string, message: string };

type ProblemFields_QuotaExceeded_Fragment = { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string };

type ProblemFields_Unavailable_Fragment = { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string };

export type ProblemFieldsFragment =
  | ProblemFields_Conflict_Fragment
  | ProblemFields_InvalidInput_Fragment
  | ProblemFields_NotAllowed_Fragment
  | ProblemFields_NotFound_Fragment
  | ProblemFields_QuotaExceeded_Fragment
  | ProblemFields_Unavailable_Fragment
;

export type PageInfoFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type FactFieldsFragment = { subject: string, relationType: string, object: string, weight: number, evidence: Array<string> };

export type BoxFieldsFragment = { page: number, x0: number, y0: number, x1: number, y1: number };

export type ChunkFieldsFragment = { id: string, text: string, position: number, pages: Array<number>, elementType: ElementType, headingPath: Array<string>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, document: { id: string, name: string } };

export type EntityFieldsFragment = { id: string, name: string, type: string, aliases: Array<string>, mentionCount: number };

export type EntitiesQueryVariables = Exact<{
  search?: string;
  first?: number;
  after?: string | null | undefined;
}>;


export type EntitiesQuery = { entities: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, name: string, type: string, aliases: Array<string>, mentionCount: number } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type EntityQueryVariables = Exact<{
  id: string | number;
}>;


export type EntityQuery = { entity: { id: string, name: string, type: string, aliases: Array<string>, mentionCount: number } | null };

export type EntityGraphQueryVariables = Exact<{
  id: string | number;
  maxHops?: number;
  first?: number;
}>;


export type EntityGraphQuery = { entity: { id: string, name: string, type: string, aliases: Array<string>, mentionCount: number, relatedTo: Array<{ relationType: string, outgoing: boolean, hops: number, weight: number, entity: { id: string, name: string, type: string, aliases: Array<string>, mentionCount: number }, evidence: Array<{ id: string }> }> } | null };

export type EntityChunksQueryVariables = Exact<{
  id: string | number;
  first?: number;
  after?: string | null | undefined;
}>;


export type EntityChunksQuery = { entity: { id: string, chunks: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, text: string, position: number, pages: Array<number>, elementType: ElementType, headingPath: Array<string>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, document: { id: string, name: string } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type ChunkQueryVariables = Exact<{
  id: string | number;
}>;


export type ChunkQuery = { chunk: { id: string, text: string, position: number, pages: Array<number>, elementType: ElementType, headingPath: Array<string>, mentions: Array<{ count: number, lead: boolean, confidence: number, entity: { id: string, name: string, type: string, aliases: Array<string>, mentionCount: number } }>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, document: { id: string, name: string } } | null };

export type DocumentChunksQueryVariables = Exact<{
  id: string | number;
  first?: number;
  after?: string | null | undefined;
}>;


export type DocumentChunksQuery = { document: { id: string, chunks: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, text: string, position: number, pages: Array<number>, elementType: ElementType, headingPath: Array<string>, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, document: { id: string, name: string } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type DocumentGraphQueryVariables = Exact<{
  id: string | number;
  entities?: number;
  related?: number;
}>;


export type DocumentGraphQuery = { document: { id: string, entities: { totalCount: number, edges: Array<{ node: { id: string, name: string, type: string, aliases: Array<string>, mentionCount: number } }> }, related: Array<{ sharedEntityCount: number, document: { id: string, name: string }, sharedEntities: Array<{ id: string, name: string }> }> } | null };

export type NodeQueryVariables = Exact<{
  id: string | number;
}>;


export type NodeQuery = { node:
    | { __typename: 'Answer', question: string, id: string }
    | { __typename: 'Chunk', text: string, position: number, id: string }
    | { __typename: 'Conversation', title: string, id: string }
    | { __typename: 'Dataset', name: string, department: string | null, id: string }
    | { __typename: 'Deletion', objectId: string, objectType: string, id: string }
    | { __typename: 'Document', name: string, mimeType: string, id: string }
    | { __typename: 'Entity', name: string, type: string, id: string }
   | null };

export type DocumentStatisticsQueryVariables = Exact<{
  id: string | number;
}>;


export type DocumentStatisticsQuery = { document: { id: string, statistics: { chunks: number, tokens: number | null, entities: number, mentions: number, elements: Array<{ elementType: ElementType, chunks: number }> } } | null };

export type PassageFieldsFragment = { rank: number, score: number, text: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, headingPath: Array<string>, elementType: ElementType, rerankScore: number | null, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null, listRanks: Array<{ list: SearchList, rank: number, score: number }>, graphPaths: Array<{ entities: Array<string> }> };

export type SearchQueryVariables = Exact<{
  query: string;
  options?: SearchOptions | null | undefined;
}>;


export type SearchQuery = { search: { degraded: Array<Component>, passages: Array<{ rank: number, score: number, text: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, headingPath: Array<string>, elementType: ElementType, rerankScore: number | null, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null, listRanks: Array<{ list: SearchList, rank: number, score: number }>, graphPaths: Array<{ entities: Array<string> }> }>, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export type SearchWithStagesQueryVariables = Exact<{
  query: string;
  options?: SearchOptions | null | undefined;
}>;


export type SearchWithStagesQuery = { search: { degraded: Array<Component>, passages: Array<{ rank: number, score: number, text: string, fileName: string, documentVersion: number, effectiveDate: string | null, pages: Array<number>, headingPath: Array<string>, elementType: ElementType, rerankScore: number | null, boxes: Array<{ page: number, x0: number, y0: number, x1: number, y1: number }>, chunk: { id: string } | null, document: { id: string } | null, listRanks: Array<{ list: SearchList, rank: number, score: number }>, graphPaths: Array<{ entities: Array<string> }> }>, facts: Array<{ subject: string, relationType: string, object: string, weight: number, evidence: Array<string> }>, preparation: { language: string, normalized: string, terms: Array<string>, entities: Array<string> } | null, stages: Array<{ name: SearchStageName, status: SearchStageStatus, milliseconds: number, hits: Array<{ chunkId: string, score: number, rank: number }> }>, problem:
      | { __typename: 'Conflict', existingId: string | null, code: string, message: string }
      | { __typename: 'InvalidInput', code: string, message: string, issues: Array<{ path: string, message: string }> }
      | { __typename: 'NotAllowed', requires: string, code: string, message: string }
      | { __typename: 'NotFound', code: string, message: string }
      | { __typename: 'QuotaExceeded', limit: number, resetsAt: string | null, code: string, message: string }
      | { __typename: 'Unavailable', component: Component, retryAfterSeconds: number | null, code: string, message: string }
     | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const BoxFieldsFragmentDoc = new TypedDocumentString(`
    fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}
    `, {"fragmentName":"BoxFields"}) as unknown as TypedDocumentString<BoxFieldsFragment, unknown>;
export const AnswerPassageFieldsFragmentDoc = new TypedDocumentString(`
    fragment AnswerPassageFields on AnswerPassage {
  marker
  supersededBy
  text
  score
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  headingPath
  elementType
  chunk {
    id
  }
  document {
    id
  }
}
    fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`, {"fragmentName":"AnswerPassageFields"}) as unknown as TypedDocumentString<AnswerPassageFieldsFragment, unknown>;
export const FactFieldsFragmentDoc = new TypedDocumentString(`
    fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
    `, {"fragmentName":"FactFields"}) as unknown as TypedDocumentString<FactFieldsFragment, unknown>;
export const CitationFieldsFragmentDoc = new TypedDocumentString(`
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
    fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`, {"fragmentName":"CitationFields"}) as unknown as TypedDocumentString<CitationFieldsFragment, unknown>;
export const ProblemFieldsFragmentDoc = new TypedDocumentString(`
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
    `, {"fragmentName":"ProblemFields"}) as unknown as TypedDocumentString<ProblemFieldsFragment, unknown>;
export const AnswerFieldsFragmentDoc = new TypedDocumentString(`
    fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`, {"fragmentName":"AnswerFields"}) as unknown as TypedDocumentString<AnswerFieldsFragment, unknown>;
export const ConversationFieldsFragmentDoc = new TypedDocumentString(`
    fragment ConversationFields on Conversation {
  id
  title
  model
  datasetIds
  createdAt
  updatedAt
}
    `, {"fragmentName":"ConversationFields"}) as unknown as TypedDocumentString<ConversationFieldsFragment, unknown>;
export const UsageRowFieldsFragmentDoc = new TypedDocumentString(`
    fragment UsageRowFields on UsageRow {
  key
  calls
  failed
  promptTokens
  completionTokens
  estimated
  cost
  unpriced
  firstTokenMilliseconds {
    p50
    p95
  }
  totalMilliseconds {
    p50
    p95
  }
}
    `, {"fragmentName":"UsageRowFields"}) as unknown as TypedDocumentString<UsageRowFieldsFragment, unknown>;
export const PromptTemplateFieldsFragmentDoc = new TypedDocumentString(`
    fragment PromptTemplateFields on PromptTemplate {
  id
  kind
  language
  version
  text
  active
  createdBy
  createdAt
}
    `, {"fragmentName":"PromptTemplateFields"}) as unknown as TypedDocumentString<PromptTemplateFieldsFragment, unknown>;
export const DatasetFieldsFragmentDoc = new TypedDocumentString(`
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}
    `, {"fragmentName":"DatasetFields"}) as unknown as TypedDocumentString<DatasetFieldsFragment, unknown>;
export const DocumentFieldsFragmentDoc = new TypedDocumentString(`
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
    `, {"fragmentName":"DocumentFields"}) as unknown as TypedDocumentString<DocumentFieldsFragment, unknown>;
export const DeletionFieldsFragmentDoc = new TypedDocumentString(`
    fragment DeletionFields on Deletion {
  id
  objectId
  objectType
  status
  requestedAt
  completedAt
  removed {
    store
    count
  }
}
    `, {"fragmentName":"DeletionFields"}) as unknown as TypedDocumentString<DeletionFieldsFragment, unknown>;
export const WebhookFieldsFragmentDoc = new TypedDocumentString(`
    fragment WebhookFields on Webhook {
  id
  url
  events
  active
  previousUntil
  createdAt
  updatedAt
}
    `, {"fragmentName":"WebhookFields"}) as unknown as TypedDocumentString<WebhookFieldsFragment, unknown>;
export const DeliveryFieldsFragmentDoc = new TypedDocumentString(`
    fragment DeliveryFields on WebhookDelivery {
  id
  event
  documentId
  status
  tries
  httpStatus
  error
  createdAt
  dueAt
  deliveredAt
}
    `, {"fragmentName":"DeliveryFields"}) as unknown as TypedDocumentString<DeliveryFieldsFragment, unknown>;
export const PageInfoFieldsFragmentDoc = new TypedDocumentString(`
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
    `, {"fragmentName":"PageInfoFields"}) as unknown as TypedDocumentString<PageInfoFieldsFragment, unknown>;
export const ChunkFieldsFragmentDoc = new TypedDocumentString(`
    fragment ChunkFields on Chunk {
  id
  text
  position
  pages
  boxes {
    ...BoxFields
  }
  elementType
  headingPath
  document {
    id
    name
  }
}
    fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`, {"fragmentName":"ChunkFields"}) as unknown as TypedDocumentString<ChunkFieldsFragment, unknown>;
export const EntityFieldsFragmentDoc = new TypedDocumentString(`
    fragment EntityFields on Entity {
  id
  name
  type
  aliases
  mentionCount
}
    `, {"fragmentName":"EntityFields"}) as unknown as TypedDocumentString<EntityFieldsFragment, unknown>;
export const PassageFieldsFragmentDoc = new TypedDocumentString(`
    fragment PassageFields on Passage {
  rank
  score
  text
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  headingPath
  elementType
  chunk {
    id
  }
  document {
    id
  }
  listRanks {
    list
    rank
    score
  }
  graphPaths {
    entities
  }
  rerankScore
}
    fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`, {"fragmentName":"PassageFields"}) as unknown as TypedDocumentString<PassageFieldsFragment, unknown>;
export const ModelsDocument = new TypedDocumentString(`
    query Models {
  models {
    id
    contextWindow
    baseModel
    isDefault
  }
}
    `) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const UsageDocument = new TypedDocumentString(`
    query Usage($by: UsageDimension! = DAY, $of: UsageScope! = OWN, $from: DateTime, $until: DateTime) {
  usage(by: $by, of: $of, from: $from, until: $until) {
    from
    until
    currency
    total {
      ...UsageRowFields
    }
    rows {
      ...UsageRowFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment UsageRowFields on UsageRow {
  key
  calls
  failed
  promptTokens
  completionTokens
  estimated
  cost
  unpriced
  firstTokenMilliseconds {
    p50
    p95
  }
  totalMilliseconds {
    p50
    p95
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;
export const AskDocument = new TypedDocumentString(`
    mutation Ask($input: AskInput!) {
  ask(input: $input) {
    answer {
      ...AnswerFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<AskMutation, AskMutationVariables>;
export const SendMessageDocument = new TypedDocumentString(`
    mutation SendMessage($conversationId: ID!, $text: String!, $idempotencyKey: String) {
  sendMessage(
    conversationId: $conversationId
    text: $text
    idempotencyKey: $idempotencyKey
  ) {
    answer {
      ...AnswerFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const AnswerStreamDocument = new TypedDocumentString(`
    subscription AnswerStream($answerId: ID!, $after: Int! = 0, $cancelOnDisconnect: Boolean! = false) {
  answerStream(
    answerId: $answerId
    after: $after
    cancelOnDisconnect: $cancelOnDisconnect
  ) {
    __typename
    sequence
    at
    ... on AnswerStage {
      stage
      milliseconds
      searchQuery
      passages {
        ...AnswerPassageFields
      }
      facts {
        ...FactFields
      }
    }
    ... on AnswerDelta {
      text
    }
    ... on AnswerCitation {
      citation {
        ...CitationFields
      }
    }
    ... on AnswerCompleted {
      answer {
        ...AnswerFields
      }
    }
    ... on AnswerCancelled {
      answer {
        ...AnswerFields
      }
    }
    ... on AnswerFailed {
      problem {
        ...ProblemFields
      }
      retryable
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerPassageFields on AnswerPassage {
  marker
  supersededBy
  text
  score
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  headingPath
  elementType
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<AnswerStreamSubscription, AnswerStreamSubscriptionVariables>;
export const AnswerDocument = new TypedDocumentString(`
    query Answer($id: ID!) {
  answer(id: $id) {
    ...AnswerFields
    passages {
      ...AnswerPassageFields
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerPassageFields on AnswerPassage {
  marker
  supersededBy
  text
  score
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  headingPath
  elementType
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<AnswerQuery, AnswerQueryVariables>;
export const CancelAnswerDocument = new TypedDocumentString(`
    mutation CancelAnswer($id: ID!) {
  cancelAnswer(id: $id) {
    answer {
      ...AnswerFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<CancelAnswerMutation, CancelAnswerMutationVariables>;
export const RegenerateAnswerDocument = new TypedDocumentString(`
    mutation RegenerateAnswer($id: ID!) {
  regenerateAnswer(id: $id) {
    answer {
      ...AnswerFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<RegenerateAnswerMutation, RegenerateAnswerMutationVariables>;
export const RateAnswerDocument = new TypedDocumentString(`
    mutation RateAnswer($input: RateAnswerInput!) {
  rateAnswer(input: $input) {
    answer {
      id
      rating
      ratingReason
      correctedAnswer
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<RateAnswerMutation, RateAnswerMutationVariables>;
export const ConversationsDocument = new TypedDocumentString(`
    query Conversations($first: Int! = 20, $after: String, $search: String) {
  conversations(first: $first, after: $after, search: $search) {
    edges {
      cursor
      node {
        ...ConversationFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
    totalCount
  }
}
    fragment ConversationFields on Conversation {
  id
  title
  model
  datasetIds
  createdAt
  updatedAt
}
fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<ConversationsQuery, ConversationsQueryVariables>;
export const ConversationDocument = new TypedDocumentString(`
    query Conversation($id: ID!) {
  conversation(id: $id) {
    ...ConversationFields
    summary
    branchedFrom {
      messageId
      conversation {
        id
        title
      }
    }
    window {
      limit
      answer
      summary
      history
      used
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  title
  model
  datasetIds
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<ConversationQuery, ConversationQueryVariables>;
export const ConversationMessagesDocument = new TypedDocumentString(`
    query ConversationMessages($id: ID!, $first: Int! = 50, $after: String, $search: String) {
  conversation(id: $id) {
    id
    messages(first: $first, after: $after, search: $search) {
      edges {
        cursor
        node {
          id
          role
          content
          tokens
          createdAt
          answer {
            id
            status
            rating
            citations {
              ...CitationFields
            }
          }
        }
      }
      pageInfo {
        ...PageInfoFields
      }
      totalCount
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<ConversationMessagesQuery, ConversationMessagesQueryVariables>;
export const StartConversationDocument = new TypedDocumentString(`
    mutation StartConversation($input: StartConversationInput) {
  startConversation(input: $input) {
    conversation {
      ...ConversationFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  title
  model
  datasetIds
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<StartConversationMutation, StartConversationMutationVariables>;
export const BranchConversationDocument = new TypedDocumentString(`
    mutation BranchConversation($messageId: ID!, $title: String) {
  branchConversation(messageId: $messageId, title: $title) {
    conversation {
      ...ConversationFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  title
  model
  datasetIds
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<BranchConversationMutation, BranchConversationMutationVariables>;
export const EditMessageDocument = new TypedDocumentString(`
    mutation EditMessage($messageId: ID!, $text: String!, $idempotencyKey: String) {
  editMessage(messageId: $messageId, text: $text, idempotencyKey: $idempotencyKey) {
    answer {
      ...AnswerFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment CitationFields on Citation {
  position
  marker
  status
  support
  check
  quote
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  chunk {
    id
  }
  document {
    id
  }
}
fragment AnswerFields on Answer {
  id
  question
  status
  grounding
  text
  removedMarkers
  facts {
    ...FactFields
  }
  degraded
  usage {
    promptTokens
    completionTokens
    estimated
    model
    cost
    currency
    retrievalMilliseconds
    firstTokenMilliseconds
    totalMilliseconds
  }
  searchQuery
  model
  prompt
  cache {
    outcome
    reason
    similarity
  }
  traceId
  rating
  ratingReason
  cancelRequested
  createdAt
  finishedAt
  conversation {
    id
  }
  citations {
    ...CitationFields
  }
  problem {
    ...ProblemFields
  }
  regenerates {
    id
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}`) as unknown as TypedDocumentString<EditMessageMutation, EditMessageMutationVariables>;
export const RenameConversationDocument = new TypedDocumentString(`
    mutation RenameConversation($id: ID!, $title: String!) {
  renameConversation(id: $id, title: $title) {
    conversation {
      ...ConversationFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  title
  model
  datasetIds
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<RenameConversationMutation, RenameConversationMutationVariables>;
export const DeleteConversationDocument = new TypedDocumentString(`
    mutation DeleteConversation($id: ID!) {
  deleteConversation(id: $id) {
    deletedId
    problem {
      ...ProblemFields
    }
  }
}
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<DeleteConversationMutation, DeleteConversationMutationVariables>;
export const PromptTemplatesDocument = new TypedDocumentString(`
    query PromptTemplates {
  promptTemplates {
    ...PromptTemplateFields
  }
}
    fragment PromptTemplateFields on PromptTemplate {
  id
  kind
  language
  version
  text
  active
  createdBy
  createdAt
}`) as unknown as TypedDocumentString<PromptTemplatesQuery, PromptTemplatesQueryVariables>;
export const CreatePromptTemplateDocument = new TypedDocumentString(`
    mutation CreatePromptTemplate($input: CreatePromptTemplateInput!) {
  createPromptTemplate(input: $input) {
    template {
      ...PromptTemplateFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment PromptTemplateFields on PromptTemplate {
  id
  kind
  language
  version
  text
  active
  createdBy
  createdAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<CreatePromptTemplateMutation, CreatePromptTemplateMutationVariables>;
export const ActivatePromptTemplateDocument = new TypedDocumentString(`
    mutation ActivatePromptTemplate($id: ID!) {
  activatePromptTemplate(id: $id) {
    template {
      ...PromptTemplateFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment PromptTemplateFields on PromptTemplate {
  id
  kind
  language
  version
  text
  active
  createdBy
  createdAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<ActivatePromptTemplateMutation, ActivatePromptTemplateMutationVariables>;
export const AnswerPolicyDocument = new TypedDocumentString(`
    query AnswerPolicy {
  answerPolicy {
    piiInput
    piiOutput
    answerCache
  }
}
    `) as unknown as TypedDocumentString<AnswerPolicyQuery, AnswerPolicyQueryVariables>;
export const UpdateAnswerPolicyDocument = new TypedDocumentString(`
    mutation UpdateAnswerPolicy($input: AnswerPolicyInput!) {
  updateAnswerPolicy(input: $input) {
    policy {
      piiInput
      piiOutput
      answerCache
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<UpdateAnswerPolicyMutation, UpdateAnswerPolicyMutationVariables>;
export const FeedbackExportDocument = new TypedDocumentString(`
    query FeedbackExport($first: Int! = 100, $after: String, $rating: Rating) {
  feedbackExport(first: $first, after: $after, rating: $rating) {
    edges {
      cursor
      node {
        id
        rating
        ratedAt
        sourceDeleted
        line
      }
    }
    pageInfo {
      ...PageInfoFields
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<FeedbackExportQuery, FeedbackExportQueryVariables>;
export const DatasetsDocument = new TypedDocumentString(`
    query Datasets($first: Int! = 20, $after: String, $filter: DatasetFilter) {
  datasets(first: $first, after: $after, filter: $filter) {
    edges {
      cursor
      node {
        ...DatasetFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
    totalCount
  }
}
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}
fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<DatasetsQuery, DatasetsQueryVariables>;
export const DatasetDocument = new TypedDocumentString(`
    query Dataset($id: ID!) {
  dataset(id: $id) {
    ...DatasetFields
  }
}
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<DatasetQuery, DatasetQueryVariables>;
export const DatasetDocumentsDocument = new TypedDocumentString(`
    query DatasetDocuments($id: ID!, $first: Int! = 20, $after: String, $filter: DocumentFilter) {
  dataset(id: $id) {
    id
    documents(first: $first, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          ...DocumentFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
      totalCount
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<DatasetDocumentsQuery, DatasetDocumentsQueryVariables>;
export const CreateDatasetDocument = new TypedDocumentString(`
    mutation CreateDataset($input: CreateDatasetInput!) {
  createDataset(input: $input) {
    dataset {
      ...DatasetFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<CreateDatasetMutation, CreateDatasetMutationVariables>;
export const UpdateDatasetDocument = new TypedDocumentString(`
    mutation UpdateDataset($input: UpdateDatasetInput!) {
  updateDataset(input: $input) {
    dataset {
      ...DatasetFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<UpdateDatasetMutation, UpdateDatasetMutationVariables>;
export const DeleteDatasetDocument = new TypedDocumentString(`
    mutation DeleteDataset($id: ID!) {
  deleteDataset(id: $id) {
    deletion {
      ...DeletionFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DeletionFields on Deletion {
  id
  objectId
  objectType
  status
  requestedAt
  completedAt
  removed {
    store
    count
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<DeleteDatasetMutation, DeleteDatasetMutationVariables>;
export const DocumentDocument = new TypedDocumentString(`
    query Document($id: ID!) {
  document(id: $id) {
    ...DocumentFields
    metadata
    pii {
      kind
      count
    }
    versions {
      version
      name
      mimeType
      size
      replacedAt
      downloadUrl
    }
    createdBy {
      id
    }
    dataset {
      id
      name
      department
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}`) as unknown as TypedDocumentString<DocumentQuery, DocumentQueryVariables>;
export const DocumentDownloadDocument = new TypedDocumentString(`
    query DocumentDownload($id: ID!, $expiresInSeconds: Int! = 300) {
  document(id: $id) {
    id
    downloadUrl(expiresInSeconds: $expiresInSeconds)
  }
}
    `) as unknown as TypedDocumentString<DocumentDownloadQuery, DocumentDownloadQueryVariables>;
export const CreateUploadDocument = new TypedDocumentString(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    upload {
      id
      url
      headers {
        name
        value
      }
      expiresAt
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<CreateUploadMutation, CreateUploadMutationVariables>;
export const CompleteUploadDocument = new TypedDocumentString(`
    mutation CompleteUpload($uploadId: ID!) {
  completeUpload(uploadId: $uploadId) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<CompleteUploadMutation, CompleteUploadMutationVariables>;
export const AddTextDocument = new TypedDocumentString(`
    mutation AddText($input: AddTextInput!) {
  addText(input: $input) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<AddTextMutation, AddTextMutationVariables>;
export const ReindexDocumentDocument = new TypedDocumentString(`
    mutation ReindexDocument($id: ID!) {
  reindexDocument(id: $id) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<ReindexDocumentMutation, ReindexDocumentMutationVariables>;
export const RetryIndexingDocument = new TypedDocumentString(`
    mutation RetryIndexing($id: ID!) {
  retryIndexing(id: $id) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<RetryIndexingMutation, RetryIndexingMutationVariables>;
export const CancelIndexingDocument = new TypedDocumentString(`
    mutation CancelIndexing($id: ID!) {
  cancelIndexing(id: $id) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<CancelIndexingMutation, CancelIndexingMutationVariables>;
export const DeleteDocumentDocument = new TypedDocumentString(`
    mutation DeleteDocument($id: ID!) {
  deleteDocument(id: $id) {
    deletion {
      ...DeletionFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DeletionFields on Deletion {
  id
  objectId
  objectType
  status
  requestedAt
  completedAt
  removed {
    store
    count
  }
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<DeleteDocumentMutation, DeleteDocumentMutationVariables>;
export const DeletionDocument = new TypedDocumentString(`
    query Deletion($id: ID!) {
  deletion(id: $id) {
    ...DeletionFields
  }
}
    fragment DeletionFields on Deletion {
  id
  objectId
  objectType
  status
  requestedAt
  completedAt
  removed {
    store
    count
  }
}`) as unknown as TypedDocumentString<DeletionQuery, DeletionQueryVariables>;
export const IndexingProgressDocument = new TypedDocumentString(`
    subscription IndexingProgress($documentId: ID, $datasetId: ID, $after: String) {
  indexingProgress(documentId: $documentId, datasetId: $datasetId, after: $after) {
    cursor
    documentId
    stage
    state
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    code
    message
    at
  }
}
    `) as unknown as TypedDocumentString<IndexingProgressSubscription, IndexingProgressSubscriptionVariables>;
export const PauseIndexingDocument = new TypedDocumentString(`
    mutation PauseIndexing($datasetId: ID!) {
  pauseIndexing(datasetId: $datasetId) {
    dataset {
      ...DatasetFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<PauseIndexingMutation, PauseIndexingMutationVariables>;
export const ResumeIndexingDocument = new TypedDocumentString(`
    mutation ResumeIndexing($datasetId: ID!) {
  resumeIndexing(datasetId: $datasetId) {
    dataset {
      ...DatasetFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<ResumeIndexingMutation, ResumeIndexingMutationVariables>;
export const ReindexDatasetDocument = new TypedDocumentString(`
    mutation ReindexDataset($id: ID!) {
  reindexDataset(id: $id) {
    dataset {
      ...DatasetFields
    }
    started
    problem {
      ...ProblemFields
    }
  }
}
    fragment DatasetFields on Dataset {
  id
  name
  description
  department
  indexing {
    chunkTokens
    overlapTokens
  }
  progress {
    documents
    processing
    completed
    failed
    cancelled
    stuck
    chunks
    ratePerSecond
    etaSeconds
  }
  pausedAt
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<ReindexDatasetMutation, ReindexDatasetMutationVariables>;
export const AddUrlDocument = new TypedDocumentString(`
    mutation AddUrl($input: AddUrlInput!) {
  addUrl(input: $input) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<AddUrlMutation, AddUrlMutationVariables>;
export const WebhooksDocument = new TypedDocumentString(`
    query Webhooks($datasetId: ID!, $deliveries: Int! = 20, $after: String) {
  dataset(id: $datasetId) {
    id
    webhooks {
      ...WebhookFields
      deliveries(first: $deliveries, after: $after) {
        edges {
          cursor
          node {
            ...DeliveryFields
          }
        }
        pageInfo {
          ...PageInfoFields
        }
        totalCount
      }
    }
  }
}
    fragment WebhookFields on Webhook {
  id
  url
  events
  active
  previousUntil
  createdAt
  updatedAt
}
fragment DeliveryFields on WebhookDelivery {
  id
  event
  documentId
  status
  tries
  httpStatus
  error
  createdAt
  dueAt
  deliveredAt
}
fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<WebhooksQuery, WebhooksQueryVariables>;
export const CreateWebhookDocument = new TypedDocumentString(`
    mutation CreateWebhook($input: CreateWebhookInput!) {
  createWebhook(input: $input) {
    webhook {
      ...WebhookFields
    }
    secret
    problem {
      ...ProblemFields
    }
  }
}
    fragment WebhookFields on Webhook {
  id
  url
  events
  active
  previousUntil
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<CreateWebhookMutation, CreateWebhookMutationVariables>;
export const UpdateWebhookDocument = new TypedDocumentString(`
    mutation UpdateWebhook($input: UpdateWebhookInput!) {
  updateWebhook(input: $input) {
    webhook {
      ...WebhookFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment WebhookFields on Webhook {
  id
  url
  events
  active
  previousUntil
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<UpdateWebhookMutation, UpdateWebhookMutationVariables>;
export const RotateWebhookSecretDocument = new TypedDocumentString(`
    mutation RotateWebhookSecret($id: ID!) {
  rotateWebhookSecret(id: $id) {
    webhook {
      ...WebhookFields
    }
    secret
    problem {
      ...ProblemFields
    }
  }
}
    fragment WebhookFields on Webhook {
  id
  url
  events
  active
  previousUntil
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;
export const DeleteWebhookDocument = new TypedDocumentString(`
    mutation DeleteWebhook($id: ID!) {
  deleteWebhook(id: $id) {
    deletedId
    problem {
      ...ProblemFields
    }
  }
}
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<DeleteWebhookMutation, DeleteWebhookMutationVariables>;
export const ReplayDeliveryDocument = new TypedDocumentString(`
    mutation ReplayDelivery($id: ID!) {
  replayDelivery(id: $id) {
    delivery {
      ...DeliveryFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DeliveryFields on WebhookDelivery {
  id
  event
  documentId
  status
  tries
  httpStatus
  error
  createdAt
  dueAt
  deliveredAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<ReplayDeliveryMutation, ReplayDeliveryMutationVariables>;
export const EditableChunksDocument = new TypedDocumentString(`
    query EditableChunks($documentId: ID!, $first: Int! = 20, $after: String) {
  document(id: $documentId) {
    id
    piiPolicy
    pii {
      kind
      count
    }
    editableChunks(first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          position
          text
          originalText
          elementType
          headingPath
          pages
          tokens
          disabled
          corrected
          editedAt
        }
      }
      pageInfo {
        ...PageInfoFields
      }
      totalCount
    }
    lapsedChunkEdits {
      originalText
      correctedText
      disabled
      editedAt
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}`) as unknown as TypedDocumentString<EditableChunksQuery, EditableChunksQueryVariables>;
export const CorrectChunkDocument = new TypedDocumentString(`
    mutation CorrectChunk($input: CorrectChunkInput!) {
  correctChunk(input: $input) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<CorrectChunkMutation, CorrectChunkMutationVariables>;
export const SetChunkEnabledDocument = new TypedDocumentString(`
    mutation SetChunkEnabled($input: SetChunkEnabledInput!) {
  setChunkEnabled(input: $input) {
    document {
      ...DocumentFields
    }
    problem {
      ...ProblemFields
    }
  }
}
    fragment DocumentFields on Document {
  id
  name
  mimeType
  size
  status
  version
  title
  effectiveDate
  pageCount
  chunksCount
  entitiesCount
  failure {
    stage
    code
    message
    action
    retryable
  }
  progress {
    stage
    done
    total
    ratePerSecond
    etaSeconds
    attempt
    heartbeatAt
    stuck {
      code
      message
      since
    }
  }
  createdAt
  updatedAt
}
fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}`) as unknown as TypedDocumentString<SetChunkEnabledMutation, SetChunkEnabledMutationVariables>;
export const EntitiesDocument = new TypedDocumentString(`
    query Entities($search: String! = "", $first: Int! = 20, $after: String) {
  entities(search: $search, first: $first, after: $after) {
    edges {
      cursor
      node {
        ...EntityFields
      }
    }
    pageInfo {
      ...PageInfoFields
    }
    totalCount
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment EntityFields on Entity {
  id
  name
  type
  aliases
  mentionCount
}`) as unknown as TypedDocumentString<EntitiesQuery, EntitiesQueryVariables>;
export const EntityDocument = new TypedDocumentString(`
    query Entity($id: ID!) {
  entity(id: $id) {
    ...EntityFields
  }
}
    fragment EntityFields on Entity {
  id
  name
  type
  aliases
  mentionCount
}`) as unknown as TypedDocumentString<EntityQuery, EntityQueryVariables>;
export const EntityGraphDocument = new TypedDocumentString(`
    query EntityGraph($id: ID!, $maxHops: Int! = 1, $first: Int! = 20) {
  entity(id: $id) {
    ...EntityFields
    relatedTo(maxHops: $maxHops, first: $first) {
      relationType
      outgoing
      hops
      weight
      entity {
        ...EntityFields
      }
      evidence {
        id
      }
    }
  }
}
    fragment EntityFields on Entity {
  id
  name
  type
  aliases
  mentionCount
}`) as unknown as TypedDocumentString<EntityGraphQuery, EntityGraphQueryVariables>;
export const EntityChunksDocument = new TypedDocumentString(`
    query EntityChunks($id: ID!, $first: Int! = 20, $after: String) {
  entity(id: $id) {
    id
    chunks(first: $first, after: $after) {
      edges {
        cursor
        node {
          ...ChunkFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
      totalCount
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}
fragment ChunkFields on Chunk {
  id
  text
  position
  pages
  boxes {
    ...BoxFields
  }
  elementType
  headingPath
  document {
    id
    name
  }
}`) as unknown as TypedDocumentString<EntityChunksQuery, EntityChunksQueryVariables>;
export const ChunkDocument = new TypedDocumentString(`
    query Chunk($id: ID!) {
  chunk(id: $id) {
    ...ChunkFields
    mentions(first: 20) {
      count
      lead
      confidence
      entity {
        ...EntityFields
      }
    }
  }
}
    fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}
fragment ChunkFields on Chunk {
  id
  text
  position
  pages
  boxes {
    ...BoxFields
  }
  elementType
  headingPath
  document {
    id
    name
  }
}
fragment EntityFields on Entity {
  id
  name
  type
  aliases
  mentionCount
}`) as unknown as TypedDocumentString<ChunkQuery, ChunkQueryVariables>;
export const DocumentChunksDocument = new TypedDocumentString(`
    query DocumentChunks($id: ID!, $first: Int! = 20, $after: String) {
  document(id: $id) {
    id
    chunks(first: $first, after: $after) {
      edges {
        cursor
        node {
          ...ChunkFields
        }
      }
      pageInfo {
        ...PageInfoFields
      }
      totalCount
    }
  }
}
    fragment PageInfoFields on PageInfo {
  hasNextPage
  hasPreviousPage
  startCursor
  endCursor
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}
fragment ChunkFields on Chunk {
  id
  text
  position
  pages
  boxes {
    ...BoxFields
  }
  elementType
  headingPath
  document {
    id
    name
  }
}`) as unknown as TypedDocumentString<DocumentChunksQuery, DocumentChunksQueryVariables>;
export const DocumentGraphDocument = new TypedDocumentString(`
    query DocumentGraph($id: ID!, $entities: Int! = 20, $related: Int! = 10) {
  document(id: $id) {
    id
    entities(first: $entities) {
      edges {
        node {
          ...EntityFields
        }
      }
      totalCount
    }
    related(first: $related) {
      sharedEntityCount
      document {
        id
        name
      }
      sharedEntities {
        id
        name
      }
    }
  }
}
    fragment EntityFields on Entity {
  id
  name
  type
  aliases
  mentionCount
}`) as unknown as TypedDocumentString<DocumentGraphQuery, DocumentGraphQueryVariables>;
export const NodeDocument = new TypedDocumentString(`
    query Node($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Dataset {
      name
      department
    }
    ... on Document {
      name
      mimeType
    }
    ... on Chunk {
      text
      position
    }
    ... on Entity {
      name
      type
    }
    ... on Conversation {
      title
    }
    ... on Answer {
      question
    }
    ... on Deletion {
      objectId
      objectType
    }
  }
}
    `) as unknown as TypedDocumentString<NodeQuery, NodeQueryVariables>;
export const DocumentStatisticsDocument = new TypedDocumentString(`
    query DocumentStatistics($id: ID!) {
  document(id: $id) {
    id
    statistics {
      chunks
      tokens
      elements {
        elementType
        chunks
      }
      entities
      mentions
    }
  }
}
    `) as unknown as TypedDocumentString<DocumentStatisticsQuery, DocumentStatisticsQueryVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($query: String!, $options: SearchOptions) {
  search(query: $query, options: $options) {
    passages {
      ...PassageFields
    }
    facts {
      ...FactFields
    }
    degraded
    problem {
      ...ProblemFields
    }
  }
}
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}
fragment PassageFields on Passage {
  rank
  score
  text
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  headingPath
  elementType
  chunk {
    id
  }
  document {
    id
  }
  listRanks {
    list
    rank
    score
  }
  graphPaths {
    entities
  }
  rerankScore
}`) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const SearchWithStagesDocument = new TypedDocumentString(`
    query SearchWithStages($query: String!, $options: SearchOptions) {
  search(query: $query, options: $options) {
    passages {
      ...PassageFields
    }
    facts {
      ...FactFields
    }
    preparation {
      language
      normalized
      terms
      entities
    }
    stages {
      name
      status
      milliseconds
      hits {
        chunkId
        score
        rank
      }
    }
    degraded
    problem {
      ...ProblemFields
    }
  }
}
    fragment ProblemFields on Problem {
  __typename
  code
  message
  ... on InvalidInput {
    issues {
      path
      message
    }
  }
  ... on Conflict {
    existingId
  }
  ... on NotAllowed {
    requires
  }
  ... on QuotaExceeded {
    limit
    resetsAt
  }
  ... on Unavailable {
    component
    retryAfterSeconds
  }
}
fragment FactFields on Fact {
  subject
  relationType
  object
  weight
  evidence
}
fragment BoxFields on PageBox {
  page
  x0
  y0
  x1
  y1
}
fragment PassageFields on Passage {
  rank
  score
  text
  fileName
  documentVersion
  effectiveDate
  pages
  boxes {
    ...BoxFields
  }
  headingPath
  elementType
  chunk {
    id
  }
  document {
    id
  }
  listRanks {
    list
    rank
    score
  }
  graphPaths {
    entities
  }
  rerankScore
}`) as unknown as TypedDocumentString<SearchWithStagesQuery, SearchWithStagesQueryVariables>;