import { Agent, type Dispatcher, request } from "undici";
import { type AddressGuard, AddressRefused } from "./address-guard.js";

export interface GuardedRequest {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for everything, redirects and body included. */
  readonly timeoutMs: number;
  /** The largest body that is read; more is an error. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface GuardedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Where it came from after redirects. */
  readonly url: string;
}

/** The answer is larger than was asked for. */
export class BodyTooLarge extends Error {
  constructor(readonly maxBytes: number) {
    super(`The answer is larger than ${maxBytes} bytes.`);
    this.name = "BodyTooLarge";
  }
}

/** Goes to addresses that somebody outside has named. */
export interface GuardedFetch {
  /** @throws AddressRefused, BodyTooLarge, or the connection's own error */
  (url: string, options: GuardedRequest): Promise<GuardedResponse>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches behind the guard. The connection goes to the very addresses that were judged (there is no second look-up that could
 * answer otherwise), every redirect is judged anew, and nothing is decompressed, so that the bound on bytes holds.
 */
export function createGuardedFetch(guard: AddressGuard): GuardedFetch {
  const agent = new Agent({
    connect: {
      timeout: 5000,
      lookup: (host, options, done) => {
        guard.resolve(host).then(
          (addresses) => {
            const [first] = addresses;
            if (options.all) done(null, [...addresses]);
            else done(null, first?.address ?? "", first?.family ?? 4);
          },
          (error: Error) => done(error as NodeJS.ErrnoException, "", 4),
        );
      },
    },
    // A kept connection would outlive a change of what is allowed.
    pipelining: 0,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
  });

  async function readBody(body: Dispatcher.ResponseData["body"], maxBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) {
        body.destroy();
        throw new BodyTooLarge(maxBytes);
      }
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  const guarded = async (from: string, options: GuardedRequest): Promise<GuardedResponse> => {
    const limit = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    let url = guard.check(from);
    for (let hop = 0; ; hop++) {
      const answer = await request(url, {
        dispatcher: agent,
        method: options.method,
        headers: { "accept-encoding": "identity", "user-agent": "LLMFlow", ...options.headers },
        ...(options.body === undefined ? {} : { body: options.body }),
        signal,
      });
      const location = answer.headers["location"];
      if (REDIRECTS.has(answer.statusCode) && typeof location === "string") {
        answer.body.on("error", () => {}).destroy();
        // A POST is repeated only where the redirect says so.
        if (options.method === "POST" && answer.statusCode < 307)
          throw new AddressRefused("it redirects in a way that drops the request");
        if (hop >= MAX_REDIRECTS) throw new AddressRefused("it redirects too often");
        url = guard.check(new URL(location, url).href);
        continue;
      }
      const headers = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
      );
      return { status: answer.statusCode, headers, body: await readBody(answer.body, options.maxBytes), url: url.href };
    }
  };
  return Object.assign(guarded, { close: () => agent.destroy() });
}
