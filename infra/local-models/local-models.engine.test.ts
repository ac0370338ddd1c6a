import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OpenAiChat } from "../../platform/models/openai-chat.js";
import type { ChatEvent } from "../../platform/models/ports.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { TeiReranker } from "../../platform/models/tei-reranker.js";
import { type LaunchedModel, launchLocalModel } from "./launch.js";

const PASSAGES = [
  "연차휴가를 사용하려는 직원은 사용 예정일 3일 전까지 인사 시스템에 신청서를 제출하고 팀장의 승인을 받아야 한다.",
  "김치찌개는 잘 익은 김치와 돼지고기를 함께 끓여 만드는 대표적인 한국 음식이다.",
  "Employees hand in receipts for travel expenses within seven days of their return.",
];
const QUESTION = "연차 휴가는 며칠 전에 신청해야 하나요?";

let embed: LaunchedModel;
let rerank: LaunchedModel;
let llm: LaunchedModel;

beforeAll(async () => {
  const env = { ...inherited() };
  embed = await launchLocalModel("embed", env);
  [rerank, llm] = await Promise.all([
    launchLocalModel("rerank", env),
    launchLocalModel("llm", { ...env, TEI_EMBED_URL: embed.url, LOCAL_LLM_TOKEN_DELAY_MS: "20" }),
  ]);
}, 600_000);

afterAll(async () => {
  for (const model of [llm, rerank, embed]) {
    await model?.[Symbol.asyncDispose]();
    expect(model?.process.exitCode).toBe(0);
  }
});

/** What a child needs of the environment to find the cache and its tools. */
function inherited(): Record<string, string | undefined> {
  const { PATH, HOME, LLMFLOW_CACHE } = process.env;
  return { PATH, HOME, LLMFLOW_CACHE };
}

async function post(url: string, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: text });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, text: answer, json: () => JSON.parse(answer) };
}

describe("the local embedder speaks TEI", () => {
  test("a question is nearest to the passage that answers it", async () => {
    const client = new TeiEmbedder({ url: embed.url });
    const [asked, passages] = await Promise.all([client.embedQuery(QUESTION), client.embedPassages(PASSAGES)]);
    const scores = passages.map((vector) => vector.reduce((sum, value, i) => sum + value * (asked[i] as number), 0));
    expect(scores.indexOf(Math.max(...scores))).toBe(0);
    expect(Math.hypot(...asked)).toBeCloseTo(1, 4);
    expect(await client.info()).toEqual({
      model: "llmflow/multilingual-e5-small-q4",
      dimension: 384,
      maxTokens: 512,
      maxBatch: 32,
    });
  });

  test("refusals have TEI's status and error type", async () => {
    const url = `${embed.url}/embed`;
    const refusal = async (body: unknown) => {
      const { status, json } = await post(url, body);
      return [status, json().error_type];
    };
    expect(await refusal({ inputs: Array(33).fill("x") })).toEqual([422, "Validation"]);
    expect(await refusal({ inputs: [] })).toEqual([400, "Empty"]);
    expect(await refusal({ inputs: [""] })).toEqual([400, "Empty"]);
    expect(await refusal({ inputs: "word ".repeat(800), truncate: false })).toEqual([422, "Validation"]);
    expect(await refusal({ inputs: "x", prompt_name: "unknown" })).toEqual([422, "Validation"]);
    expect((await post(url, "x".repeat(2_100_000))).status).toBe(413);
    expect((await post(url, "{")).status).toBe(400);
    expect((await post(url, {})).status).toBe(422);
    const wrong = await post(`${embed.url}/rerank`, { query: "x", texts: ["a"] });
    expect([wrong.status, wrong.json().error_type]).toEqual([424, "Backend"]);
  });

  test("a long text is cut with truncate, and counted as it is", async () => {
    const long = "word ".repeat(800);
    const answer = await post(`${embed.url}/embed`, { inputs: long, truncate: true });
    expect(answer.headers.get("x-compute-tokens")).toBe("512");
    expect(await new TeiEmbedder({ url: embed.url }).countTokens([long, "", "연차 휴가"])).toEqual([802, 2, 5]);
  });

  test("a prompt name is the same as its prefix", async () => {
    const [named, prefixed] = await Promise.all([
      post(`${embed.url}/embed`, { inputs: "연차", prompt_name: "query" }),
      post(`${embed.url}/embed`, { inputs: "query: 연차" }),
    ]);
    expect(named.json()).toEqual(prefixed.json());
  });

  test("more texts than permits are refused with 429, and a question overtakes the batches that were accepted", async () => {
    const client = new TeiEmbedder({ url: embed.url });
    await client.info();
    const leave = new AbortController();
    const text = PASSAGES[0] as string;
    let finished = 0;
    const requests = Array.from({ length: 20 }, (_, i) =>
      fetch(`${embed.url}/embed`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ inputs: Array.from({ length: 32 }, (_, j) => `passage: ${i} ${j} ${text}`) }),
        signal: leave.signal,
      }).then(
        ({ status }) => {
          if (status === 200) finished++;
          return status;
        },
        () => 0,
      ),
    );
    // The first refusal shows that every permit that batches may take is taken.
    await new Promise<void>((resolve) => {
      for (const request of requests) void request.then((status) => status === 429 && resolve());
    });
    const direct = await post(`${embed.url}/embed`, { inputs: ["still", "refused"] });
    expect(direct.status).toBe(429);
    expect(direct.json().error_type).toBe("Overloaded");
    await client.embedQuery(QUESTION);
    expect(finished).toBeLessThan(14);
    leave.abort();
    await Promise.all(requests);
    // What clients left behind is dropped: a whole batch goes through at once.
    expect(await client.embedPassages(PASSAGES)).toHaveLength(3);
  });
});

describe("the local reranker speaks TEI", () => {
  test("the passage that answers comes first, every passage once", async () => {
    const client = new TeiReranker({ url: rerank.url });
    const ranks = await client.rerank(QUESTION, PASSAGES);
    expect(ranks[0]?.index).toBe(0);
    expect(ranks.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
    expect(await client.info()).toEqual({ model: "llmflow/e5-small-cosine", maxBatch: 32 });
  });

  test("more texts than a batch are ranked together", async () => {
    const many = Array.from({ length: 40 }, (_, i) => (i === 37 ? (PASSAGES[0] as string) : `김치 ${i}`));
    const ranks = await new TeiReranker({ url: rerank.url }).rerank(QUESTION, many);
    expect(ranks).toHaveLength(40);
    expect(ranks[0]?.index).toBe(37);
  });

  test("embeddings are refused", async () => {
    const { status, json } = await post(`${rerank.url}/embed`, { inputs: "x" });
    expect([status, json().error_type]).toEqual([424, "Backend"]);
  });
});

const GROUNDED = `<passages>
<passage id="1" file="연차관리규정.pdf" page="2" effective="2025-01-01">
${PASSAGES[0]}
</passage>
</passages>
<facts>
</facts>
<question>${QUESTION}</question>`;

describe("the local answerer speaks vLLM", () => {
  const client = () => new OpenAiChat({ url: llm.url, model: "llmflow-extractive" });
  const request = { messages: [{ role: "user" as const, content: GROUNDED }] };

  test("an answer streams as deltas with its citation, a finish reason and usage", async () => {
    const events: ChatEvent[] = [];
    for await (const event of client().stream(request)) events.push(event);
    const text = events.map((event) => (event.type === "delta" ? event.text : "")).join("");
    expect(text).toBe(`${PASSAGES[0]} [1]`);
    expect(events.filter(({ type }) => type === "delta").length).toBeGreaterThan(5);
    expect(events.at(-2)).toEqual({ type: "finish", reason: "stop" });
    const usage = events.at(-1);
    expect(usage?.type).toBe("usage");
    expect(usage?.type === "usage" && usage.promptTokens).toBe(await client().countTokens(request.messages));
  });

  test("without streaming the same answer comes whole, with usage", async () => {
    const answer = (await post(`${llm.url}/v1/chat/completions`, { ...request, model: "llmflow-extractive" })).json();
    expect(answer.object).toBe("chat.completion");
    expect(answer.choices[0].message.content).toBe(`${PASSAGES[0]} [1]`);
    expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens + answer.usage.completion_tokens);
  });

  test("a client that leaves stops the generation", async () => {
    const metric = async (name: string) => {
      const lines = (await (await fetch(`${llm.url}/metrics`)).text()).split("\n");
      return Number(
        lines
          .find((line) => line.startsWith(name))
          ?.split(" ")
          .at(-1) ?? 0,
      );
    };
    const aborted = 'vllm:request_success_total{model_name="llmflow-extractive",engine="0",finished_reason="abort"}';
    const before = await metric(aborted);
    let read = 0;
    for await (const event of client().stream(request)) if (event.type === "delta" && ++read === 2) break;
    while ((await metric(aborted)) === before) await new Promise(setImmediate);
    expect(await metric("vllm:num_requests_running")).toBe(0);
  });

  test("refusals have vLLM's status and body", async () => {
    const url = `${llm.url}/v1/chat/completions`;
    const unknown = await post(url, { ...request, model: "nope" });
    expect(unknown.status).toBe(404);
    expect(unknown.json().error).toMatchObject({ type: "NotFoundError", param: "model", code: 404 });
    const long = await post(url, { messages: [{ role: "user", content: "word ".repeat(40_000) }] });
    expect(long.status).toBe(400);
    expect(long.json().error.message).toContain("maximum context length is 32768");
    expect((await post(url, { model: "llmflow-extractive" })).status).toBe(400);
    expect((await post(url, "{")).status).toBe(400);
    await expect(
      client()
        .stream({ ...request, model: "nope" })
        .next(),
    ).rejects.toMatchObject({ code: "REJECTED" });
  });

  test("the model and its context window are listed", async () => {
    expect(await client().models()).toEqual([{ id: "llmflow-extractive", maxTokens: 32_768, parent: undefined }]);
  });

  test("SIGTERM lets a stream under way finish, then ends with code 0", async () => {
    const model = await launchLocalModel("llm", inherited());
    const body = JSON.stringify({ ...request, stream: true });
    const open = httpRequest(`${model.url}/v1/chat/completions`, { method: "POST" }).end(body);
    const [response] = await once(open, "response");
    model.process.kill("SIGTERM");
    let text = "";
    for await (const part of response) text += part;
    expect(text).toContain("data: [DONE]");
    const [code] = await once(model.process, "exit");
    expect(code).toBe(0);
  });
});
