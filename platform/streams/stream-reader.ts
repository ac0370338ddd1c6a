import type { Redis } from "ioredis";
import { describeError } from "../errors/errors.js";
import type { Logger } from "../logging/logger.js";

/** Tells when one stream may have grown. */
export interface StreamWatch {
  /** A number that changes whenever the stream was seen to grow; read it before reading the stream. */
  version(): number;
  /** Resolves when the stream grew since `version` (or the signal aborted). `cursor` is the last sequence the caller has read. */
  changed(version: number, cursor: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** One blocking connection per process that watches all streams of all its subscribers: a hundred listeners cost one socket. */
export interface StreamReader {
  watch(key: string): StreamWatch;
  close(): Promise<void>;
}

interface Watched {
  /** Where reading goes on, at or before every waiter's last entry; undefined until somebody waits. */
  cursor: number | undefined;
  version: number;
  watchers: number;
  waiting: Set<() => void>;
}

/** How long one XREAD blocks; a lost wake-up costs at most this. */
const BLOCK_MS = 5000;

/**
 * @param blocking a connection for blocking commands, used by nobody else
 * @param commands a connection for short ones; it unblocks the other when the set of streams changes
 */
export function createStreamReader(blocking: Redis, commands: Redis, logger: Logger): StreamReader {
  const streams = new Map<string, Watched>();
  let stopped = false;
  let running: Promise<void> | undefined;
  /** Where the XREAD under way began in each stream; undefined while none is. */
  let reading: ReadonlyMap<string, number> | undefined;
  let connectionId: number | undefined;
  blocking.on("close", () => {
    connectionId = undefined;
  });

  /** Makes the XREAD under way return, so that the next one watches the new stream too. The two connections race: ask until it is heard. */
  const interrupt = async (): Promise<void> => {
    const mine = reading;
    while (mine !== undefined && reading === mine && connectionId !== undefined) {
      const heard = await commands.client("UNBLOCK", connectionId).catch(() => 0);
      if (heard === 1) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };

  const wake = (stream: Watched): void => {
    stream.version++;
    const waiting = [...stream.waiting];
    stream.waiting.clear();
    for (const resolve of waiting) resolve();
  };

  async function loop(): Promise<void> {
    while (!stopped) {
      try {
        connectionId ??= Number(await blocking.client("ID"));
        // Also those whose reader is busy just now: it will wait again soon, and joining an XREAD costs a round trip.
        const wanted = new Map(
          [...streams].flatMap(([key, { cursor }]) => (cursor === undefined ? [] : [[key, cursor]])),
        );
        if (wanted.size === 0) return;
        reading = wanted;
        const answer = (await blocking.xread(
          "COUNT",
          1,
          "BLOCK",
          BLOCK_MS,
          "STREAMS",
          ...wanted.keys(),
          ...[...wanted.values()].map((cursor) => `${cursor}-0`),
        )) as [string, [id: string, ...unknown[]][]][] | null;
        reading = undefined;
        for (const [key, entries] of answer ?? []) {
          const stream = streams.get(key);
          const grown = Number.parseInt(entries[0]?.[0] ?? "", 10);
          // Its readers may have come further by themselves meanwhile.
          if (!stream || stream.cursor === undefined || grown <= stream.cursor) continue;
          stream.cursor = grown;
          wake(stream);
        }
      } catch (error) {
        reading = undefined;
        if (stopped) return;
        logger.warn({ component: "redis", error: describeError(error) }, "stream reader");
        await new Promise((resolve) => setTimeout(resolve, 100));
        for (const stream of streams.values()) wake(stream); // consumers look for themselves
      }
    }
  }
  const run = (): void => {
    running ??= loop().finally(() => {
      running = undefined;
      if (!stopped && [...streams.values()].some((stream) => stream.cursor !== undefined)) run();
    });
  };

  return {
    watch(key) {
      const stream = streams.get(key) ?? { cursor: undefined, version: 0, watchers: 0, waiting: new Set<() => void>() };
      streams.set(key, stream);
      stream.watchers++;
      let open = true;
      return {
        version: () => stream.version,
        changed(version, cursor, signal) {
          if (stream.version !== version || signal.aborted) return Promise.resolve();
          return new Promise((resolve) => {
            const done = (): void => {
              signal.removeEventListener("abort", done);
              stream.waiting.delete(done);
              resolve();
            };
            // The slowest waiter decides where reading goes on, so that nobody misses an entry.
            stream.cursor = stream.waiting.size === 0 ? cursor : Math.min(stream.cursor ?? cursor, cursor);
            stream.waiting.add(done);
            signal.addEventListener("abort", done, { once: true });
            const from = reading?.get(key);
            if (reading && (from === undefined || from > stream.cursor)) void interrupt();
            run();
          });
        },
        close() {
          if (!open) return;
          open = false;
          if (--stream.watchers === 0) streams.delete(key);
        },
      };
    },
    async close() {
      stopped = true;
      for (const stream of streams.values()) wake(stream);
      blocking.disconnect();
      await running?.catch(() => {});
    },
  };
}
