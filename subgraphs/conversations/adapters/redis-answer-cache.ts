import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Embedder } from "../../../platform/models/ports.js";
import { type Redis, tenantKey } from "../../../platform/redis/redis.js";
import type { CachedAnswer, CacheScope } from "../domain/answer-cache.js";
import { exactForm, sameQuestion, similarFrom } from "../domain/same-question.js";
import type { AnswerCache } from "../trust-ports.js";

const TTL_SECONDS = 24 * 3600;
/** Questions of one scope that are compared. */
const MAX_COMPARED = 1000;
/** How long one asker computes for all; then the others help themselves. */
const LEASE_MS = 30_000;
const LOOK_MS = 50;
const SCAN_COUNT = 500;

interface Asked {
  readonly question: string;
  /** A quantised vector: 8 bits per number, in base64, to be compared by cosine. */
  readonly vector: string;
}

const quantised = (vector: readonly number[]): string => {
  const largest = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-9);
  return Buffer.from(Int8Array.from(vector, (value) => Math.round((value / largest) * 127)).buffer).toString("base64");
};

function cosine(a: readonly number[], encoded: string): number {
  const bytes = Buffer.from(encoded, "base64");
  const b = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  if (b.length !== a.length) return 0;
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / Math.sqrt(aa * bb || 1);
}

/** Answers in an evicting Redis, under everything that two askers must share: what is lost there is computed again. */
export function createAnswerCache(
  redis: Redis,
  embedder: Pick<Embedder, "info" | "embedQuery"> | undefined,
): AnswerCache {
  const key = (scope: CacheScope, ...parts: readonly string[]): string => {
    const { tenantId, departments, roles, datasetIds, ...rest } = scope;
    const sorted = [departments, roles, datasetIds].map((names) => [...new Set(names)].sort());
    const shared = JSON.stringify([sorted, rest.stamp, rest.model, rest.prompt, rest.grounding, rest.piiOutput]);
    return tenantKey(tenantId, "answers", createHash("sha256").update(shared).digest("base64url"), ...parts);
  };
  const hashOf = (question: string): string => createHash("sha256").update(exactForm(question)).digest("base64url");
  const answerKey = (scope: CacheScope, question: string): string => key(scope, "answer", hashOf(question));
  const leadKey = (scope: CacheScope, question: string): string => key(scope, "leads", hashOf(question));
  const exact = async (scope: CacheScope, question: string): Promise<CachedAnswer | undefined> => {
    const text = await redis.get(answerKey(scope, question));
    return text === null ? undefined : (JSON.parse(text) as CachedAnswer);
  };
  const measured = async (signal?: AbortSignal): Promise<number | undefined> =>
    embedder && similarFrom((await embedder.info({ signal })).model);

  return {
    exact,
    async similar(scope, question, signal) {
      const from = await measured(signal);
      if (from === undefined) return undefined;
      const asked = (await redis.lrange(key(scope, "asked"), 0, MAX_COMPARED - 1)).map(
        (one) => JSON.parse(one) as Asked,
      );
      // Words decide in the end, and cost less than a vector.
      const same = asked.filter((one) => sameQuestion(one.question, question));
      if (same.length === 0) return undefined;
      const vector = (await embedder?.embedQuery(question, { signal })) ?? [];
      const best = same
        .map((one) => ({ one, similarity: cosine(vector, one.vector) }))
        .sort((a, b) => b.similarity - a.similarity)[0];
      if (!best || best.similarity < from) return undefined;
      const answer = await exact(scope, best.one.question);
      return answer && { answer, similarity: Math.round(best.similarity * 1000) / 1000 };
    },
    async keep(scope, question, answer) {
      await redis.set(answerKey(scope, question), JSON.stringify(answer), "EX", TTL_SECONDS);
    },
    async remember(scope, question) {
      if ((await measured()) === undefined) return;
      const vector = (await embedder?.embedQuery(question)) ?? [];
      const asked: Asked = { question, vector: quantised(vector) };
      const list = key(scope, "asked");
      await redis
        .multi()
        .lpush(list, JSON.stringify(asked))
        .ltrim(list, 0, MAX_COMPARED - 1)
        .expire(list, TTL_SECONDS)
        .exec();
    },
    lead: async (scope, question) => (await redis.set(leadKey(scope, question), "1", "PX", LEASE_MS, "NX")) === "OK",
    follow: async (scope, question) => void (await redis.del(leadKey(scope, question))),
    async settled(scope, question, limitMs, signal) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      while (!until.aborted && (await redis.exists(leadKey(scope, question))) === 1)
        await pause(LOOK_MS, undefined, { signal: until }).catch(() => {});
      signal.throwIfAborted();
    },
    async forget(tenantId, documentId) {
      let removed = 0;
      // Whatever an eviction has left of any index, the entries themselves tell what they were built from.
      for (let cursor = "0"; ; ) {
        const [next, keys] = await redis.scan(
          cursor,
          "MATCH",
          `${tenantKey(tenantId, "answers")}:*:answer:*`,
          "COUNT",
          SCAN_COUNT,
        );
        const values = keys.length > 0 ? await redis.mget(...keys) : [];
        const gone = keys.filter((_, i) => {
          const value = values[i];
          return value != null && (JSON.parse(value) as CachedAnswer).passages.some((p) => p.documentId === documentId);
        });
        if (gone.length > 0) removed += await redis.del(...gone);
        if (next === "0") return removed;
        cursor = next;
      }
    },
  };
}
