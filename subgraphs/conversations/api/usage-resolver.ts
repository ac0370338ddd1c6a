import { Arg, Ctx, Field, Float, Int, ObjectType, Query, Resolver, registerEnumType } from "type-graphql";
import { hasRole } from "../../../platform/auth/viewer.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { invalidInput, notAllowed, Problem } from "../../../platform/graphql/problems.js";
import { DateTime } from "../../../platform/graphql/scalars.js";
import type { UsageFigures } from "../ports.js";
import type { ConversationServices } from "./services.js";

export enum UsageDimension {
  DAY = "DAY",
  MODEL = "MODEL",
  USER = "USER",
}
registerEnumType(UsageDimension, {
  name: "UsageDimension",
  description: "What usage is broken down by",
  valuesConfig: { DAY: { description: "UTC" } },
});

export enum UsageScope {
  OWN = "OWN",
  TENANT = "TENANT",
}
registerEnumType(UsageScope, {
  name: "UsageScope",
  description: "Whose usage",
  valuesConfig: { TENANT: { description: "All users of the tenant; for admins and auditors" } },
});

@ObjectType({ description: "Half of the calls took at most p50, 95 of 100 at most p95; null when there is none" })
export class Percentiles {
  @Field(() => Float, { nullable: true }) p50!: number | null;
  @Field(() => Float, { nullable: true }) p95!: number | null;
}

@ObjectType({ description: "What calls of language models took" })
export class UsageRow {
  @Field({ description: "The day (YYYY-MM-DD), model or user; empty in the total" }) key!: string;
  @Field(() => Int) calls!: number;
  @Field(() => Int) failed!: number;
  @Field(() => Float) promptTokens!: number;
  @Field(() => Float) completionTokens!: number;
  @Field(() => Int, { description: "Calls whose tokens are estimated, e.g. of answers that were called off" })
  estimated!: number;
  @Field(() => Float, { nullable: true, description: "Of the calls whose model has a price; null when none has" })
  cost!: number | null;
  @Field(() => Int, { description: "Calls that the cost does not hold, because their model has no price" })
  unpriced!: number;
  @Field(() => Percentiles) firstTokenMilliseconds!: Percentiles;
  @Field(() => Percentiles) totalMilliseconds!: Percentiles;
}

@ObjectType({ description: "Usage of language models in a span of time" })
export class UsageReport {
  @Field(() => DateTime) from!: Date;
  @Field(() => DateTime) until!: Date;
  @Field(() => String, { nullable: true, description: "Of the costs; null when the operator has set no prices" })
  currency!: string | null;
  @Field(() => UsageRow, { nullable: true }) total!: UsageRow | null;
  @Field(() => [UsageRow], { description: "By key, at most 1,000" }) rows!: UsageRow[];
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;

const view = (figures: UsageFigures, key: string): UsageRow => ({
  ...figures,
  key,
  firstTokenMilliseconds: { ...figures.firstTokenMilliseconds },
  totalMilliseconds: { ...figures.totalMilliseconds },
});

@Resolver()
export class UsageResolver {
  constructor(private readonly services: ConversationServices) {}

  @Query(() => UsageReport, {
    description: "Tokens, cost and latency of the language models' calls. It outlives the chats they were made for",
  })
  async usage(
    @Ctx() context: GraphContext,
    @Arg("by", () => UsageDimension, { defaultValue: UsageDimension.DAY }) by: UsageDimension,
    @Arg("of", () => UsageScope, { defaultValue: UsageScope.OWN }) of: UsageScope,
    @Arg("from", () => DateTime, { nullable: true, description: "Default: 30 days before the end" })
    from?: Date | null,
    @Arg("until", () => DateTime, { nullable: true, description: "Default: now. Not included" }) until?: Date | null,
  ): Promise<UsageReport> {
    const viewer = requireViewer(context);
    const end = until ?? new Date();
    const start = from ?? new Date(end.getTime() - DEFAULT_DAYS * DAY_MS);
    const { currency } = this.services;
    const report = { from: start, until: end, currency, total: null, rows: [], problem: null };
    const days = (end.getTime() - start.getTime()) / DAY_MS;
    if (!(days > 0 && days <= MAX_DAYS))
      return {
        ...report,
        problem: invalidInput([{ path: "from", message: `must lie before "until", at most ${MAX_DAYS} days.` }]),
      };
    const ofTenant = of === UsageScope.TENANT;
    if (ofTenant && !hasRole(viewer, "admin", "auditor")) {
      await this.services.audit.note(viewer, {
        action: "usage.read",
        outcome: "REFUSED",
        reason: "NOT_ALLOWED",
        traceId: context.traceId,
      });
      return { ...report, problem: notAllowed("the role admin or auditor") };
    }
    const { total, rows } = await this.services.usage.report(viewer, {
      ofTenant,
      by,
      from: start,
      until: end,
      currency,
    });
    return { ...report, total: view(total, ""), rows: rows.map((row) => view(row, row.key)) };
  }
}
