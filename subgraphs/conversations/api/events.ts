import { Field, Float, Int, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import { Fact } from "../../../platform/graphql/passages.js";
import { Problem } from "../../../platform/graphql/problems.js";
import { DateTime } from "../../../platform/graphql/scalars.js";
import { Answer, AnswerPassage, Citation } from "./types.js";

export enum AnswerStageName {
  QUEUED = "QUEUED",
  RETRIEVING = "RETRIEVING",
  RETRIEVED = "RETRIEVED",
  GENERATING = "GENERATING",
  RESTARTED = "RESTARTED",
}
registerEnumType(AnswerStageName, {
  name: "AnswerStageName",
  description: "What an answer's work has come to",
  valuesConfig: {
    RESTARTED: {
      description: "Another worker took over: drop the text and citations received so far, they come again",
    },
  },
});

@InterfaceType({
  description: "An event of an answer's stream",
  autoRegisterImplementations: false,
  resolveType: (value: { constructor: { name: string } }) => value.constructor.name,
})
export abstract class AnswerEvent {
  @Field(() => Int, { description: "Counts from 1 without gaps; pass the last one seen as `after` to resume" })
  sequence!: number;
  @Field(() => DateTime) at!: Date;
}

@ObjectType({ implements: AnswerEvent, description: "The work has come to a new stage" })
export class AnswerStage extends AnswerEvent {
  @Field(() => AnswerStageName) stage!: AnswerStageName;
  @Field(() => Float, { nullable: true, description: "What the finished stage took" }) milliseconds!: number | null;
  @Field(() => String, { nullable: true, description: "What was searched for: a follow-up, made to stand alone" })
  searchQuery!: string | null;
  @Field(() => [AnswerPassage], { nullable: true, description: "With RETRIEVED: all that was found, best first" })
  passages!: AnswerPassage[] | null;
  @Field(() => [Fact], { nullable: true, description: "With RETRIEVED" }) facts!: Fact[] | null;
}

@ObjectType({ implements: AnswerEvent, description: "The next piece of the text" })
export class AnswerDelta extends AnswerEvent {
  @Field() text!: string;
}

@ObjectType({
  implements: AnswerEvent,
  description:
    "A citation, soon after the delta with its marker: right after it, or once its passage was compared by meaning. `position` is its place",
})
export class AnswerCitation extends AnswerEvent {
  @Field(() => Citation) citation!: Citation;
}

@ObjectType({ implements: AnswerEvent, description: "The end: the answer as a whole" })
export class AnswerCompleted extends AnswerEvent {
  @Field(() => Answer) answer!: Answer;
}

@ObjectType({ implements: AnswerEvent, description: "The end: it was called off; what had come of it stays" })
export class AnswerCancelled extends AnswerEvent {
  @Field(() => Answer) answer!: Answer;
}

@ObjectType({ implements: AnswerEvent, description: "The end: it failed" })
export class AnswerFailed extends AnswerEvent {
  @Field(() => Problem) problem!: Problem;
  @Field({ description: "Whether regenerateAnswer may help" }) retryable!: boolean;
}

export const ANSWER_EVENTS = [
  AnswerStage,
  AnswerDelta,
  AnswerCitation,
  AnswerCompleted,
  AnswerCancelled,
  AnswerFailed,
] as const;
