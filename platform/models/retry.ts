import { setTimeout as delay } from "node:timers/promises";
import { ModelError } from "./errors.js";

export interface RetryOptions {
  /** No further attempt begins after this many milliseconds. */
  deadlineMs: number;
  /** Attempts in all; unlimited within the deadline when unset. */
  attempts?: number | undefined;
  baseMs?: number | undefined;
  maxMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told of every attempt that failed and will be repeated. */
  onRetry?: ((error: ModelError) => void) | undefined;
}

/** Repeats a call on transient model errors: exponential backoff with full jitter, never less than the server asked for. */
export async function retrying<T>(call: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { deadlineMs, attempts = Number.POSITIVE_INFINITY, baseMs = 50, maxMs = 5_000, signal } = options;
  const deadline = performance.now() + deadlineMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call(attempt);
    } catch (error) {
      if (!(error instanceof ModelError) || !error.transient || attempt >= attempts) throw error;
      const backoff = Math.random() * Math.min(maxMs, baseMs * 2 ** attempt);
      const pause = Math.max(backoff, error.retryAfterMs ?? 0, 5);
      if (performance.now() + pause >= deadline) throw error;
      options.onRetry?.(error);
      await delay(pause, undefined, signal ? { signal } : {}).catch(() => {
        throw signal?.reason;
      });
    }
  }
}
