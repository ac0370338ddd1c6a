import "reflect-metadata";
import { Directive, Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import { DateTime } from "./scalars.js";

export enum Component {
  VECTOR_INDEX = "VECTOR_INDEX",
  GRAPH = "GRAPH",
  FULL_TEXT = "FULL_TEXT",
  RERANKER = "RERANKER",
  EMBEDDER = "EMBEDDER",
  LLM = "LLM",
  CACHE = "CACHE",
  PII = "PII",
  PARSER = "PARSER",
  STORAGE = "STORAGE",
}
registerEnumType(Component, {
  name: "Component",
  description: "A part of the platform that can be missing for a while",
});

@InterfaceType({ description: "Something a client can fetch again by its id", autoRegisterImplementations: false })
export abstract class Node {
  @Field(() => ID, { description: "Opaque and global" }) id!: string;
}

/** A user's mistake or a refusal, as data. `code` is stable, `message` says what happened and what to do. */
@InterfaceType({
  description: "A mistake or a refusal, as data: switch on the type or the code",
  autoRegisterImplementations: false,
})
export abstract class Problem {
  @Field({ description: "Stable, for programs" }) code!: string;
  @Field({ description: "What happened and what to do, for people" }) message!: string;
}

@ObjectType({ implements: Problem, description: "There is no such thing, or the viewer may not know of it" })
@Directive("@shareable")
export class NotFound extends Problem {}

@ObjectType({ description: "One bad field of an input" })
@Directive("@shareable")
export class InputIssue {
  @Field({ description: 'Path in the input, e.g. "name"' }) path!: string;
  @Field() message!: string;
}

@ObjectType({ implements: Problem, description: "The input breaks a rule" })
@Directive("@shareable")
export class InvalidInput extends Problem {
  @Field(() => [InputIssue]) issues!: InputIssue[];
}

@ObjectType({ implements: Problem, description: "It collides with something that exists" })
@Directive("@shareable")
export class Conflict extends Problem {
  @Field(() => ID, {
    nullable: true,
    description: "Id of what exists, if the viewer may see it; fetch it with node(id)",
  })
  existingId!: string | null;
}

@ObjectType({ implements: Problem, description: "The viewer lacks a role or a department" })
@Directive("@shareable")
export class NotAllowed extends Problem {
  @Field({ description: "What is required" }) requires!: string;
}

@ObjectType({ implements: Problem, description: "A limit of the tenant or the user is reached" })
@Directive("@shareable")
export class QuotaExceeded extends Problem {
  @Field(() => Int) limit!: number;
  @Field(() => DateTime, { nullable: true }) resetsAt!: Date | null;
}

@ObjectType({ implements: Problem, description: "A part of the platform is missing just now" })
@Directive("@shareable")
export class Unavailable extends Problem {
  @Field(() => Component) component!: Component;
  @Field(() => Int, { nullable: true }) retryAfterSeconds!: number | null;
}

/** Every problem type, for a schema's orphaned types. */
export const PROBLEMS = [NotFound, InvalidInput, Conflict, NotAllowed, QuotaExceeded, Unavailable] as const;

const make = <T extends Problem>(type: new () => T, fields: Omit<T, "code"> & { code?: string }, code: string): T =>
  Object.assign(new type(), { code, ...fields });

export const notFound = (what: string, id: string): NotFound =>
  make(
    NotFound,
    { message: `There is no ${what} with the id ${JSON.stringify(id)}, or you may not see it.` },
    "NOT_FOUND",
  );
export const invalidInput = (issues: { path: string; message: string }[], code = "INVALID_INPUT"): InvalidInput =>
  make(
    InvalidInput,
    { message: issues.map((issue) => `${issue.path}: ${issue.message}`).join(" "), issues, code },
    code,
  );
export const conflict = (message: string, existingId: string | null = null, code = "CONFLICT"): Conflict =>
  make(Conflict, { message, existingId, code }, code);
export const notAllowed = (requires: string): NotAllowed =>
  make(
    NotAllowed,
    { message: `This needs ${requires}. Ask an administrator of your tenant.`, requires },
    "NOT_ALLOWED",
  );
export const unavailable = (component: Component, message: string, retryAfterSeconds: number | null = 5): Unavailable =>
  make(Unavailable, { message, component, retryAfterSeconds }, "UNAVAILABLE");
