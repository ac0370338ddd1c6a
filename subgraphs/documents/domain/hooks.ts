import type { Viewer } from "../../../platform/auth/viewer.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { DatasetStore, WebhookStore } from "../ports.js";
import { writeRefusal } from "./permission.js";
import { done, type InputProblem, missing, type Outcome, refused } from "./refusal.js";
import { type Delivery, secretOf, type Webhook, type WebhookEvent, webhookProblems } from "./webhook.js";

/** A webhook with the secret that is shown this once. */
export interface NewSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

export interface HookDeps {
  readonly webhooks: WebhookStore;
  readonly datasets: DatasetStore;
  /** Throws for an address that is never gone to. */
  readonly checkAddress: (url: string) => unknown;
  readonly master: Uint8Array;
}

/** What editors do with webhooks. */
export interface Hooks {
  create(
    viewer: Viewer,
    input: { datasetId: string; url: string; events: readonly WebhookEvent[] },
    traceId: string,
  ): Promise<Outcome<NewSecret>>;
  update(
    viewer: Viewer,
    id: string,
    changes: { url?: string | undefined; events?: readonly WebhookEvent[] | undefined; active?: boolean | undefined },
    traceId: string,
  ): Promise<Outcome<Webhook>>;
  rotate(viewer: Viewer, id: string, traceId: string): Promise<Outcome<NewSecret>>;
  remove(viewer: Viewer, id: string, traceId: string): Promise<Outcome<Webhook>>;
  replay(viewer: Viewer, deliveryId: string, traceId: string): Promise<Outcome<Delivery>>;
}

const MAX_WEBHOOKS = 20;

export function createHooks({ webhooks, datasets, checkAddress, master }: HookDeps): Hooks {
  const addressProblems = (url: string | undefined): InputProblem[] => {
    if (url === undefined) return [];
    try {
      checkAddress(url);
      return [];
    } catch (error) {
      return [{ path: "url", message: (error as Error).message }];
    }
  };
  const problems = (url: string | undefined, events: readonly string[] | undefined) => {
    const issues = [...webhookProblems(url, events), ...addressProblems(url)];
    return issues.length > 0 ? refused({ kind: "INVALID", issues }) : undefined;
  };
  const withSecret = (webhook: Webhook): NewSecret => ({
    webhook,
    secret: secretOf(master, webhook.id, webhook.secretVersion),
  });
  const denied = async (viewer: Viewer, id: string) => {
    const webhook = (await webhooks.byIds(viewer, [id])).get(id);
    return webhook ? writeRefusal(viewer, webhook.department) : missing("webhook", id);
  };

  return {
    async create(viewer, { datasetId, url, events }, traceId) {
      const dataset = (await datasets.byIds(viewer, [datasetId])).get(datasetId);
      if (!dataset || dataset.status === "DELETING") return missing("data set", datasetId);
      const refusal = writeRefusal(viewer, dataset.department) ?? problems(url, events);
      if (refusal) return refusal;
      const present = (await webhooks.ofDatasets(viewer, [datasetId])).get(datasetId) ?? [];
      if (present.length >= MAX_WEBHOOKS)
        return refused({
          kind: "QUOTA",
          message: `A data set has at most ${MAX_WEBHOOKS} webhooks. Delete one first.`,
          limit: MAX_WEBHOOKS,
        });
      const webhook = { id: newId("Webhook"), datasetId, url, events: [...new Set(events)] };
      const made = await webhooks.create(viewer, webhook, { action: "webhook.create", traceId });
      return made.refusal ? made : done(withSecret(made.value));
    },
    async update(viewer, id, changes, traceId) {
      const refusal = (await denied(viewer, id)) ?? problems(changes.url, changes.events);
      return refusal ?? webhooks.update(viewer, id, changes, { action: "webhook.update", traceId });
    },
    async rotate(viewer, id, traceId) {
      const refusal = await denied(viewer, id);
      if (refusal) return refusal;
      const rotated = await webhooks.rotate(viewer, id, { action: "webhook.rotate", traceId });
      return rotated.refusal ? rotated : done(withSecret(rotated.value));
    },
    async remove(viewer, id, traceId) {
      return (await denied(viewer, id)) ?? webhooks.remove(viewer, id, { action: "webhook.delete", traceId });
    },
    async replay(viewer, deliveryId, traceId) {
      const department = await webhooks.departmentOfDelivery(viewer, deliveryId);
      if (department === undefined) return missing("delivery", deliveryId);
      return (
        writeRefusal(viewer, department) ?? webhooks.replay(viewer, deliveryId, { action: "webhook.replay", traceId })
      );
    },
  };
}
