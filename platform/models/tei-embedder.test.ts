import { describe, expect, test } from "vitest";
import { ModelError } from "./errors.js";
import { json, MisbehavingServer, type SeenRequest } from "./misbehaving-server.js";
import { TeiEmbedder, type TeiEmbedderOptions } from "./tei-embedder.js";

const INFO = { model_id: "BAAI/bge-m3", max_input_length: 512, max_client_batch_size: 4, max_batch_tokens: 16_384 };
const inputsOf = ({ body }: SeenRequest): string[] => body.inputs;
/** A vector that tells which text it belongs to. */
const vectorOf = (text: string): number[] => [Number(/\d+/.exec(text)?.[0] ?? 0), 1];
const answer = (request: SeenRequest) => json(request.response, inputsOf(request).map(vectorOf));
const isProbe = ({ body }: SeenRequest) => body.inputs[0] === "query: dimension";

/** A server that knows its model and leaves `/embed` to the test. */
async function serverWith(embed: (request: SeenRequest, attempt: number) => void, info: object = INFO) {
  let attempts = 0;
  return MisbehavingServer.start((request) => {
    if (request.path === "/info") json(request.response, info);
    else if (isProbe(request)) answer(request);
    else embed(request, ++attempts);
  });
}
const embedder = (server: MisbehavingServer, options: Partial<TeiEmbedderOptions> = {}) =>
  new TeiEmbedder({ url: server.url, batchTimeoutMs: 5_000, batchDeadlineMs: 5_000, ...options });
const embedCalls = (server: MisbehavingServer) => server.seen.filter((r) => r.path === "/embed" && !isProbe(r));
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `text ${i}`);
const failure = async (promise: Promise<unknown>): Promise<ModelError> => {
  const error = await promise.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
};

describe("the TEI embedder", () => {
  test("keeps the texts' order over batches that finish in another, and reports each", async () => {
    const held: SeenRequest[] = [];
    await using server = await serverWith((request) => {
      held.push(request);
      if (held.length === 3) for (const one of held.reverse()) answer(one);
    });
    const done: number[] = [];
    const vectors = await embedder(server).embedPassages(numbered(10), { onBatch: (count) => done.push(count) });
    expect(vectors.map(([n]) => n)).toEqual([...Array(10).keys()]);
    expect(done.reduce((sum, n) => sum + n, 0)).toBe(10);
    expect(embedCalls(server).every((r) => inputsOf(r).length <= 4 && r.body.truncate === true)).toBe(true);
  });

  test("an overloaded server gets the same batch again, and fewer at once", async () => {
    let active = 0;
    await using server = await serverWith((request, attempt) => {
      if (attempt <= 3) json(request.response, { error: "Model is overloaded", error_type: "Overloaded" }, 429);
      else answer(request);
      active++;
    });
    expect(await embedder(server).embedPassages(numbered(12))).toHaveLength(12);
    expect(active).toBe(6);
  });

  test("a failing, then a cut connection is tried again", async () => {
    await using server = await serverWith((request, attempt) => {
      if (attempt === 1) json(request.response, { error: "starting" }, 503);
      else if (attempt === 2) request.response.destroy();
      else if (attempt === 3) request.response.writeHead(200, { "content-length": "1000" }).write("[[1,");
      else answer(request);
      if (attempt === 3) request.response.destroy();
    });
    expect(await embedder(server).embedPassages(["text 7"])).toEqual([[7, 1]]);
  });

  test.for([
    [424, "Backend error"],
    [500, "poison"],
  ] as const)("a poisoned text is found by halving and named by its index (%i)", async ([status, message]) => {
    await using server = await serverWith((request) => {
      if (inputsOf(request).includes("text 6")) json(request.response, { error: message }, status);
      else answer(request);
    });
    const error = await failure(embedder(server).embedPassages(numbered(8)));
    expect(error.code).toBe("REJECTED");
    expect(error.index).toBe(6);
  });

  test("a text that does not fit is named by its index", async () => {
    await using server = await serverWith((request) => {
      const message = "Input validation error: `inputs` must have less than 512 tokens. Given: 802";
      if (inputsOf(request).includes("text 1")) json(request.response, { error: message }, 422);
      else answer(request);
    });
    const error = await failure(embedder(server).embedPassages(numbered(3)));
    expect([error.code, error.index]).toEqual(["TOO_LONG", 1]);
  });

  test("a server that hangs ends as TIMEOUT, and its connection is closed", async () => {
    await using server = await serverWith(() => {});
    const error = await failure(embedder(server, { queryTimeoutMs: 50, queryDeadlineMs: 60 }).embedQuery("x"));
    expect(error.code).toBe("TIMEOUT");
    await server.until(() => server.abandoned >= 1);
  });

  test("an abort rejects with its reason at once and closes the connections", async () => {
    await using server = await serverWith(() => {});
    const controller = new AbortController();
    const work = embedder(server).embedPassages(numbered(8), { signal: controller.signal });
    await server.until(() => embedCalls(server).length === 2);
    controller.abort(new Error("the document was deleted"));
    await expect(work).rejects.toThrow("the document was deleted");
    await server.until(() => server.abandoned === 2);
  });

  test("a server that is not there is UNAVAILABLE, without its address in the message", async () => {
    const server = await serverWith(answer);
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const error = await failure(new TeiEmbedder({ url, queryDeadlineMs: 200 }).embedQuery("x"));
    expect(error.code).toBe("UNAVAILABLE");
    expect(error.message).not.toContain(new URL(url).port);
  });

  test("an answer of another shape is REJECTED, a vector of another length is a changed model", async () => {
    await using odd = await serverWith(({ response }) => json(response, { vectors: [] }));
    expect((await failure(embedder(odd).embedQuery("x"))).code).toBe("REJECTED");
    await using changed = await serverWith(({ response }) => json(response, [[1, 2, 3]]));
    expect((await failure(embedder(changed, { queryDeadlineMs: 300 }).embedQuery("x"))).code).toBe("UNAVAILABLE");
  });

  test("an e5 model gets its prefixes, another none", async () => {
    const inputs = async (model: string) => {
      await using server = await serverWith(answer, { ...INFO, model_id: model });
      const client = embedder(server);
      await client.embedQuery("q 1");
      await client.embedPassages(["p 1"]);
      return embedCalls(server).flatMap(inputsOf);
    };
    expect(await inputs("intfloat/multilingual-e5-large")).toEqual(["query: q 1", "passage: p 1"]);
    expect(await inputs("BAAI/bge-m3")).toEqual(["q 1", "p 1"]);
  });
});
