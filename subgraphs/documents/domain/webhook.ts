import { createHmac } from "node:crypto";
import type { InputProblem } from "./refusal.js";

export const WEBHOOK_EVENTS = [
  "document.completed",
  "document.failed",
  "document.cancelled",
  "document.deleted",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Somebody outside who is told when documents of a data set come to rest. */
export interface Webhook {
  readonly id: string;
  readonly tenantId: string;
  readonly department: string | null;
  readonly datasetId: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly active: boolean;
  readonly secretVersion: number;
  /** Until then deliveries bear a second signature, by the secret before. */
  readonly previousUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly event: WebhookEvent;
  readonly documentId: string;
  readonly status: "PENDING" | "DELIVERED" | "FAILED";
  readonly tries: number;
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly createdAt: Date;
  /** When it is tried next; null once it has ended. */
  readonly dueAt: Date | null;
  readonly deliveredAt: Date | null;
}

/** How long the secret before a rotation still signs. */
export const ROTATION_SECONDS = 24 * 3600;
const FIRST_PAUSE_SECONDS = 10;
const LONGEST_PAUSE_SECONDS = 2 * 3600;
const MAX_URL = 2000;

/** Seconds until the next try after so many: doubling, at most two hours, spread by a fifth so that many do not come at once. */
export function pauseAfter(tries: number, chance: number): number {
  const pause = Math.min(FIRST_PAUSE_SECONDS * 2 ** Math.max(0, tries - 1), LONGEST_PAUSE_SECONDS);
  return pause * (0.9 + 0.2 * chance);
}

/** The secret that the receiver is given: derived, so that none is stored. "whsec_" and 32 bytes in base64, as Standard Webhooks has it. */
export function secretOf(master: Uint8Array, webhookId: string, version: number): string {
  const key = createHmac("sha256", master).update(`webhook\n${webhookId}\n${version}`).digest();
  return `whsec_${key.toString("base64")}`;
}

/**
 * The signature header of Standard Webhooks 1.0: HMAC-SHA256 over "id.timestamp.body", one "v1,…" per secret.
 * @param timestamp seconds since 1970
 */
export function signatureOf(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets
    .map((secret) => Buffer.from(secret.slice("whsec_".length), "base64"))
    .map((key) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`)
    .join(" ");
}

export function webhookProblems(url: string | undefined, events: readonly string[] | undefined): InputProblem[] {
  const problems: InputProblem[] = [];
  if (url !== undefined && url.length > MAX_URL)
    problems.push({ path: "url", message: `The address is longer than ${MAX_URL} characters.` });
  if (events !== undefined && events.length === 0)
    problems.push({ path: "events", message: "Name at least one event." });
  return problems;
}
