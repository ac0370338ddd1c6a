import { describeError } from "../../../platform/errors/errors.js";
import { AddressRefused } from "../../../platform/http/address-guard.js";
import type { GuardedFetch } from "../../../platform/http/guarded-fetch.js";
import type { Logger } from "../../../platform/logging/logger.js";
import { pauseAfter, secretOf, signatureOf } from "../domain/webhook.js";
import type { DueDelivery, WebhookStore } from "../ports.js";

export interface WebhookSenderDeps {
  readonly webhooks: WebhookStore;
  readonly fetch: GuardedFetch;
  /** The installation's key, from which every webhook's secret is derived. */
  readonly master: Uint8Array;
  readonly logger: Logger;
}

const BATCH = 8;
const SEND_MS = 10_000;
/** Nothing of the answer is used. */
const MAX_ANSWER_BYTES = 64 * 1024;
const POLL_MS = 2000;

/** Sends one delivery and notes what came of it: only a 2xx is a delivery, everything else is tried again for a day. */
async function send(deps: WebhookSenderDeps, delivery: DueDelivery, signal: AbortSignal): Promise<void> {
  const { id, webhook, tries } = delivery;
  const body = JSON.stringify(delivery.body);
  const timestamp = Math.floor(Date.now() / 1000);
  const rotating = webhook.previousUntil !== null && webhook.previousUntil.getTime() > Date.now();
  const versions = rotating ? [webhook.secretVersion, webhook.secretVersion - 1] : [webhook.secretVersion];
  const secrets = versions.map((version) => secretOf(deps.master, webhook.id, version));
  let [httpStatus, error]: [number | null, string | null] = [null, null];
  try {
    const answer = await deps.fetch(webhook.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signatureOf(secrets, id, timestamp, body),
      },
      body,
      timeoutMs: SEND_MS,
      maxBytes: MAX_ANSWER_BYTES,
      signal,
    });
    httpStatus = answer.status;
    if (httpStatus < 200 || httpStatus > 299) error = `The address answers with the status ${httpStatus}.`;
  } catch (failure) {
    // A sender that stops has not tried; another takes the delivery when the lease ends.
    if (signal.aborted) return;
    const refused = [failure, (failure as Error).cause].find((one) => one instanceof AddressRefused);
    error = refused?.message ?? "The address cannot be reached, or does not answer in time.";
  }
  const status = error === null ? "DELIVERED" : delivery.isLast ? "FAILED" : "PENDING";
  await deps.webhooks.settle(id, tries, {
    status,
    httpStatus,
    error,
    ...(status === "PENDING" ? { pauseSeconds: pauseAfter(tries, Math.random()) } : {}),
  });
}

/** Sends what is due once. Returns how many were tried. */
export async function sendDue(deps: WebhookSenderDeps, signal: AbortSignal): Promise<number> {
  const due = await deps.webhooks.take(BATCH);
  await Promise.all(due.map((delivery) => send(deps, delivery, signal)));
  return due.length;
}

/** Sends deliveries for as long as the process runs. Replicas may send side by side; a killed one's deliveries are sent again. */
export async function startWebhookSender(deps: WebhookSenderDeps): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  let wake = (): void => {};
  let woken = false;
  const unlisten = await deps.webhooks.listen(() => {
    woken = true;
    wake();
  });
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (woken || stopping.signal.aborted) wake();
    });
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        if ((await sendDue(deps, stopping.signal)) > 0) continue;
      } catch (error) {
        deps.logger.warn({ error: describeError(error) }, "webhooks cannot be sent just now");
        woken = false;
      }
      await pause();
    }
  })();
  return {
    async stop() {
      stopping.abort(new Error("the worker stops"));
      wake();
      await unlisten();
      await loop;
    },
  };
}
