import { once } from "node:events";
import type { ServerResponse } from "node:http";
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  subscribe,
  validate,
} from "graphql";

/** The body of a GraphQL-over-HTTP request. */
export interface GraphQLParams {
  readonly query?: string;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
  readonly extensions?: Record<string, unknown> | null;
}

export interface SseOptions {
  readonly schema: GraphQLSchema;
  readonly params: GraphQLParams;
  /** Called after parsing and validation. */
  readonly context: () => Promise<unknown>;
  readonly mask: (error: GraphQLError) => ExecutionResult;
  /** Ends the stream with its reason as the last event, e.g. when the viewer's token expires. */
  readonly expired: AbortSignal;
  readonly heartbeatMs?: number;
  /** The longest a client may leave the socket full before it is let go, in milliseconds. */
  readonly slowReaderMs?: number;
}

const MAX_TOKENS = 2000;

/**
 * GraphQL over SSE, "distinct connections" mode. Pull-driven: the next event is asked for only when the socket has taken the
 * last one, so a slow reader pauses its producer and nothing is buffered. A disconnect ends the iterator at once.
 * Protocol: https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
 */
export async function serveSse(res: ServerResponse, options: SseOptions): Promise<void> {
  let result: AsyncGenerator<ExecutionResult> | ExecutionResult;
  try {
    const document: DocumentNode = parse(options.params.query ?? "", { maxTokens: MAX_TOKENS });
    const errors = validate(options.schema, document);
    result = errors.length
      ? { errors }
      : ((await subscribe({
          schema: options.schema,
          document,
          variableValues: options.params.variables ?? null,
          operationName: options.params.operationName ?? null,
          contextValue: await options.context(),
        })) as typeof result);
  } catch (error) {
    result = {
      errors: [
        error instanceof GraphQLError
          ? error
          : new GraphQLError("The request failed.", { originalError: error as Error }),
      ],
    };
  }
  if (res.destroyed) {
    if (Symbol.asyncIterator in result) void result.return(undefined).catch(() => {});
    return;
  }
  res.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    connection: "keep-alive",
  });
  const events = Symbol.asyncIterator in result ? result : undefined;
  let closed = false;
  const onClose = (): void => {
    closed = true;
    void events?.return(undefined).catch(() => {});
  };
  res.once("close", onClose);
  const heartbeat = setInterval(() => {
    if (!res.writableNeedDrain) res.write(":\n\n");
  }, options.heartbeatMs ?? 12_000);
  const masked = (value: ExecutionResult): ExecutionResult =>
    value.errors ? { ...value, errors: value.errors.flatMap((error) => options.mask(error).errors ?? []) } : value;
  const send = async (value: ExecutionResult): Promise<void> => {
    if (res.write(`event: next\ndata: ${JSON.stringify(masked(value))}\n\n`) || closed) return;
    const settled = new AbortController();
    const stalled = setTimeout(() => res.destroy(), options.slowReaderMs ?? 60_000);
    try {
      await Promise.race([
        once(res, "drain", { signal: settled.signal }),
        once(res, "close", { signal: settled.signal }),
      ]);
    } finally {
      clearTimeout(stalled);
      settled.abort();
    }
  };
  let onExpired = (): void => {};
  const expired = new Promise<"expired">((resolve) => {
    onExpired = () => resolve("expired");
    if (options.expired.aborted) onExpired();
    else options.expired.addEventListener("abort", onExpired, { once: true });
  });
  try {
    res.write(":\n\n");
    if (!events) await send(result as ExecutionResult);
    else
      for (;;) {
        const next = await Promise.race([events.next(), expired]);
        if (next === "expired") {
          void events.return(undefined).catch(() => {});
          await send({
            errors: [new GraphQLError("The stream ended.", { originalError: options.expired.reason as Error })],
          });
          break;
        }
        if (next.done || closed) break;
        await send(next.value);
      }
  } catch (error) {
    if (!closed)
      await send({
        errors: [
          error instanceof GraphQLError
            ? error
            : new GraphQLError("The stream failed.", { originalError: error as Error }),
        ],
      }).catch(() => res.destroy());
  } finally {
    clearInterval(heartbeat);
    options.expired.removeEventListener("abort", onExpired);
    res.off("close", onClose);
    if (closed) void events?.return(undefined).catch(() => {});
    else res.end("event: complete\ndata:\n\n");
  }
}
