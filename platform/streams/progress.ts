import type { Redis } from "ioredis";
import { tenantKey } from "../redis/redis.js";
import { createEventLog, type EventLog } from "./event-log.js";
import type { StreamReader } from "./stream-reader.js";

/** A step of long work on one object, as any room reports it and the owner of the object shows it. */
export interface ProgressEvent {
  readonly documentId: string;
  readonly datasetId: string;
  readonly generation: number;
  readonly attempt: number;
  readonly stage: "STORE" | "PARSE" | "CHUNK" | "MASK" | "EMBED" | "INDEX" | "EXTRACT" | "FINISH";
  /** WAITING, RUNNING and STUCK (it should go on but does not; see `code`) go on; the others are the end of this attempt. */
  readonly state: "WAITING" | "RUNNING" | "STUCK" | "COMPLETED" | "FAILED" | "CANCELLED";
  readonly done: number;
  readonly total: number | null;
  readonly code?: string;
  readonly message?: string;
  /** RFC 3339. */
  readonly at: string;
}

const TTL_SECONDS = 24 * 3600;

/** Where indexing progress is written and read: one log per document and one per data set. */
export interface ProgressLog {
  report(tenantId: string, event: Omit<ProgressEvent, "at">): Promise<void>;
  readonly log: EventLog<ProgressEvent>;
  key(tenantId: string, objectId: string): string;
  /** Ids of the documents and data sets that have a log, page by page; one may come twice. */
  objects(tenantId: string): AsyncGenerator<string>;
}

export function createProgressLog(redis: Redis, reader: StreamReader): ProgressLog {
  const log = createEventLog<ProgressEvent>(redis, reader, { ttlSeconds: TTL_SECONDS, maxEntries: 5000 });
  const key = (tenantId: string, objectId: string): string => tenantKey(tenantId, "progress", objectId);
  return {
    log,
    key,
    async *objects(tenantId) {
      const prefix = key(tenantId, "");
      for (let cursor = "0"; ; ) {
        const [next, keys] = await redis.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 1000);
        for (const found of keys) yield found.slice(prefix.length);
        if (next === "0") return;
        cursor = next;
      }
    },
    async report(tenantId, event) {
      const stamped: ProgressEvent = { ...event, at: new Date().toISOString() };
      await Promise.all([
        log.append(key(tenantId, event.documentId), [stamped]),
        log.append(key(tenantId, event.datasetId), [stamped]),
      ]);
    },
  };
}
