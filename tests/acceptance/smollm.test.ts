import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LaunchedModel, launchLocalModel } from "../../infra/local-models/launch.js";
import { OpenAiChat } from "../../platform/models/openai-chat.js";
import type { ChatEvent } from "../../platform/models/ports.js";

const MODEL = "smollm2-135m-instruct";
const request = { messages: [{ role: "user" as const, content: "Write one sentence about the sea." }], maxTokens: 24 };
let llm: LaunchedModel;

beforeAll(async () => {
  const { PATH, HOME, LLMFLOW_CACHE = join(homedir(), ".cache", "llmflow") } = process.env;
  llm = await launchLocalModel("llm", { PATH, HOME, LLMFLOW_CACHE, LOCAL_LLM: "smollm2" });
}, 600_000);
afterAll(() => llm?.[Symbol.asyncDispose]());

test("SmolLM2, asked for by LOCAL_LLM, generates a stream of its own words, with a finish reason and usage", async () => {
  const events: ChatEvent[] = [];
  for await (const event of new OpenAiChat({ url: llm.url, model: MODEL }).stream(request)) events.push(event);
  const deltas = events.filter(({ type }) => type === "delta");
  expect(deltas.length).toBeGreaterThan(3);
  expect(deltas.map((event) => (event.type === "delta" ? event.text : "")).join("")).toMatch(/[a-z]{3}/i);
  expect(events.at(-2)).toMatchObject({ type: "finish", reason: expect.stringMatching(/^(stop|length)$/) });
  const usage = events.at(-1);
  expect(usage?.type === "usage" && usage.completionTokens).toBeGreaterThan(3);
}, 120_000);

test("it is listed with its context window", async () => {
  expect(await new OpenAiChat({ url: llm.url, model: MODEL }).models()).toEqual([
    { id: MODEL, maxTokens: 2048, parent: undefined },
  ]);
});
