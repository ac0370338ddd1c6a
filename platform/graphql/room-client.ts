import { type CallerKey, ENVELOPE_HEADER, signEnvelope } from "../auth/envelope.js";
import type { Viewer } from "../auth/viewer.js";
import { RequestError, UnavailableError } from "../errors/errors.js";
import { TRACE_HEADER, traceparent } from "../telemetry/trace.js";

export interface RoomClientOptions {
  /** The other room's name: the audience of the envelope. */
  readonly room: string;
  readonly url: string;
  readonly key: CallerKey;
}

export interface RoomRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly viewer: Viewer;
  readonly traceId: string;
  /** The span that the call belongs under, where one is recorded. */
  readonly spanId?: string | undefined;
  readonly signal: AbortSignal;
}

/** Calls another room's published GraphQL, signed like the router and carrying the viewer. */
export interface RoomClient {
  /** The operation's data. @throws UnavailableError when the room is away, RequestError with the room's own code when it refuses. */
  request<D>(request: RoomRequest): Promise<D>;
}

interface Answer<D> {
  data?: D | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export function createRoomClient(options: RoomClientOptions): RoomClient {
  const away = (cause?: unknown): UnavailableError =>
    new UnavailableError(options.room, `The ${options.room} service does not answer just now. Try again shortly.`, {
      cause,
    });
  return {
    async request<D>(request: RoomRequest): Promise<D> {
      const body = JSON.stringify({ query: request.query, variables: request.variables ?? {} });
      const envelope = await signEnvelope(options.key, options.room, request.viewer, body);
      let answer: Answer<D>;
      try {
        const response = await fetch(options.url, {
          method: "POST",
          body,
          signal: request.signal,
          headers: {
            "content-type": "application/json",
            accept: "application/json",
            [ENVELOPE_HEADER]: envelope,
            [TRACE_HEADER]: traceparent(request.traceId, request.spanId),
          },
        });
        if (response.status >= 500) throw away();
        answer = (await response.json()) as Answer<D>;
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        throw error instanceof RequestError ? error : away(error);
      }
      const failure = answer.errors?.[0];
      if (failure) {
        const code = failure.extensions?.code;
        if (code === "UNAVAILABLE" || code === "TIMEOUT" || code === "INTERNAL") throw away(new Error(failure.message));
        throw new RequestError(
          code === "UNAUTHENTICATED" || code === "FORBIDDEN" ? code : "BAD_REQUEST",
          failure.message,
        );
      }
      if (answer.data == null) throw away(new Error("no data"));
      return answer.data;
    },
  };
}
