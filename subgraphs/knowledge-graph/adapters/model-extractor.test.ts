import { describe, expect, test } from "vitest";
import { MisbehavingServer, type SeenRequest } from "../../../platform/models/misbehaving-server.js";
import { OpenAiChat } from "../../../platform/models/openai-chat.js";
import type { ExtractorInput } from "../domain/extraction/extractor.js";
import { modelExtractor } from "./model-extractor.js";

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
/** Answers one request in the wire format of OpenAI's servers. */
function say({ response }: SeenRequest, text: string, tokens = 100): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(event({ choices: [{ delta: { content: text }, finish_reason: null }] }));
  response.write(event({ choices: [{ delta: {}, finish_reason: "stop" }] }));
  response.write(event({ choices: [], usage: { prompt_tokens: tokens / 2, completion_tokens: tokens / 2 } }));
  response.end("data: [DONE]\n\n");
}
const GOOD = JSON.stringify({
  entities: [{ name: "relief fund" }, { name: "Atlantis" }],
  relations: [
    { subject: "relief fund", type: "paid by", object: "Finance Operations" },
    { subject: "relief fund", type: "OWNS", object: "Atlantis" },
  ],
});
const chunk: ExtractorInput = {
  text: "The relief fund is paid by Finance Operations. It is answered at [PHONE_NUMBER].",
  headingPath: [],
  documentTitle: null,
  tokens: 20,
};
const signal = () => AbortSignal.timeout(20_000);
const extractorOf = (server: MisbehavingServer, options: { tokensPerDocument?: number } = {}, patienceMs = 10_000) =>
  modelExtractor({
    chat: new OpenAiChat({ url: server.url, model: "m", startTimeoutMs: patienceMs, idleTimeoutMs: patienceMs }),
    analyze: () => [],
    tokensPerDocument: 1_000_000,
    ...options,
  });
const keys = (mentions: readonly { readonly key: string }[]) => mentions.map(({ key }) => key);

describe("extraction by a model", () => {
  test("adds names and typed relations that stand in the text, and none that do not", async () => {
    await using server = await MisbehavingServer.start((request) => say(request, GOOD));
    const { extraction, readBy } = await extractorOf(server).open([chunk]).extract(chunk, signal());
    expect(readBy).toBe("MODEL");
    expect(keys(extraction.mentions)).toEqual(expect.arrayContaining(["finance operations", "relief fund"]));
    expect(JSON.stringify(extraction)).not.toMatch(/atlantis|phone/iu);
    expect(extraction.relations).toEqual([
      expect.objectContaining({ subject: "relief fund", relationType: "PAID_BY", object: "finance operations" }),
    ]);
    const [{ body }] = server.seen as [SeenRequest];
    expect(body).toMatchObject({ temperature: 0, response_format: { type: "json_schema" } });
  });

  test.each([
    ["broken JSON", '{"entities": [{"name": "relief fu'],
    ["another shape", '{"entities": ["relief fund"], "relations": []}'],
    ["prose", "The passage names the relief fund."],
  ])("repairs %s once, by saying what is wrong", async (_, bad) => {
    await using server = await MisbehavingServer.start((request) =>
      say(request, request.body.messages.length === 2 ? bad : `\`\`\`json\n${GOOD}\n\`\`\``),
    );
    const { readBy } = await extractorOf(server).open([chunk]).extract(chunk, signal());
    expect(readBy).toBe("MODEL");
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]?.body.messages.at(-2)).toEqual({ role: "assistant", content: bad });
  });

  test("drops what cannot be read the second time either, and keeps what the form gives", async () => {
    await using server = await MisbehavingServer.start((request) => say(request, "[]"));
    const { extraction, readBy } = await extractorOf(server).open([chunk]).extract(chunk, signal());
    expect(readBy).toBe("DROPPED");
    expect(server.seen).toHaveLength(2);
    expect(keys(extraction.mentions)).toEqual(["finance operations"]);
  });

  test("asks nothing beyond the document's budget, which is estimated from above before", async () => {
    await using server = await MisbehavingServer.start((request) => say(request, GOOD, 3840));
    const chunks = [chunk, chunk, chunk];
    const document = extractorOf(server, { tokensPerDocument: 7000 }).open(chunks);
    expect(document.estimatedTokens).toBe(3 * 3840);
    const read = [];
    for (const one of chunks) read.push((await document.extract(one, signal())).readBy);
    expect(read).toEqual(["MODEL", "OVER_BUDGET", "OVER_BUDGET"]);
    expect(server.seen).toHaveLength(1);
  });

  test("what an answer did not use of its reservation is there for the next chunks", async () => {
    await using server = await MisbehavingServer.start((request) => say(request, GOOD, 100));
    const document = extractorOf(server, { tokensPerDocument: 4000 }).open([chunk, chunk]);
    for (const _ of [1, 2]) expect((await document.extract(chunk, signal())).readBy).toBe("MODEL");
  });

  test.each([
    ["asks to slow down", ({ response }: SeenRequest) => void response.writeHead(429, { "retry-after": "0" }).end()],
    ["hangs before its answer", () => {}],
    [
      "hangs within its answer",
      ({ response }: SeenRequest) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(event({ choices: [{ delta: { content: "{" } }] }));
      },
    ],
  ])("a model that %s costs no chunk its extraction, and is left alone after three", async (_, behave) => {
    await using server = await MisbehavingServer.start(behave);
    const document = extractorOf(server, {}, 300).open([]);
    for (let i = 0; i < 3; i++) {
      const { extraction, readBy } = await document.extract(chunk, signal());
      expect(readBy).toBe("UNAVAILABLE");
      expect(keys(extraction.mentions)).toEqual(["finance operations"]);
    }
    const asked = server.seen.length;
    expect((await document.extract(chunk, signal())).readBy).toBe("UNAVAILABLE");
    expect(server.seen.length).toBe(asked);
  });

  test("a cancelled job stops the model", async () => {
    await using server = await MisbehavingServer.start(() => {});
    const controller = new AbortController();
    const waiting = extractorOf(server).open([chunk]).extract(chunk, controller.signal);
    await server.until(() => server.seen.length === 1);
    controller.abort(new Error("cancelled"));
    await expect(waiting).rejects.toThrow("cancelled");
    await server.until(() => server.abandoned === 1);
  });
});
