import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { answered, ask } from "../answers.js";
import { addText, completed, createDataset, documentOf, indexed } from "../documents.js";
import { killed, processOf, restarted, signal } from "../processes.js";
import { type Api, apiOf, eventually, newTenant, type RawAnswer } from "../product.js";

let api: Api;
let datasetId: string;
let documentId: string;
const halted = new Set<string>();
beforeAll(async () => {
  api = apiOf({ tenant: newTenant("outages"), user: "kim", departments: ["hr"] });
  datasetId = await createDataset(api, "Outages", "hr");
  documentId = (
    await addText(api, datasetId, "osmium.md", "# Osmium\n\nThe Osmium Desk is managed by the Osmium Team.\n")
  ).id;
  await completed(api, documentId);
  await whole();
});
afterEach(async () => {
  for (const name of halted) await signal(name, "SIGCONT");
  halted.clear();
});

const SEARCH = `{ search(query: "Osmium Desk") { degraded passages { text } facts { subject } stages { name status milliseconds } } }`;
interface Search {
  readonly degraded: readonly string[];
  readonly passages: readonly unknown[];
}
const searched = ({ data }: RawAnswer): Search | undefined => data?.["search"] as Search | undefined;
/** Everything answers again. */
const whole = (): Promise<unknown> =>
  eventually(
    "a search with all its lists",
    async () => {
      const found = searched(await api.raw(SEARCH));
      return found?.degraded.length === 0 && found.passages.length > 0;
    },
    90_000,
  );
/** The engine is there, but does not answer. */
async function halt(name: string): Promise<void> {
  await signal(name, "SIGSTOP");
  halted.add(name);
}
const timed = async <T>(work: Promise<T>): Promise<{ value: T; ms: number }> => {
  const started = performance.now();
  return { value: await work, ms: performance.now() - started };
};
/** What a caller may hear of an outage: a code, what to do, and nothing of how the house is built. */
function expectPlain(answer: RawAnswer): void {
  expect(["UNAVAILABLE", "TIMEOUT"], answer.text).toContain(answer.errors[0]?.extensions?.code);
  expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|\bat \w+ \(|\.ts:/);
}

describe("while an engine does not answer", () => {
  test("a search without the graph is made of the other lists, and says so", async () => {
    await halt("neo4j");
    const { value, ms } = await timed(api.raw(SEARCH));
    expect(searched(value), value.text).toMatchObject({ degraded: ["GRAPH"], passages: [expect.anything()] });
    expect(ms).toBeLessThan(10_000);
    const chunks = await timed(
      api.raw("query ($id: ID!) { document(id: $id) { chunks { totalCount } } }", { id: documentId }),
    );
    expectPlain(chunks.value);
    expect(chunks.ms).toBeLessThan(15_000);
  });

  test("a search without the embedder is made of words, and an answer still comes", async () => {
    await halt("embedder");
    const { value, ms } = await timed(api.raw(SEARCH));
    expect(searched(value)?.degraded, value.text).toContain("EMBEDDER");
    expect(searched(value)?.passages).toHaveLength(1);
    expect(ms).toBeLessThan(10_000);
    const { answer } = await answered(api, (await ask(api, { question: "Who manages the Osmium Desk?" })).id);
    expect(answer).toMatchObject({ status: "COMPLETED", degraded: expect.arrayContaining(["EMBEDDER"]) });
    expect(answer.text).toContain("Osmium Team");
  });

  test("a search without the vector index is made of the graph, says so, and is whole again after", async () => {
    await halt("milvus");
    const { value, ms } = await timed(api.raw(SEARCH));
    expect(searched(value), value.text).toMatchObject({
      degraded: ["VECTOR_INDEX", "FULL_TEXT"],
      passages: [{ text: expect.stringContaining("Osmium Team") }],
    });
    expect(ms).toBeLessThan(15_000);
    await signal("milvus", "SIGCONT");
    halted.clear();
    await whole();
  });

  test("an answer whose model is silent fails with what to do, or can be called off", async () => {
    await halt("llm");
    const { id } = await ask(api, { question: "Who manages the Osmium Desk?" });
    await api.run("mutation ($id: ID!) { cancelAnswer(id: $id) { problem { code } } }", { id });
    const { ms } = await timed(
      eventually(
        "the answer ends",
        async () => {
          const { data } = await api.raw("query ($id: ID!) { answer(id: $id) { status } }", { id });
          return (data?.["answer"] as { status?: string } | undefined)?.status === "CANCELLED";
        },
        10_000,
      ),
    );
    expect(ms).toBeLessThan(5000);
  });

  test("a file is not half taken", async () => {
    await halt("s3");
    const { value, ms } = await timed(
      api.raw(
        `mutation ($id: ID!) { addText(input: { datasetId: $id, name: "late.md", text: "Late words." }) { document { id } problem { __typename code } } }`,
        { id: datasetId },
      ),
    );
    expect(ms).toBeLessThan(40_000);
    const payload = value.data?.["addText"] as { document: null; problem: { code: string } } | null | undefined;
    if (payload)
      expect(payload).toMatchObject({ document: null, problem: { __typename: "Unavailable", code: "UNAVAILABLE" } });
    else expectPlain(value);
    await signal("s3", "SIGCONT");
    halted.clear();
    const { dataset } = await api.run<{ dataset: { documents: { totalCount: number } } }>(
      "query ($id: ID!) { dataset(id: $id) { documents { totalCount } } }",
      { id: datasetId },
    );
    expect(dataset.documents.totalCount).toBe(1);
  });
});

describe("when an engine dies", () => {
  test.each(["milvus", "valkey", "postgres"])("%s is started again and the product goes on", async (engine) => {
    const died = await signal(engine, "SIGKILL");
    const { value, ms } = await timed(api.raw(SEARCH));
    if (value.errors.length > 0) expectPlain(value);
    expect(ms).toBeLessThan(20_000);
    await restarted(engine, died);
    await whole();
    expect((await documentOf(api, documentId))?.status).toBe("COMPLETED");
    const { id } = await addText(
      api,
      datasetId,
      `after-${engine}.md`,
      `# After ${engine}\n\nThe Tellurium Desk came after ${engine}.\n`,
    );
    await completed(api, id, 120_000);
  });

  test("the graph's death delays its part of the indexing, and nothing is lost", async () => {
    const died = await signal("neo4j", "SIGKILL");
    const { id } = await addText(
      api,
      datasetId,
      "during.md",
      "# During\n\nThe Gallium Desk is managed by the Gallium Team.\n",
    );
    await restarted("neo4j", died);
    let { document } = await indexed(api, id, 180_000);
    expect(document.status).toBe("COMPLETED");
    if (document.failure) {
      expect(document.failure).toMatchObject({ stage: "EXTRACT", code: "GRAPH_INCOMPLETE" });
      await api.run("mutation ($id: ID!) { retryIndexing(id: $id) { problem { code } } }", { id });
      document = await completed(api, id, 120_000);
    }
    expect(document).toMatchObject({ chunksCount: 1, entitiesCount: expect.any(Number) });
    expect(document.entitiesCount).toBeGreaterThan(0);
    await whole();
  });

  test("the router is started again, and so is a room", async () => {
    await killed("router");
    await killed("documents");
    await whole();
    expect((await processOf("router")).state).toBe("ready");
  });
});
