import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What one request to the double does, in order: write a piece, wait to be told, hang, or break the connection. As the first step it may
 * refuse for being overloaded, or break the connection before it said anything.
 */
export type Step = string | { readonly wait: Promise<unknown> } | "<hang>" | "<cut>";

export interface SeenRequest {
  readonly messages: readonly { role: string; content: string }[];
  /** Resolves when the client has closed the connection before the end. */
  readonly closed: Promise<void>;
}

/** A server of the OpenAI chat protocol that says exactly what a test tells it to. */
export interface OpenAiDouble {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** What the next requests say; the last script stays. */
  say(...scripts: readonly (readonly Step[])[]): void;
  /** Resolves with the n-th request, from 1. */
  request(n: number): Promise<SeenRequest>;
  stop(): Promise<void>;
}

const wordsOf = (body: string): number => {
  const { prompt, messages } = JSON.parse(body) as { prompt?: string; messages?: { content: string }[] };
  return (prompt ?? (messages ?? []).map(({ content }) => content).join(" ")).split(/\s+/).length;
};

const chunk = (choices: unknown[], more: object = {}): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 0, model: "double", choices, ...more })}\n\n`;

async function play(res: ServerResponse, script: readonly Step[]): Promise<void> {
  if (script[0] === "<reset>") return void res.destroy();
  if (script[0] === "<429>")
    return void res
      .writeHead(429, { "content-type": "application/json" })
      .end(JSON.stringify({ error: { message: "too many requests" } }));
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.flushHeaders();
  for (const step of script) {
    if (step === "<cut>") return void res.destroy();
    if (step === "<hang>") return void (await once(res, "close"));
    if (typeof step !== "string") await step.wait;
    else res.write(chunk([{ index: 0, delta: { content: step }, finish_reason: null }]));
    if (res.destroyed) return;
  }
  res.write(chunk([{ index: 0, delta: {}, finish_reason: "stop" }]));
  res.write(
    chunk([], { usage: { prompt_tokens: 100, completion_tokens: script.length, total_tokens: 100 + script.length } }),
  );
  res.end("data: [DONE]\n\n");
}

/** @param window the context window that it tells; with `counts`, it has a tokenizer, by which a word is a token */
export async function startOpenAiDouble({ window = 32_768, counts = false } = {}): Promise<OpenAiDouble> {
  const requests: SeenRequest[] = [];
  const waiting = new Map<number, (request: SeenRequest) => void>();
  let scripts: readonly (readonly Step[])[] = [["네."]];
  const server = createServer(async (req, res) => {
    if (req.url === "/v1/models")
      return void res
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ object: "list", data: [{ id: "double", object: "model", max_model_len: window }] }));
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString("utf8");
    if (req.url === "/tokenize" && counts) return void res.end(JSON.stringify({ count: wordsOf(body) }));
    if (req.url !== "/v1/chat/completions") return void res.writeHead(404).end("{}");
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const closed = new Promise<void>((resolve) => res.once("close", () => !res.writableFinished && resolve()));
    const request = { messages, closed };
    requests.push(request);
    waiting.get(requests.length)?.(request);
    const script = scripts[0] ?? [];
    if (scripts.length > 1) scripts = scripts.slice(1);
    await play(res, script);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    say(...next) {
      scripts = next;
    },
    request: (n) => {
      const seen = requests[n - 1];
      return seen ? Promise.resolve(seen) : new Promise((resolve) => waiting.set(n, resolve));
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
