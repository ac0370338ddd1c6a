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
  /** Milliseconds a query or mutation may take. */
  readonly timeoutMs?: number;
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

export function createTransport(options: TransportOptions): Transport {
  const call = async (
    operation: TypedOperation<unknown, never>,
    variables: unknown,
    accept: string,
    signal: AbortSignal,
  ): Promise<Response> => {
    const token = await options.token();
    try {
      return await (options.fetch ?? fetch)(options.url, {
        method: "POST",
        signal,
        headers: { "content-type": "application/json", accept, authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: operation.toString(), variables }),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new ConnectionError(`${options.url} cannot be reached.`, { cause: error });
    }
  };
  return {
    async execute(operation, variables, { signal } = {}) {
      const limit = AbortSignal.timeout(options.timeoutMs ?? 30_000);
      const response = await call(
        operation as never,
        variables,
        "application/json",
        signal ? AbortSignal.any([signal, limit]) : limit,
      );
      const payload = (await response.json().catch((cause: unknown) => {
        throw new ConnectionError(`${options.url} answered ${response.status} without JSON.`, { cause });
      })) as Payload<never>;
      if (payload.errors?.length) throw new ApiError(payload.errors);
      if (payload.data == null) throw new ConnectionError(`${options.url} answered ${response.status} without data.`);
      return payload.data;
    },
    async *subscribe(operation, variables, { signal } = {}) {
      const left = new AbortController();
      const response = await call(
        operation as never,
        variables,
        "text/event-stream",
        signal ? AbortSignal.any([signal, left.signal]) : left.signal,
      );
      try {
        if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
          const payload = (await response.json().catch(() => ({}))) as Payload<never>;
          throw payload.errors?.length
            ? new ApiError(payload.errors)
            : new ConnectionError(`${options.url} answered ${response.status} instead of a stream.`);
        }
        for await (const event of serverSentEvents(response)) {
          if (event.type === "complete") return;
          if (event.type !== "next") continue;
          const payload = JSON.parse(event.data) as Payload<never>;
          if (payload.errors?.length) throw new ApiError(payload.errors);
          if (payload.data != null) yield payload.data;
        }
        throw new ConnectionError("The stream broke off.");
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        throw error instanceof ApiError || error instanceof ConnectionError
          ? error
          : new ConnectionError("The stream broke off.", { cause: error });
      } finally {
        left.abort();
      }
    },
  };
}

/** Events of a `text/event-stream` body. https://html.spec.whatwg.org/multipage/server-sent-events.html */
async function* serverSentEvents(response: Response): AsyncGenerator<{ type: string; data: string }> {
  if (!response.body) return;
  let buffer = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    buffer += text;
    for (let end = buffer.search(/\r?\n\r?\n/); end >= 0; end = buffer.search(/\r?\n\r?\n/)) {
      const block = buffer.slice(0, end);
      buffer = buffer.slice(end).replace(/^\r?\n\r?\n/, "");
      let type = "message";
      const data: string[] = [];
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith("event:")) type = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
      if (type !== "message" || data.length > 0) yield { type, data: data.join("\n") };
    }
  }
}
