import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../../../platform/graphql/connection.js";
import { Problem } from "../../../platform/graphql/problems.js";
import { DateTime } from "../../../platform/graphql/scalars.js";
import type { WebhookEvent } from "../domain/webhook.js";
import type { Payload } from "./payloads.js";

/** The names in the graph, and those in a delivery's body. */
export enum WebhookEventName {
  DOCUMENT_COMPLETED = "document.completed",
  DOCUMENT_FAILED = "document.failed",
  DOCUMENT_CANCELLED = "document.cancelled",
  DOCUMENT_DELETED = "document.deleted",
}
registerEnumType(WebhookEventName, {
  name: "WebhookEvent",
  description: 'What a webhook is told of; in the body DOCUMENT_COMPLETED is "document.completed"',
});

export enum DeliveryStatusName {
  PENDING = "PENDING",
  DELIVERED = "DELIVERED",
  FAILED = "FAILED",
}
registerEnumType(DeliveryStatusName, {
  name: "DeliveryStatus",
  description: "PENDING is tried, with growing pauses, for a day; only an answer of 2xx is a delivery",
});

@ObjectType("WebhookDelivery", { description: "One event for one webhook, and what came of it" })
export class DeliveryType {
  @Field(() => ID, { description: "Sent along as webhook-id: the same one may come twice" }) id!: string;
  @Field(() => WebhookEventName) event!: WebhookEvent;
  @Field(() => ID) documentId!: string;
  @Field(() => DeliveryStatusName) status!: string;
  @Field(() => Int) tries!: number;
  @Field(() => Int, { nullable: true, description: "Of the last answer" }) httpStatus!: number | null;
  @Field(() => String, { nullable: true, description: "Why the last try was none" }) error!: string | null;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime, { nullable: true, description: "The next try; null once it has ended" }) dueAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) deliveredAt!: Date | null;
}

export const DeliveryConnection = connectionOf("WebhookDelivery", DeliveryType);

@ObjectType("Webhook", { description: "Somebody who is told by POST when documents of a data set come to rest" })
export class WebhookType {
  @Field(() => ID) id!: string;
  @Field() url!: string;
  @Field(() => [WebhookEventName]) events!: readonly WebhookEvent[];
  @Field({ description: "Switched off, its deliveries wait" }) active!: boolean;
  @Field(() => DateTime, { nullable: true, description: "Until then the secret before signs as well" })
  previousUntil!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime) updatedAt!: Date;
}

@InputType()
export class CreateWebhookInput {
  @Field(() => ID) datasetId!: string;
  @Field({ description: "A public http or https address" }) url!: string;
  @Field(() => [WebhookEventName]) events!: WebhookEvent[];
}

@InputType({ description: "What is left out stays as it is" })
export class UpdateWebhookInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) url?: string | null;
  @Field(() => [WebhookEventName], { nullable: true }) events?: WebhookEvent[] | null;
  @Field(() => Boolean, { nullable: true }) active?: boolean | null;
}

@ObjectType()
export class WebhookPayload implements Payload {
  @Field(() => WebhookType, { nullable: true }) webhook!: WebhookType | null;
  @Field(() => String, {
    nullable: true,
    description: 'Shown this once: the key, in base64 after "whsec_", of HMAC-SHA256 over "id.timestamp.body"',
  })
  secret!: string | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class DeleteWebhookPayload implements Payload {
  @Field(() => ID, { nullable: true }) deletedId!: string | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class DeliveryPayload implements Payload {
  @Field(() => DeliveryType, { nullable: true }) delivery!: DeliveryType | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}
