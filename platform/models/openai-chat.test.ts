import { describe, expect, test } from "vitest";
import { ModelError } from "./errors.js";
import { json, MisbehavingServer, type SeenRequest } from "./misbehaving-server.js";
import { OpenAiChat } from "./openai-chat.js";
import type { ChatEvent } from "./ports.js";

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string) => event({ choices: [{ delta: { content }, finish_reason: null }] });
const finish = event({ choices: [{ delta: { content: "" }, finish_reason: "stop" }] });
const usage = event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } });
const REQUEST = { messages: [{ role: "user" as const, content: "hi" }] };

function stream({ response }: SeenRequest, ...parts: (string | Uint8Array)[]) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const part of parts) response.write(part);
  return response;
}
const chat = (server: MisbehavingServer) =>
  new OpenAiChat({ url: server.url, model: "m", startTimeoutMs: 2_000, idleTimeoutMs: 2_000 });
async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const out: ChatEvent[] = [];
  for await (const one of events) out.push(one);
  return out;
}

describe("the OpenAI chat client", () => {
  test("deltas, finish and usage come in order, whatever the cuts between network pieces", async () => {
    const bytes = Buffer.from(`${delta("안녕")}: a comment\n\n${delta(" 세계")}${finish}${usage}data: [DONE]\n\n`);
    await using server = await MisbehavingServer.start((request) => {
      const response = stream(request);
      // One byte at a time cuts inside characters, lines and events.
      for (const byte of bytes) response.write(Uint8Array.of(byte));
      response.end();
    });
    expect(await collect(chat(server).stream(REQUEST))).toEqual([
      { type: "delta", text: "안녕" },
      { type: "delta", text: " 세계" },
      { type: "finish", reason: "stop" },
      { type: "usage", promptTokens: 3, completionTokens: 2 },
    ]);
    expect(server.seen[0]?.body.stream_options).toEqual({ include_usage: true });
  });

  test("leaving the loop closes the connection", async () => {
    await using server = await MisbehavingServer.start((request) => void stream(request, delta("a"), delta("b")));
    for await (const one of chat(server).stream(REQUEST)) {
      expect(one).toEqual({ type: "delta", text: "a" });
      break;
    }
    await server.until(() => server.abandoned === 1);
  });

  test("an abort in mid-stream rejects with its reason and closes the connection", async () => {
    await using server = await MisbehavingServer.start((request) => void stream(request, delta("a")));
    const controller = new AbortController();
    const events = chat(server).stream(REQUEST, { signal: controller.signal });
    expect((await events.next()).value).toEqual({ type: "delta", text: "a" });
    const waiting = events.next();
    controller.abort(new Error("cancelled by the user"));
    await expect(waiting).rejects.toThrow("cancelled by the user");
    await server.until(() => server.abandoned === 1);
  });

  test("a stream that ends without a finish is UNAVAILABLE, not a short answer", async () => {
    await using server = await MisbehavingServer.start((request) => void stream(request, delta("a")).end());
    await expect(collect(chat(server).stream(REQUEST))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("a silent stream ends as TIMEOUT", async () => {
    await using server = await MisbehavingServer.start((request) => void stream(request, delta("a")));
    const client = new OpenAiChat({ url: server.url, model: "m", idleTimeoutMs: 50 });
    await expect(collect(client.stream(REQUEST))).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("a busy server is asked again before the first token, never after", async () => {
    await using server = await MisbehavingServer.start((request) => {
      if (server.seen.length === 1) json(request.response, { error: { message: "busy" } }, 503);
      else stream(request, delta("a"));
    });
    const events = chat(server).stream(REQUEST);
    expect((await events.next()).value).toEqual({ type: "delta", text: "a" });
    server.seen.at(-1)?.response.destroy();
    await expect(events.next()).rejects.toBeInstanceOf(ModelError);
    expect(server.seen).toHaveLength(2);
  });

  test("a context that is too long is TOO_LONG, an unknown model REJECTED", async () => {
    await using server = await MisbehavingServer.start(({ body, response }) => {
      const long = body.model === "m";
      const message = long ? "This model's maximum context length is 2048 tokens" : "The model `x` does not exist.";
      json(response, { error: { message, type: "x", param: null, code: 400 } }, long ? 400 : 404);
    });
    await expect(collect(chat(server).stream(REQUEST))).rejects.toMatchObject({ code: "TOO_LONG" });
    await expect(collect(chat(server).stream({ ...REQUEST, model: "x" }))).rejects.toMatchObject({ code: "REJECTED" });
  });

  test("tokens are estimated from above where the server has no tokenizer", async () => {
    await using server = await MisbehavingServer.start(({ response }) => json(response, {}, 404));
    expect(await chat(server).countTokens("연차휴가")).toBe(4);
  });
});
