import { Field, ID, InputType } from "type-graphql";
import { z } from "zod";
import { RequestError } from "../../../platform/errors/errors.js";
import { type InvalidInput, invalidInput } from "../../../platform/graphql/problems.js";
import { Grounding, Rating } from "./types.js";

@InputType()
export class StartConversationInput {
  @Field(() => String, { nullable: true, description: "Default: from the first question" }) title?: string | null;
  @Field(() => String, { nullable: true, description: "One of `models`; default: the deployment's" })
  model?: string | null;
  @Field(() => [ID], { nullable: true, description: "Ask these data sets only" }) datasetIds?: string[] | null;
}

@InputType()
export class AskInput {
  @Field({ description: "At most 4,000 characters" }) question!: string;
  @Field(() => ID, { nullable: true, description: "Default: a new conversation" }) conversationId?: string | null;
  @Field(() => [ID], { nullable: true, description: "Default: the conversation's" }) datasetIds?: string[] | null;
  @Field(() => String, { nullable: true, description: "One of `models`; default: the conversation's" })
  model?: string | null;
  @Field(() => Grounding, { defaultValue: Grounding.AUTO }) grounding!: Grounding;
  @Field(() => String, { nullable: true, description: "The same key again gives the same answer, not a second one" })
  idempotencyKey?: string | null;
}

@InputType()
export class RateAnswerInput {
  @Field(() => ID) answerId!: string;
  @Field(() => Rating) rating!: Rating;
  @Field(() => String, { nullable: true, description: "At most 1,000 characters" }) reason?: string | null;
  @Field(() => String, { nullable: true, description: "What it should have said; at most 8,000 characters" })
  correctedAnswer?: string | null;
}

const MAX_DATASETS = 100;
const title = z.string().trim().min(1, "must not be empty").max(200, "may have 200 characters");
const question = z
  .string()
  .max(4000, "may have 4,000 characters")
  .refine((text) => text.trim() !== "", "must not be empty");
const model = z.string().min(1, "must not be empty").max(200, "may have 200 characters").nullish();
const datasetIds = z.array(z.string().min(1).max(64)).max(MAX_DATASETS, `may hold ${MAX_DATASETS} ids`).nullish();

const idempotencyKey = z.string().min(1, "must not be empty").max(200, "may have 200 characters").nullish();
const MAX_TERMS = 8;
const search = z
  .string()
  .max(200, "may have 200 characters")
  .refine((text) => text.trim().split(/\s+/).length <= MAX_TERMS, `may have ${MAX_TERMS} words`);

/** The words of a search; none for none. @throws RequestError BAD_REQUEST for too many */
export function searchTerms(text: string | null | undefined): string[] {
  const parsed = search.nullish().safeParse(text);
  if (!parsed.success) throw new RequestError("BAD_REQUEST", `"search" ${parsed.error.issues[0]?.message}.`);
  return (text ?? "")
    .trim()
    .split(/\s+/)
    .filter((term) => term !== "");
}

/** What inputs have to be, beyond their types. */
export const rules = {
  start: z.object({ title: title.nullish(), model, datasetIds }),
  ask: z.object({
    question,
    model,
    datasetIds,
    idempotencyKey,
  }),
  branch: z.object({ title: title.nullish() }),
  edit: z.object({ question, idempotencyKey }),
  rename: z.object({ title }),
  rate: z.object({
    reason: z.string().max(1000, "may have 1,000 characters").nullish(),
    correctedAnswer: z.string().max(8000, "may have 8,000 characters").nullish(),
  }),
};

/** The problem with an input, if there is one. */
export function problemWith(rule: z.ZodType, input: unknown): InvalidInput | undefined {
  const parsed = rule.safeParse(input);
  if (parsed.success) return undefined;
  return invalidInput(parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })));
}
