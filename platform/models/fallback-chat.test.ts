import { describe, expect, test } from "vitest";
import { FallbackChat } from "./fallback-chat.js";
import { json, MisbehavingServer, type SeenRequest } from "./misbehaving-server.js";
import { OpenAiChat } from "./openai-chat.js";
import type { ChatEvent } from "./ports.js";

const REQUEST = { model: "large", messages: [{ role: "user" as const, content: "hi" }] };
const chunk = (choice: object): string => `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
const says =
  (text: string, whole = true) =>
  ({ path, response }: SeenRequest): void => {
    if (path === "/v1/models") return void json(response, { data: [{ id: text }, { id: "both" }] });
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk({ delta: { content: text } }));
    if (whole) response.end(chunk({ finish_reason: "stop" }));
    else response.end();
  };
const failing =
  (status: number) =>
  ({ response }: SeenRequest): void =>
    json(response, { error: { message: "no" } }, status);

async function pair(primary: (seen: SeenRequest) => void) {
  const servers = [await MisbehavingServer.start(primary), await MisbehavingServer.start(says("small"))] as const;
  const [large, small] = servers.map(({ url }) => new OpenAiChat({ url, model: "m", startTimeoutMs: 2000 })) as [
    OpenAiChat,
    OpenAiChat,
  ];
  return {
    chat: new FallbackChat(large, { chat: small, model: "small" }),
    servers,
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}
async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> {
  const out: ChatEvent[] = [];
  for await (const one of events) out.push(one);
  return out;
}

describe("a chat model with a fallback", () => {
  test.each([500, 503, 429])("lets the fallback answer, and says so, when the server answers %i", async (status) => {
    await using both = await pair(failing(status));
    expect(await collect(both.chat.stream(REQUEST))).toEqual([
      { type: "model", model: "small" },
      { type: "delta", text: "small" },
      { type: "finish", reason: "stop" },
    ]);
    expect(both.servers[1].seen[0]?.body.model).toBe("small");
  });

  test("never answers twice: what breaks off after its first word is not asked anew", async () => {
    await using both = await pair(says("half", false));
    const seen: ChatEvent[] = [];
    const reading = (async () => {
      for await (const event of both.chat.stream(REQUEST)) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(seen).toEqual([{ type: "delta", text: "half" }]);
    expect(both.servers[1].seen).toEqual([]);
  });

  test("a request that no model would take is not sent on", async () => {
    await using both = await pair(failing(400));
    await expect(collect(both.chat.stream(REQUEST))).rejects.toMatchObject({ code: "REJECTED" });
    expect(both.servers[1].seen).toEqual([]);
  });

  test("lists the models of both, and of the one that answers", async () => {
    await using both = await pair(says("large"));
    expect((await both.chat.models()).map(({ id }) => id)).toEqual(["large", "both", "small"]);
    await using one = await pair(failing(500));
    expect((await one.chat.models()).map(({ id }) => id)).toEqual(["small", "both"]);
  });
});
