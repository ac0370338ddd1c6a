import {
  Arg,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from "type-graphql";
import { z } from "zod";
import { hasRole, type Viewer } from "../../../platform/auth/viewer.js";
import { RequestError } from "../../../platform/errors/errors.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { type NotAllowed, notAllowed, Problem } from "../../../platform/graphql/problems.js";
import { DateTime } from "../../../platform/graphql/scalars.js";
import type * as domain from "../domain/prompt-templates.js";
import { problemWith } from "./inputs.js";
import { type ConversationServices, refused } from "./services.js";

export enum PromptKind {
  GROUNDED = "GROUNDED",
  PLAIN = "PLAIN",
}
registerEnumType(PromptKind, {
  name: "PromptKind",
  description: "What a prompt is for",
  valuesConfig: {
    GROUNDED: { description: "Answers from documents" },
    PLAIN: { description: "Chat without documents" },
  },
});

export enum PromptLanguage {
  KO = "KO",
  EN = "EN",
}
registerEnumType(PromptLanguage, {
  name: "PromptLanguage",
  description: "The question's language: KO for Korean, EN for every other",
});

export enum PiiInput {
  MASK = "MASK",
  REFUSE = "REFUSE",
}
registerEnumType(PiiInput, {
  name: "PiiInput",
  description: "What becomes of personal data in a question",
  valuesConfig: {
    MASK: { description: "It is replaced by its kind before the question is kept or searched for" },
    REFUSE: { description: "The question is not taken; the problem names the kinds" },
  },
});

export enum PiiOutput {
  MASK = "MASK",
  KEEP = "KEEP",
}
registerEnumType(PiiOutput, {
  name: "PiiOutput",
  description: "What becomes of personal data in the model's text",
  valuesConfig: {
    MASK: { description: "It is replaced by its kind, on the stream already" },
    KEEP: { description: "It is shown as the model wrote it" },
  },
});

@ObjectType({
  description: "How a prompt opens. The rules about documents and markers are always added and not part of it",
})
export class PromptTemplate {
  @Field(() => ID) id!: string;
  @Field(() => PromptKind) kind!: PromptKind;
  @Field(() => PromptLanguage) language!: PromptLanguage;
  @Field(() => Int, { description: "Counts from 1 per kind and language; 0 is the product's own" }) version!: number;
  @Field() text!: string;
  @Field({ description: "Whether it is in force: one per kind and language" }) active!: boolean;
  @Field(() => String, { nullable: true, description: "User id; null for the product's own" }) createdBy!:
    | string
    | null;
  @Field(() => DateTime, { nullable: true }) createdAt!: Date | null;
}

@ObjectType({
  description: "What a tenant does about personal data in questions and answers, and whether its people share answers",
})
export class AnswerPolicy {
  @Field(() => PiiInput) piiInput!: PiiInput;
  @Field(() => PiiOutput) piiOutput!: PiiOutput;
  @Field({
    description: "Whether a question that somebody with exactly the same rights asked before gets the same answer",
  })
  answerCache!: boolean;
}

@ObjectType()
export class PromptTemplatePayload {
  @Field(() => PromptTemplate, { nullable: true }) template!: PromptTemplate | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class AnswerPolicyPayload {
  @Field(() => AnswerPolicy, { nullable: true }) policy!: AnswerPolicy | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@InputType()
export class CreatePromptTemplateInput {
  @Field(() => PromptKind) kind!: PromptKind;
  @Field(() => PromptLanguage) language!: PromptLanguage;
  @Field({ description: "At most 4,000 characters" }) text!: string;
}

@InputType()
export class AnswerPolicyInput {
  @Field(() => PiiInput) piiInput!: PiiInput;
  @Field(() => PiiOutput) piiOutput!: PiiOutput;
  @Field(() => Boolean, { defaultValue: false }) answerCache!: boolean;
}

const REQUIRED = "the role admin";
const templateRule = z.object({
  text: z
    .string()
    .max(4000, "may have 4,000 characters")
    .refine((text) => text.trim() !== "", "must not be empty"),
});
const view = (template: domain.PromptTemplate): PromptTemplate => template as unknown as PromptTemplate;

/** Prompts and policies of the viewer's tenant; for its admins. */
@Resolver()
export class SettingsResolver {
  constructor(private readonly services: ConversationServices) {}

  @Query(() => [PromptTemplate], {
    description: "Every version of the tenant's prompts and the product's own. For admins",
  })
  async promptTemplates(@Ctx() context: GraphContext): Promise<PromptTemplate[]> {
    return (await this.services.settings.templates(this.admin(context))).map(view);
  }

  @Query(() => AnswerPolicy, { description: "The tenant's policy" })
  answerPolicy(@Ctx() context: GraphContext): Promise<AnswerPolicy> {
    return this.services.settings.policy(requireViewer(context)) as Promise<AnswerPolicy>;
  }

  @Mutation(() => PromptTemplatePayload, { description: "Keeps a new version, which is not in force yet. For admins" })
  async createPromptTemplate(
    @Arg("input", () => CreatePromptTemplateInput) input: CreatePromptTemplateInput,
    @Ctx() context: GraphContext,
  ): Promise<PromptTemplatePayload> {
    const viewer = requireViewer(context);
    const problem = (await this.notAdmin(context, viewer, "prompt.create")) ?? problemWith(templateRule, input);
    if (problem) return { template: null, problem };
    const { settings } = this.services;
    return { template: view(await settings.createTemplate(viewer, input, context.traceId)), problem: null };
  }

  @Mutation(() => PromptTemplatePayload, {
    description: "Puts a version in force for the questions to come, the product's own too. For admins",
  })
  async activatePromptTemplate(
    @Arg("id", () => ID) id: string,
    @Ctx() context: GraphContext,
  ): Promise<PromptTemplatePayload> {
    const viewer = requireViewer(context);
    const problem = await this.notAdmin(context, viewer, "prompt.activate");
    if (problem) return { template: null, problem };
    const template = await this.services.settings.activateTemplate(viewer, id, context.traceId);
    if (template) return { template: view(template), problem: null };
    return { template: null, problem: await refused(this.services, context, "prompt.activate", "PromptTemplate", id) };
  }

  @Mutation(() => AnswerPolicyPayload, {
    description: "Sets the tenant's policy for the questions to come. For admins",
  })
  async updateAnswerPolicy(
    @Arg("input", () => AnswerPolicyInput) input: AnswerPolicyInput,
    @Ctx() context: GraphContext,
  ): Promise<AnswerPolicyPayload> {
    const viewer = requireViewer(context);
    const problem = await this.notAdmin(context, viewer, "policy.update");
    if (problem) return { policy: null, problem };
    const policy = await this.services.settings.updatePolicy(viewer, input, context.traceId);
    return { policy: policy as AnswerPolicy, problem: null };
  }

  private admin(context: GraphContext): Viewer {
    const viewer = requireViewer(context);
    if (!hasRole(viewer, "admin")) throw new RequestError("FORBIDDEN", `This needs ${REQUIRED}.`);
    return viewer;
  }

  private async notAdmin(context: GraphContext, viewer: Viewer, action: string): Promise<NotAllowed | undefined> {
    if (hasRole(viewer, "admin")) return undefined;
    const { traceId } = context;
    await this.services.audit.note(viewer, { action, outcome: "REFUSED", reason: "NOT_ALLOWED", traceId });
    return notAllowed(REQUIRED);
  }
}
