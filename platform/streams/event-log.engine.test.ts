import { randomUUID } from "node:crypto";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBlockingRedis, createRedis, type Redis } from "../redis/redis.js";
import { createEventLog, type EventLog, OvertakenError } from "./event-log.js";
import { createStreamReader, type StreamReader } from "./stream-reader.js";

const logger = pino({ level: "silent" });
let redis: Redis;
let reader: StreamReader;
let log: EventLog<{ n: number }>;
const key = () => `t:test:stream:${randomUUID()}`;

beforeAll(() => {
  const url = process.env["REDIS_URL"] as string;
  redis = createRedis(url, "test", logger);
  reader = createStreamReader(createBlockingRedis(url, "test", logger), redis, logger);
  log = createEventLog(redis, reader, { ttlSeconds: 60 });
});
afterAll(async () => {
  await reader.close();
  redis.disconnect();
});

async function take(
  stream: string,
  after: number,
  count: number,
  signal = new AbortController().signal,
): Promise<number[]> {
  const seen: number[] = [];
  for await (const entry of log.follow(stream, after, signal)) {
    expect(entry.event.n).toBe(entry.sequence);
    seen.push(entry.sequence);
    if (seen.length === count) break;
  }
  return seen;
}

describe("an event log", () => {
  test("numbers events from 1 without gaps and resumes after any of them", async () => {
    const stream = key();
    await log.append(stream, [{ n: 1 }, { n: 2 }]);
    expect(await log.append(stream, [{ n: 3 }])).toBe(3);
    for (let after = 0; after < 3; after++)
      expect(await take(stream, after, 3 - after)).toEqual([1, 2, 3].slice(after));
  });

  test("a hundred followers of as many streams, joining while others wait, miss nothing", async () => {
    const streams = Array.from({ length: 100 }, key);
    const followers = streams.map((stream) => take(stream, 0, 5));
    for (let n = 1; n <= 5; n++) await Promise.all(streams.map((stream) => log.append(stream, [{ n }])));
    for (const seen of await Promise.all(followers)) expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test("a follower is woken when it waits alone on a stream that another connection begins", async () => {
    const waiting = key();
    const controller = new AbortController();
    const idle = take(waiting, 0, 1, controller.signal);
    for (let round = 0; round < 20; round++) {
      const stream = key();
      const follower = take(stream, 0, 1);
      await log.append(stream, [{ n: 1 }]);
      expect(await follower).toEqual([1]);
    }
    controller.abort();
    expect(await idle).toEqual([]);
  });

  test("a writer that was overtaken cannot append", async () => {
    const stream = key();
    await log.append(stream, [{ n: 1 }], 0);
    await log.append(stream, [{ n: 2 }], 1);
    await expect(log.append(stream, [{ n: 2 }], 1)).rejects.toBeInstanceOf(OvertakenError);
    expect(await log.last(stream)).toBe(2);
  });

  test("leaving ends a follower at once, even while nothing comes", async () => {
    const controller = new AbortController();
    const follower = take(key(), 0, 1, controller.signal);
    controller.abort();
    expect(await follower).toEqual([]);
  });

  test("readers at different places of one stream hold each other back in nothing", async () => {
    const stream = key();
    const left = new AbortController();
    const beyond = take(stream, 1000, 1, left.signal);
    const early = take(stream, 0, 300);
    let late: Promise<number[]> | undefined;
    for (let n = 1; n <= 300; n += 3) {
      await log.append(stream, [{ n }, { n: n + 1 }]);
      await log.append(stream, [{ n: n + 2 }]);
      if (n === 151) late = take(stream, 100, 200);
    }
    expect(await early).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(await late).toEqual(Array.from({ length: 200 }, (_, i) => i + 101));
    left.abort();
    expect(await beyond).toEqual([]);
  });
});
