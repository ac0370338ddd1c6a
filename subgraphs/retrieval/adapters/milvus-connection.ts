import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { RequestError, UnavailableError } from "../../../platform/errors/errors.js";

/** What Milvus answered where it did not succeed. */
export class MilvusError extends Error {
  constructor(
    readonly call: string,
    readonly code: number,
    reason: string,
  ) {
    super(`Milvus refused ${call} (${code}): ${reason}`);
    this.name = "MilvusError";
  }
}

/** Milvus' own codes: https://milvus.io/api-reference/go/v2.4.x/Error.md */
export const COLLECTION_NOT_FOUND = 100;
export const COLLECTION_NOT_LOADED = 101;

interface Status {
  readonly error_code?: string | number;
  readonly code?: number;
  readonly reason?: string;
}

/** Milvus behind the SDK's rough edges: each call has a time limit and a signal, each status is checked, a lost server is found again. */
export interface MilvusConnection {
  /** @throws MilvusError for a refusal, UnavailableError when Milvus does not answer in time */
  call<T>(
    name: string,
    signal: AbortSignal,
    run: (client: MilvusClient, timeout: number) => Promise<T>,
    limitMs?: number,
  ): Promise<T>;
  close(): Promise<void>;
}

const CALL_LIMIT_MS = 10_000;
const CONNECT_LIMIT_MS = 5000;

const away = (cause: unknown): UnavailableError =>
  new UnavailableError("VECTOR_INDEX", "The vector index does not answer just now. Try again shortly.", { cause });

/**
 * The SDK answers a call that the server does not know with `{}` and no error, so nothing but an explicit "Success" counts.
 * Its refusals come as plain objects or as errors, depending on the call.
 */
function check<T>(name: string, answer: T): T {
  const status = ((answer as { status?: Status }).status ?? answer) as Status;
  if (status.error_code !== "Success" && status.error_code !== 0)
    throw new MilvusError(name, status.code ?? -1, status.reason || "an empty answer");
  return answer;
}

function failure(name: string, error: unknown): unknown {
  if (error instanceof MilvusError || error instanceof RequestError) return error;
  if (!(error instanceof Error)) {
    const status = error as Status | undefined;
    return new MilvusError(name, status?.code ?? -1, status?.reason ?? "unknown");
  }
  // gRPC's errors carry a numeric code and details; anything else is a bug of ours or of the SDK.
  return typeof (error as { code?: unknown }).code === "number" ? away(error) : error;
}

/** Settles with the work, or rejects when the signal aborts first; the work's own deadline ends it then. */
function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** @param address host:port */
export function createMilvusConnection(address: string): MilvusConnection {
  let connecting: Promise<MilvusClient> | undefined;
  let closed = false;

  // A client whose first connection failed stays failed, so it is thrown away and the next call makes another.
  async function connect(): Promise<MilvusClient> {
    const client = new MilvusClient({
      address,
      timeout: CONNECT_LIMIT_MS,
      logLevel: "error",
      maxRetries: 1,
      telemetry: { enabled: false },
      channelOptions: {
        "grpc.keepalive_time_ms": 300_000,
        "grpc.initial_reconnect_backoff_ms": 200,
        "grpc.max_reconnect_backoff_ms": 2000,
      },
    });
    try {
      await client.connectPromise;
      return client;
    } catch (error) {
      connecting = undefined;
      await client.closeConnection().catch(() => {});
      throw away(error);
    }
  }

  return {
    async call(name, signal, run, limitMs = CALL_LIMIT_MS) {
      if (closed) throw away(new Error("the connection is closed"));
      connecting ??= connect();
      const work = connecting.then((client) => run(client, limitMs));
      const limit = AbortSignal.timeout(limitMs);
      try {
        return check(name, await until(AbortSignal.any([signal, limit]), work));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw limit.aborted ? away(error) : failure(name, error);
      }
    },
    async close() {
      closed = true;
      await connecting?.then((client) => client.closeConnection()).catch(() => {});
    },
  };
}
