import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from "type-graphql";
import { type Connection, decodeCursor, pageSize, toConnection } from "../../../platform/graphql/connection.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import type { Dataset } from "../domain/dataset.js";
import type { Hooks, NewSecret } from "../domain/hooks.js";
import { writeRefusal } from "../domain/permission.js";
import type { Delivery, Webhook } from "../domain/webhook.js";
import type { WebhookStore } from "../ports.js";
import type { Loaders } from "./loaders.js";
import type { Operation } from "./operation.js";
import { DatasetType } from "./types.js";
import {
  CreateWebhookInput,
  DeleteWebhookPayload,
  DeliveryConnection,
  DeliveryPayload,
  UpdateWebhookInput,
  WebhookPayload,
  WebhookType,
} from "./webhook-types.js";

const about = (action: string, objectId: string) => ({ action, objectType: "Webhook", objectId });
const shown = ({ value, problem }: { value: NewSecret | null; problem: unknown }): object => ({
  webhook: value?.webhook ?? null,
  secret: value?.secret ?? null,
  problem,
});

@Resolver(() => WebhookType)
export class WebhookResolver {
  constructor(
    private readonly hooks: Hooks,
    private readonly webhooks: WebhookStore,
    private readonly operation: Operation,
  ) {}

  @FieldResolver(() => DeliveryConnection, { description: "Newest first; kept for thirty days" })
  async deliveries(
    @Ctx() context: GraphContext,
    @Root() webhook: Webhook,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string | null,
  ): Promise<Connection<Delivery>> {
    const page = await this.webhooks.deliveries(requireViewer(context), webhook.id, {
      first: pageSize(first),
      after: after == null ? null : String(decodeCursor(after, 1)[0]),
    });
    return toConnection(page.rows, first, after, page.totalCount, (row) => [row.id]);
  }

  @Mutation(() => WebhookPayload, { description: "Needs the role admin or editor" })
  async createWebhook(@Ctx() context: GraphContext, @Arg("input") input: CreateWebhookInput): Promise<object> {
    return shown(
      await this.operation(context, about("webhook.create", input.datasetId), (viewer) =>
        this.hooks.create(viewer, input, context.traceId),
      ),
    );
  }

  @Mutation(() => WebhookPayload)
  async updateWebhook(@Ctx() context: GraphContext, @Arg("input") input: UpdateWebhookInput): Promise<object> {
    const changes = {
      url: input.url ?? undefined,
      events: input.events ?? undefined,
      active: input.active ?? undefined,
    };
    const { value, problem } = await this.operation(context, about("webhook.update", input.id), (viewer) =>
      this.hooks.update(viewer, input.id, changes, context.traceId),
    );
    return { webhook: value, secret: null, problem };
  }

  @Mutation(() => DeleteWebhookPayload, { description: "Forgets the webhook and its deliveries" })
  async deleteWebhook(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    const { value, problem } = await this.operation(context, about("webhook.delete", id), (viewer) =>
      this.hooks.remove(viewer, id, context.traceId),
    );
    return { deletedId: value?.id ?? null, problem };
  }

  @Mutation(() => WebhookPayload, { description: "Gives a new secret; for a day deliveries bear both signatures" })
  async rotateWebhookSecret(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    return shown(
      await this.operation(context, about("webhook.rotate", id), (viewer) =>
        this.hooks.rotate(viewer, id, context.traceId),
      ),
    );
  }

  @Mutation(() => DeliveryPayload, { description: "Has a delivery sent again, with the same id" })
  async replayDelivery(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    const { value, problem } = await this.operation(context, about("webhook.replay", id), (viewer) =>
      this.hooks.replay(viewer, id, context.traceId),
    );
    return { delivery: value, problem };
  }
}

@Resolver(() => DatasetType)
export class DatasetWebhooksResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => [WebhookType], { description: "For those who may change the data set; empty for others" })
  async webhooks(@Ctx() context: GraphContext, @Root() dataset: Dataset): Promise<readonly Webhook[]> {
    if (writeRefusal(requireViewer(context), dataset.department)) return [];
    return (await this.loaders.webhooks(context, dataset.id)) ?? [];
  }
}
