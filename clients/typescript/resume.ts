import { ApiError, ConnectionError } from "./transport.js";

export interface ResumeOptions {
  readonly signal?: AbortSignal;
  /** How many times in a row a broken connection is tried again before giving up. Any event resets the count. */
  readonly attempts?: number;
  /** First pause in milliseconds; it doubles with each attempt. */
  readonly pauseMs?: number;
}

/** Codes after which the same stream can be taken up again, with a fresh token or after a pause. */
const RESUMABLE = new Set(["TOKEN_EXPIRED", "UNAVAILABLE", "TIMEOUT", "SCHEMA_RELOAD", "SUBSCRIPTION_SCHEMA_RELOAD"]);
const isResumable = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && RESUMABLE.has(error.code));

/**
 * Follows a numbered stream over as many connections as it takes: after a break it asks again for what comes after the last
 * event it saw, so that nothing is missed and nothing comes twice.
 * @param connect opens one connection for the events after a cursor
 * @param cursorOf the cursor of an event
 * @param isLast whether the stream is complete with this event
 */
export async function* resumable<Event, Cursor>(
  connect: (after: Cursor) => AsyncIterable<Event>,
  start: Cursor,
  cursorOf: (event: Event) => Cursor,
  isLast: (event: Event) => boolean,
  options: ResumeOptions = {},
): AsyncGenerator<Event, void, undefined> {
  let cursor = start;
  let failures = 0;
  while (!options.signal?.aborted) {
    try {
      for await (const event of connect(cursor)) {
        if (options.signal?.aborted) return;
        failures = 0;
        cursor = cursorOf(event);
        yield event;
        if (isLast(event)) return;
      }
      return; // the server completed the stream
    } catch (error) {
      if (options.signal?.aborted) return;
      if (!isResumable(error) || ++failures > (options.attempts ?? 8)) throw error;
      await pause(Math.min((options.pauseMs ?? 100) * 2 ** (failures - 1), 5000), options.signal);
    }
  }
}

/** Resolves after a time in milliseconds, or at once when the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}
