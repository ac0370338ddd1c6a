import type { Redis } from "ioredis";
import type { StreamReader } from "./stream-reader.js";

/** One entry of a log: `sequence` counts from 1 without gaps. */
export interface LogEntry<E> {
  readonly sequence: number;
  readonly event: E;
}

export interface EventLogOptions {
  /** Seconds after the last append at which a log is forgotten. */
  readonly ttlSeconds: number;
  /** The most entries a log may hold; the oldest go first (only where readers may miss the past, e.g. progress). */
  readonly maxEntries?: number;
}

/** A numbered, resumable log of events in a Redis stream: any process may write it, any replica may read it from any point. */
export interface EventLog<E> {
  /** Appends in one round trip and returns the last sequence. With `expected` (the sequence before the first new event), a writer that was overtaken fails. */
  append(key: string, events: readonly E[], expected?: number): Promise<number>;
  /** Entries after `after`, oldest first, at most `limit`. */
  read(key: string, after: number, limit?: number): Promise<LogEntry<E>[]>;
  /** The sequence of the newest entry; 0 for an empty or forgotten log. */
  last(key: string): Promise<number>;
  /** Follows the log from `after` until the signal aborts. Pulled: nothing is read ahead of the consumer beyond one batch. */
  follow(key: string, after: number, signal: AbortSignal): AsyncGenerator<LogEntry<E>, void, undefined>;
  forget(key: string): Promise<void>;
}

/** Raised by `append` when another writer has written since; the caller is a zombie and must stop. */
export class OvertakenError extends Error {
  constructor(key: string) {
    super(`Another writer has taken over the stream ${key}`);
    this.name = "OvertakenError";
  }
}

// The sequence is the stream id's first half, so that "after N" is a range and a zombie's append is refused by Redis itself.
// KEYS[1] stream; ARGV: ttl, maxEntries (0: all), expected (-1: any), events…
const APPEND = `local last = 0
local tail = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if #tail > 0 then last = tonumber(string.match(tail[1][1], '^(%d+)-')) end
local expected = tonumber(ARGV[3])
if expected >= 0 and expected ~= last then return -1 end
for i = 4, #ARGV do
  last = last + 1
  if tonumber(ARGV[2]) > 0 then redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], last .. '-0', 'e', ARGV[i])
  else redis.call('XADD', KEYS[1], last .. '-0', 'e', ARGV[i]) end
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return last`;
const BATCH = 200;

type RawEntry = [id: string, fields: string[]];
const decode = <E>([id, fields]: RawEntry): LogEntry<E> => ({
  sequence: Number.parseInt(id, 10),
  event: JSON.parse(fields[1] ?? "null") as E,
});

/** @param redis short commands @param reader the process's shared blocking reader */
export function createEventLog<E>(redis: Redis, reader: StreamReader, options: EventLogOptions): EventLog<E> {
  const log: EventLog<E> = {
    async append(key, events, expected = -1) {
      if (events.length === 0) return log.last(key);
      const last = (await redis.eval(
        APPEND,
        1,
        key,
        options.ttlSeconds,
        options.maxEntries ?? 0,
        expected,
        ...events.map((event) => JSON.stringify(event)),
      )) as number;
      if (last < 0) throw new OvertakenError(key);
      return last;
    },
    async read(key, after, limit = BATCH) {
      const entries = (await redis.xrange(key, `(${after}-0`, "+", "COUNT", limit)) as RawEntry[];
      return entries.map((entry) => decode<E>(entry));
    },
    async last(key) {
      const [newest] = (await redis.xrevrange(key, "+", "-", "COUNT", 1)) as RawEntry[];
      return newest ? Number.parseInt(newest[0], 10) : 0;
    },
    async *follow(key, after, signal) {
      let cursor = after;
      const watch = reader.watch(key);
      try {
        while (!signal.aborted) {
          const version = watch.version();
          const entries = await log.read(key, cursor);
          for (const entry of entries) {
            if (signal.aborted) return;
            cursor = entry.sequence;
            yield entry;
          }
          // The reader looks behind the cursor by itself, so a page that was not full needs no second look here.
          if (entries.length < BATCH) await watch.changed(version, cursor, signal);
        }
      } finally {
        watch.close();
      }
    },
    forget: async (key) => void (await redis.del(key)),
  };
  return log;
}
