import { ModelError } from "./errors.js";

/** Longest event accepted; a token's event is a few hundred bytes. */
const EVENT_LIMIT = 1 << 20;

export interface EventStreamLimits {
  /** Longest silence between two pieces of the stream, and before the first. */
  idleMs: number;
  /** Names the server in errors. */
  name: string;
}

async function readWithin<T>(read: Promise<T>, { idleMs, name }: EventStreamLimits): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ModelError("TIMEOUT", `${name} fell silent for ${idleMs} ms`)), idleMs);
  });
  try {
    return await Promise.race([read, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The `data` of one block of lines, its lines joined; undefined for comments and other fields. */
function dataOf(block: string): string | undefined {
  const lines = block.split("\n").filter((line) => line.startsWith("data:"));
  if (lines.length === 0) return undefined;
  return lines.map((line) => line.slice(line.startsWith("data: ") ? 6 : 5)).join("\n");
}

/**
 * The data of each server-sent event, as it arrives. Reads only when asked for the next event; leaving the loop cancels
 * the body. Throws `TIMEOUT` on silence and `REJECTED` on an event beyond any reason.
 */
export async function* eventData(
  body: ReadableStream<Uint8Array>,
  limits: EventStreamLimits,
): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  try {
    for (;;) {
      const { done, value } = await readWithin(reader.read(), limits);
      if (done) return;
      buffer += decoder.decode(value, { stream: true }).replaceAll("\r", "");
      for (let end = buffer.indexOf("\n\n"); end >= 0; end = buffer.indexOf("\n\n")) {
        const data = dataOf(buffer.slice(0, end));
        buffer = buffer.slice(end + 2);
        if (data !== undefined) yield data;
      }
      if (buffer.length > EVENT_LIMIT) throw new ModelError("REJECTED", `${limits.name} sent an event without end`);
    }
  } finally {
    // Not awaited: a peer that has gone must not delay the caller, and cancelling closes the connection at once.
    void reader.cancel().catch(() => {});
  }
}
