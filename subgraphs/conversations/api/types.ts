import { Directive, Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../../../platform/graphql/connection.js";
import { ElementType, Fact, PageBox } from "../../../platform/graphql/passages.js";
import { Component, Node, Problem } from "../../../platform/graphql/problems.js";
import { DateTime } from "../../../platform/graphql/scalars.js";

export enum AnswerStatus {
  QUEUED = "QUEUED",
  STREAMING = "STREAMING",
  COMPLETED = "COMPLETED",
  CANCELLED = "CANCELLED",
  FAILED = "FAILED",
}
registerEnumType(AnswerStatus, {
  name: "AnswerStatus",
  description: "QUEUED and STREAMING go on; the others are the end",
});

export enum Grounding {
  AUTO = "AUTO",
  REQUIRED = "REQUIRED",
  NONE = "NONE",
}
registerEnumType(Grounding, {
  name: "Grounding",
  description: "What an answer rests on",
  valuesConfig: {
    AUTO: { description: "The documents; the model is asked to say so when they hold nothing" },
    REQUIRED: { description: "The documents or nothing: without a passage the model is not asked at all" },
    NONE: { description: "Plain chat, no documents" },
  },
});

export enum Support {
  SUPPORTED = "SUPPORTED",
  WEAK = "WEAK",
  UNSUPPORTED = "UNSUPPORTED",
}
registerEnumType(Support, {
  name: "Support",
  description:
    "How far the cited passage carries the sentence, by shared words and, where they leave it open, by meaning; a figure that the passage does not hold makes it UNSUPPORTED",
});

export enum SupportCheck {
  LEXICAL = "LEXICAL",
  EMBEDDING = "EMBEDDING",
  UNCHECKED = "UNCHECKED",
}
registerEnumType(SupportCheck, {
  name: "SupportCheck",
  description: "How a citation's support was found",
  valuesConfig: {
    LEXICAL: { description: "By words, figures and negations" },
    EMBEDDING: { description: "By meaning too, where words left it open" },
    UNCHECKED: {
      description: "Words left it open, and the embedder did not answer in time: support is by words alone",
    },
  },
});

export enum CitationStatus {
  CURRENT = "CURRENT",
  UNSUPPORTED = "UNSUPPORTED",
  GONE = "GONE",
  SOURCE_DELETED = "SOURCE_DELETED",
}
registerEnumType(CitationStatus, {
  name: "CitationStatus",
  description: "What a citation is worth now",
  valuesConfig: {
    UNSUPPORTED: { description: "The passage does not carry the sentence: do not rely on it" },
    GONE: { description: "The viewer may not read the document any more, or it is about to be deleted" },
    SOURCE_DELETED: { description: "The document was deleted: its words are gone from the answer too" },
  },
});

export enum MessageRole {
  USER = "USER",
  ASSISTANT = "ASSISTANT",
}
registerEnumType(MessageRole, { name: "MessageRole", description: "Who speaks" });

export enum Rating {
  UP = "UP",
  DOWN = "DOWN",
}
registerEnumType(Rating, { name: "Rating", description: "What the reader thought of an answer" });

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Chunk {
  @Field(() => ID) id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Document {
  @Field(() => ID) id!: string;
}

@ObjectType({ description: "A passage that was found for an answer, and what became of it" })
export class AnswerPassage {
  @Field(() => Int, { nullable: true, description: "Its number in the prompt, as cited; null when it was left out" })
  marker!: number | null;
  @Field(() => ID, {
    nullable: true,
    description: "Id of the chunk of a later version that says the same thing and took its place",
  })
  supersededBy!: string | null;
  @Field() text!: string;
  @Field(() => Float, { description: "Comparable within this answer only" }) score!: number;
  @Field() fileName!: string;
  @Field(() => Int) documentVersion!: number;
  @Field(() => String, { nullable: true, description: "The day from which the document holds, YYYY-MM-DD" })
  effectiveDate!: string | null;
  @Field(() => [Int]) pages!: number[];
  @Field(() => [PageBox]) boxes!: PageBox[];
  @Field(() => [String], { description: "Headings above it, outermost first" }) headingPath!: string[];
  @Field(() => ElementType) elementType!: ElementType;
  @Field(() => Chunk, { nullable: true }) chunk!: Chunk | null;
  @Field(() => Document, { nullable: true }) document!: Document | null;
}

/** It stands by itself: when the document is gone, its links are null and the rest stays. */
@ObjectType({ description: "A sentence of an answer and the passage it rests on" })
export class Citation {
  @Field(() => Int, { description: "Its place among the answer's citations, from 0, in the order of the text" })
  position!: number;
  @Field(() => Int, { description: "The number in the text, as in [1]" }) marker!: number;
  @Field(() => CitationStatus) status!: CitationStatus;
  @Field(() => Support) support!: Support;
  @Field(() => SupportCheck) check!: SupportCheck;
  @Field({ description: "SHA-256 of the passage as it stood in the prompt, in hexadecimal" }) passageHash!: string;
  @Field({ description: "The passage's sentence nearest to what the answer says; empty when the document is gone" })
  quote!: string;
  @Field() fileName!: string;
  @Field(() => Int) documentVersion!: number;
  @Field(() => String, { nullable: true, description: "The day from which the document holds, YYYY-MM-DD" })
  effectiveDate!: string | null;
  @Field(() => [Int]) pages!: number[];
  @Field(() => [PageBox]) boxes!: PageBox[];
  @Field(() => Chunk, { nullable: true }) chunk!: Chunk | null;
  @Field(() => Document, { nullable: true }) document!: Document | null;
}

@ObjectType({ description: "What an answer took" })
export class Usage {
  @Field(() => Int) promptTokens!: number;
  @Field(() => Int) completionTokens!: number;
  @Field({ description: "The tokens are estimated: the model did not come to tell them, e.g. when it was called off" })
  estimated!: boolean;
  @Field(() => String, {
    nullable: true,
    description: "The model that answered: the fallback where the wanted one did not. null when none was asked",
  })
  model!: string | null;
  @Field(() => Float, { nullable: true, description: "In `currency`; null when the model has no price" })
  cost!: number | null;
  @Field(() => String, { nullable: true, description: "ISO 4217, e.g. USD" }) currency!: string | null;
  @Field(() => Float, { nullable: true, description: "null when nothing was searched" })
  retrievalMilliseconds!: number | null;
  @Field(() => Float, { nullable: true, description: "From the start of the work to the first word" })
  firstTokenMilliseconds!: number | null;
  @Field(() => Float) totalMilliseconds!: number;
}

@ObjectType({ description: "How a model's context window is used by a conversation, in tokens" })
export class ContextWindow {
  @Field(() => Int, { description: "The model's whole window" }) limit!: number;
  @Field(() => Int, { description: "Kept free for the answer" }) answer!: number;
  @Field(() => Int, { description: "What the summary of the oldest messages takes" }) summary!: number;
  @Field(() => Int, { description: "What earlier messages may take in plain chat" }) history!: number;
  @Field(() => Int, {
    description: "What those take that the summary does not cover; beyond the limit the oldest are left out",
  })
  used!: number;
}

@ObjectType({ description: "A model that can answer" })
export class ChatModel {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true, description: "Context window in tokens, where the server tells" })
  contextWindow!: number | null;
  @Field(() => String, { nullable: true, description: "The base model of a fine-tuned one" }) baseModel!: string | null;
  @Field({ description: "Used where a request names none" }) isDefault!: boolean;
}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, description: "A chat; only its own user sees it" })
export class Conversation extends Node {
  @Field({ description: "Empty until the first question, unless it was given one" }) title!: string;
  @Field({ description: "The model that answers unless a question names another" }) model!: string;
  @Field(() => [ID], { description: "The data sets its questions are asked of; empty: all that the viewer may read" })
  datasetIds!: string[];
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime) updatedAt!: Date;
}

@ObjectType({ description: "Where a chat parted from another one" })
export class BranchOrigin {
  @Field(() => Conversation) conversation!: Conversation;
  @Field(() => ID, { description: "The question there at which they part" }) messageId!: string;
}

export enum CacheOutcome {
  HIT_EXACT = "HIT_EXACT",
  HIT_SIMILAR = "HIT_SIMILAR",
  MISS = "MISS",
  BYPASSED = "BYPASSED",
  UNAVAILABLE = "UNAVAILABLE",
}
registerEnumType(CacheOutcome, {
  name: "CacheOutcome",
  description: "Whether an answer was made before, for somebody who may read exactly the same documents",
  valuesConfig: {
    HIT_EXACT: { description: "The same question" },
    HIT_SIMILAR: { description: "A question that asks the same in other words" },
    MISS: { description: "It was made now" },
    BYPASSED: { description: "It was made now: such a question is not looked up" },
    UNAVAILABLE: { description: "It was made now, without the cache" },
  },
});

@ObjectType({ description: "Whether an answer came from the cache, and why not" })
export class CacheDecision {
  @Field(() => CacheOutcome) outcome!: CacheOutcome;
  @Field({ description: "Stable, for programs, e.g. SAME_QUESTION, NOT_ASKED_BEFORE, FOLLOW_UP, TIME_DEPENDENT" })
  reason!: string;
  @Field(() => Float, { nullable: true, description: "Cosine of the two questions, for a similar one" })
  similarity!: number | null;
}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, description: "An answer, from the moment it was asked for; only its own user sees it" })
export class Answer extends Node {
  @Field({ description: "As asked, personal data masked" }) question!: string;
  @Field(() => AnswerStatus) status!: AnswerStatus;
  @Field(() => Grounding) grounding!: Grounding;
  @Field({ description: "With [n] markers; while it is being written, empty: follow answerStream" }) text!: string;
  @Field(() => [Int], { description: "Markers that pointed at no passage and were taken out of the text" })
  removedMarkers!: number[];
  @Field(() => [Fact], { description: "Facts of the knowledge graph that stood in the prompt" }) facts!: Fact[];
  @Field(() => [Component], { description: "What was missing; the answer was made without it" })
  degraded!: Component[];
  @Field(() => Usage, { nullable: true, description: "null until it ends" }) usage!: Usage | null;
  @Field(() => String, {
    nullable: true,
    description: "What was searched for: the question, or a follow-up made to stand alone. null when nothing was",
  })
  searchQuery!: string | null;
  @Field() model!: string;
  @Field({ description: "Quote it to your operator" }) traceId!: string;
  @Field(() => Rating, { nullable: true }) rating!: Rating | null;
  @Field(() => String, { nullable: true }) ratingReason!: string | null;
  @Field(() => String, {
    nullable: true,
    description: "What its reader says it should have been, personal data masked",
  })
  correctedAnswer!: string | null;
  @Field(() => String, {
    nullable: true,
    description: "The prompt it was asked with, e.g. answer-3/GROUNDED-KO-2; null until then",
  })
  prompt!: string | null;
  @Field(() => CacheDecision, { nullable: true, description: "null until it ends" }) cache!: CacheDecision | null;
  @Field({ description: "True once cancelAnswer was called" }) cancelRequested!: boolean;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime, { nullable: true }) finishedAt!: Date | null;
}

@ObjectType({ description: "A message of a chat" })
export class Message {
  @Field(() => ID) id!: string;
  @Field(() => MessageRole) role!: MessageRole;
  @Field() content!: string;
  @Field(() => Int, { description: "As the model counts them where its server tells, else estimated from above" })
  tokens!: number;
  @Field(() => DateTime) createdAt!: Date;
}

export const MessageConnection = connectionOf("Message", Message);
export const ConversationConnection = connectionOf("Conversation", Conversation);

@ObjectType()
export class ConversationPayload {
  @Field(() => Conversation, { nullable: true }) conversation!: Conversation | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class AnswerPayload {
  @Field(() => Answer, { nullable: true }) answer!: Answer | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class ConversationDeletionPayload {
  @Field(() => ID, { nullable: true }) deletedId!: string | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}
