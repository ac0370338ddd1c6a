import http from "node:http";

/** One POST: its body and headers. */
export interface Outgoing {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Load {
  readonly url: string;
  /** Requests that are under way at a time, each on a connection of its own. */
  readonly connections: number;
  readonly requests: number;
  /** Makes the next request; its time is not counted. */
  readonly next: () => Promise<Outgoing> | Outgoing;
  readonly signal: AbortSignal;
}

const REQUEST_LIMIT_MS = 20_000;

function post(url: string, agent: http.Agent, { body, headers }: Outgoing, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      {
        method: "POST",
        agent,
        signal,
        timeout: REQUEST_LIMIT_MS,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString("utf8");
          if (response.statusCode !== 200)
            reject(new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 500)}`));
          else resolve(text);
        });
      },
    );
    request.on("timeout", () => request.destroy(new Error(`${url} did not answer in ${REQUEST_LIMIT_MS} ms`)));
    request.on("error", reject);
    request.end(body);
  });
}

/**
 * Sends requests in a closed loop: each connection sends its next one when its last was answered. Resolves with the
 * milliseconds of each. @throws Error when an answer is not the first one's equal, or no success
 */
export async function load(options: Load): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.connections });
  const latencies: number[] = [];
  let left = options.requests;
  let expected: string | undefined;
  const connection = async (): Promise<void> => {
    while (left-- > 0) {
      const outgoing = await options.next();
      const started = performance.now();
      const text = await post(options.url, agent, outgoing, options.signal);
      latencies.push(performance.now() - started);
      expected ??= dataOf(text, options.url);
      if (dataOf(text, options.url) !== expected) throw new Error(`${options.url} gave two different answers`);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections }, connection));
  } finally {
    agent.destroy();
  }
  return latencies;
}

/** The data of one answer as canonical JSON. @throws Error when the answer has errors */
export async function answerTo(url: string, outgoing: Outgoing, signal: AbortSignal): Promise<string> {
  const agent = new http.Agent();
  try {
    return canonical((JSON.parse(await post(url, agent, outgoing, signal)) as { data: unknown }).data);
  } finally {
    agent.destroy();
  }
}

function dataOf(text: string, url: string): string {
  if (!text.startsWith('{"data":{') || text.includes('"errors"'))
    throw new Error(`${url} answered ${text.slice(0, 500)}`);
  return text;
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
