import type { LogEntry } from "../../../platform/streams/event-log.js";
import type { ProgressEvent, ProgressLog } from "../../../platform/streams/progress.js";
import type { Document } from "../domain/document.js";

/** How many of the latest steps the rate is reckoned from. */
const WINDOW = 50;

export interface PresentProgress {
  readonly stage: ProgressEvent["stage"];
  readonly done: number;
  readonly total: number | null;
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly attempt: number;
  readonly heartbeatAt: Date;
  readonly stuck: { readonly code: string; readonly message: string; readonly since: Date } | null;
}

/** Steps of indexing as the graph shows them. */
export interface ProgressReader {
  /** The attempt under way; null when there is none. */
  present(document: Document): Promise<PresentProgress | null>;
  /** The latest step of the document and the sequence after which its log, or its data set's, goes on. */
  latest(document: Document): Promise<ProgressEvent>;
  last(tenantId: string, objectId: string): Promise<number>;
  follow(
    tenantId: string,
    objectId: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<LogEntry<ProgressEvent>, void, undefined>;
}

/** Rate and time left of one stage from its steps, oldest first. Units per second; null before two steps differ. */
export function paceOf(steps: readonly ProgressEvent[]): { rate: number | null; eta: number | null } {
  const last = steps.at(-1);
  const first = steps[0];
  if (!first || !last) return { rate: null, eta: null };
  const seconds = (Date.parse(last.at) - Date.parse(first.at)) / 1000;
  const rate = seconds > 0 && last.done > first.done ? (last.done - first.done) / seconds : null;
  const eta = rate !== null && last.total !== null ? Math.max(0, Math.ceil((last.total - last.done) / rate)) : null;
  return { rate, eta };
}

/** Rate and time left as a stream goes by, with two numbers in memory per document under way. */
export interface Pacer {
  pace(event: ProgressEvent): { rate: number | null; eta: number | null };
}

/** The most documents of one stream whose pace is reckoned at a time; a data set has no more in the queues. */
const MAX_PACED = 1000;

export function createPacer(): Pacer {
  const begun = new Map<string, ProgressEvent>();
  return {
    pace(event) {
      const key = `${event.documentId} ${event.stage}`;
      const first = begun.get(key);
      if (event.state !== "RUNNING") {
        begun.delete(key);
        return { rate: null, eta: null };
      }
      if (first?.attempt === event.attempt) return paceOf([first, event]);
      if (begun.size >= MAX_PACED) begun.delete(begun.keys().next().value as string);
      begun.set(key, event);
      return { rate: null, eta: null };
    },
  };
}

export function createProgressReader(progress: ProgressLog): ProgressReader {
  const key = (tenantId: string, objectId: string): string => progress.key(tenantId, objectId);
  const steps = async (document: Document): Promise<ProgressEvent[]> => {
    const log = key(document.tenantId, document.id);
    const last = await progress.log.last(log);
    const entries = await progress.log.read(log, Math.max(0, last - WINDOW), WINDOW);
    return entries.map((entry) => entry.event).filter((event) => event.attempt === document.attempt);
  };
  return {
    async present(document) {
      if (document.status !== "PROCESSING") return null;
      const mine = (await steps(document)).filter((event) => event.state !== "STUCK");
      const now = mine.at(-1);
      const stage = now?.stage ?? document.stage;
      const { rate, eta } = paceOf(mine.filter((event) => event.stage === stage));
      const seen = Math.max(document.updatedAt.getTime(), now ? Date.parse(now.at) : 0);
      return {
        stage,
        done: now?.done ?? 0,
        total: now?.total ?? null,
        ratePerSecond: rate,
        etaSeconds: eta,
        attempt: document.attempt,
        heartbeatAt: new Date(seen),
        stuck: document.stuck && { ...document.stuck, since: new Date(document.stuck.since) },
      };
    },
    async latest(document) {
      const { status, failure } = document;
      const atRest = status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
      const now = atRest ? undefined : (await steps(document)).at(-1);
      return {
        documentId: document.id,
        datasetId: document.datasetId,
        generation: document.latestGeneration,
        attempt: document.attempt,
        stage: now?.stage ?? document.stage,
        state: atRest ? status : status === "DELETING" ? "CANCELLED" : (now?.state ?? "WAITING"),
        done: now?.done ?? (status === "COMPLETED" ? document.chunksCount : 0),
        total: now?.total ?? (status === "COMPLETED" ? document.chunksCount : null),
        ...(failure ? { code: failure.code, message: failure.message } : {}),
        at: now?.at ?? document.updatedAt.toISOString(),
      };
    },
    last: (tenantId, objectId) => progress.log.last(key(tenantId, objectId)),
    follow: (tenantId, objectId, after, signal) => progress.log.follow(key(tenantId, objectId), after, signal),
  };
}
