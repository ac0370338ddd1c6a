/** A typed document as codegen writes it: its text, with the types of its result and variables. */
export interface TypedOperation<Result, Variables> {
  toString(): string;
  readonly __apiType?: (variables: Variables) => Result;
}

/** One error of an answer, with its stable code and the trace id to quote. */
export interface ApiErrorDetail {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly traceId?: string; readonly [key: string]: unknown };
}

/** The request itself failed (not signed in, too complex, unavailable …). A user's mistake is data in the result instead. */
export class ApiError extends Error {
  readonly code: string;
  readonly traceId: string | undefined;
  constructor(readonly errors: readonly ApiErrorDetail[]) {
    super(errors.map((error) => error.message).join("; ") || "The request failed.");
    this.name = "ApiError";
    this.code = errors[0]?.extensions?.code ?? "UNKNOWN";
    this.traceId = errors[0]?.extensions?.traceId;
  }
}

/** The connection was lost or never made; the same call may be tried again. */
export class ConnectionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectionError";
  }
}

export interface TransportOptions {
  /** The router's GraphQL URL. */
  readonly url: string;
  /** Gives a valid token for each request, so that a long stream can be resumed with a fresh one. */
  readonly token: () => string | Promise<string>;
  /** Milliseconds a query or mutation may take, and a stream may take to open. Default 30,000. */
  readonly timeoutMs?: number;
  /** Milliseconds without a byte after which a stream counts as broken; the router sends a sign of life every 12 s. Default 45,000. */
  readonly silenceMs?: number;
  readonly fetch?: typeof fetch;
}

interface Payload<Result> {
  data?: Result | null;
  errors?: ApiErrorDetail[];
}

/** Queries and mutations over HTTP, subscriptions over server-sent events: both are plain fetch. */
export interface Transport {
  /** @throws ApiError, ConnectionError */
  execute<Result, Variables>(
    operation: TypedOperation<Result, Variables>,
    variables: Variables,
    options?: { signal?: AbortSignal },
  ): Promise<Result>;
  /** One connection's events, until the server completes it. Breaking out of the loop closes the connection. @throws ApiError, ConnectionError */
  subscribe<Result, Variables>(
    operation: TypedOperation<Result, Variables>,
    variables: Variables,
    options?: { signal?: AbortSignal },
  ): AsyncGenerator<Result, void, undefined>;
}

/** More than any one event holds: an answer with all its passages is a hundredth of it. */
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/** Opens no connection by itself; each call is one request. */
export function createTransport(options: TransportOptions): Transport {
  const { url, timeoutMs = 30_000, silenceMs = 45_000 } = options;

  const call = async (query: string, variables: unknown, accept: string, signal: AbortSignal): Promise<Response> => {
    const token = await unlessAborted(Promise.resolve(options.token()), signal);
    try {
      return await (options.fetch ?? fetch)(url, {
        method: "POST",
        signal,
        headers: { "content-type": "application/json", accept, authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new ConnectionError(`${url} cannot be reached.`, { cause: error });
    }
  };

  return {
    async execute(operation, variables, { signal } = {}) {
      const limit = AbortSignal.timeout(timeoutMs);
      const either = signal ? AbortSignal.any([signal, limit]) : limit;
      try {
        const response = await call(operation.toString(), variables, "application/json", either);
        const payload = (await response.json().catch((cause: unknown) => {
          if (either.aborted) throw either.reason;
          throw new ConnectionError(`${url} answered ${response.status} without JSON.`, { cause });
        })) as Payload<never>;
        if (payload.errors?.length) throw new ApiError(payload.errors);
        if (payload.data == null) throw new ConnectionError(`${url} answered ${response.status} without data.`);
        return payload.data;
      } catch (error) {
        if (limit.aborted && !signal?.aborted)
          throw new ConnectionError(`${url} did not answer within ${timeoutMs} ms.`, { cause: error });
        throw error;
      }
    },
    async *subscribe(operation, variables, { signal } = {}) {
      const left = new AbortController();
      const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
      const silence = watchdog(silenceMs, () => left.abort(new ConnectionError("The stream fell silent.")));
      const opening = setTimeout(
        () => left.abort(new ConnectionError(`${url} did not open the stream within ${timeoutMs} ms.`)),
        timeoutMs,
      );
      try {
        const response = await call(operation.toString(), variables, "text/event-stream", either);
        clearTimeout(opening);
        if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
          const payload = (await response.json().catch(() => ({}))) as Payload<never>;
          throw payload.errors?.length
            ? new ApiError(payload.errors)
            : new ConnectionError(`${url} answered ${response.status} instead of a stream.`);
        }
        for await (const event of serverSentEvents(response, silence)) {
          if (event.type === "complete") return;
          if (event.type !== "next") continue;
          const payload = JSON.parse(event.data) as Payload<never>;
          if (payload.errors?.length) throw new ApiError(payload.errors);
          if (payload.data != null) yield payload.data;
        }
        throw new ConnectionError("The stream broke off.");
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (left.signal.reason instanceof ConnectionError) throw left.signal.reason;
        throw error instanceof ApiError || error instanceof ConnectionError
          ? error
          : new ConnectionError("The stream broke off.", { cause: error });
      } finally {
        clearTimeout(opening);
        silence.stop();
        left.abort();
      }
    },
  };
}

/** What a promise gives, or the signal's reason when that comes first. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", onAbort));
}

interface Watchdog {
  /** Starts counting: bytes are waited for. */
  wait(): void;
  /** Stops counting: they came, or nobody reads. */
  stop(): void;
}

function watchdog(limitMs: number, onSilence: () => void): Watchdog {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    wait() {
      clearTimeout(timer);
      timer = setTimeout(onSilence, limitMs);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Events of a `text/event-stream` body. https://html.spec.whatwg.org/multipage/server-sent-events.html */
async function* serverSentEvents(
  response: Response,
  silence: Watchdog,
): AsyncGenerator<{ type: string; data: string }> {
  if (!response.body) return;
  let buffer = "";
  silence.wait();
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    silence.stop();
    const searched = Math.max(0, buffer.length - 3);
    buffer += text;
    if (buffer.length > MAX_EVENT_CHARACTERS) throw new ConnectionError("The stream sent too large an event.");
    for (let end = blankLine(buffer, searched); end; end = blankLine(buffer, 0)) {
      const block = buffer.slice(0, end.index);
      buffer = buffer.slice(end.index + end.length);
      let type = "message";
      const data: string[] = [];
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith("event:")) type = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
      if (type !== "message" || data.length > 0) yield { type, data: data.join("\n") };
    }
    silence.wait();
  }
}

/** Where the next event ends, looking from a position on. */
function blankLine(text: string, from: number): { index: number; length: number } | undefined {
  const pattern = /\r?\n\r?\n/g;
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found ? { index: found.index, length: found[0].length } : undefined;
}
