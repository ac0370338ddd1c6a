import { describe, expect, test } from "vitest";
import type { Viewer } from "../../../platform/auth/viewer.js";
import type { DocumentVisibility } from "../../../platform/visibility/visibility.js";
import type { GraphRanking } from "../ports.js";
import { readOptions, type SearchOptionsInput } from "./options.js";
import type { Candidate, IndexedPassage } from "./passage.js";
import { createSearch } from "./search.js";
import { SEARCH_LIMITS, type SearchDependencies, type SearchLimits } from "./search-run.js";
import type { StageName } from "./stages.js";

const viewer: Viewer = { tenantId: "acme", userId: "u1", departments: ["hr"], roles: ["member"], expiresAt: 0 };
const model = { model: "test", dimension: 2 };

const row = (chunkId: string, more: Partial<IndexedPassage> = {}): IndexedPassage => ({
  chunkId,
  documentId: "doc_1",
  datasetId: "ds_1",
  department: null,
  generation: 1,
  position: 0,
  text: `text of ${chunkId}`,
  elementType: "NARRATIVE_TEXT",
  headingPath: [],
  pages: [1],
  boxes: [],
  fileName: "rules.pdf",
  documentVersion: 1,
  effectiveDate: null,
  createdAt: 0,
  ...more,
});
const visible = (more: Partial<DocumentVisibility> = {}): DocumentVisibility => ({
  generation: 1,
  department: null,
  datasetId: "ds_1",
  revision: 1,
  ...more,
});
const ranking = (...ids: string[]): GraphRanking => ({
  order: ids.map((chunkId, i) => ({ chunkId, score: 1 / (i + 1), entities: ["연차"], fromCandidates: false })),
  facts: [{ subject: "인사팀", relationType: "OWNS", object: "연차", weight: 1, evidence: ["a"] }],
  questionEntities: [{ id: "ent_1", name: "연차" }],
});
/** A busy machine must not fail a test: only the stage that hangs gets a short limit. */
const PATIENT = Object.fromEntries(Object.keys(SEARCH_LIMITS).map((stage) => [stage, 60_000])) as SearchLimits;
const impatientWith = (stage: StageName): Pick<SearchDependencies, "limits"> => ({
  limits: { ...PATIENT, [stage]: 20 },
});
const never = <T>(): Promise<T> => new Promise(() => {});
const broken = (): Promise<never> => Promise.reject(new Error("down"));

interface World {
  rows: IndexedPassage[];
  dense: string[];
  fullText: string[];
  states: Map<string, DocumentVisibility>;
}

/** Dependencies over a small world in memory; parts of them are replaced by the tests. */
function dependencies(world: World, replaced: Partial<SearchDependencies> = {}): SearchDependencies {
  const candidates = (ids: string[], limit: number): Candidate[] =>
    ids.slice(0, limit).map((chunkId, i) => {
      const { documentId, generation } = world.rows.find((r) => r.chunkId === chunkId) ?? row(chunkId);
      return { chunkId, documentId, generation, score: 1 - i / 1000 };
    });
  return {
    embedder: { model: async () => model, embedQuery: async () => [1, 0] },
    index: {
      models: async () => [model],
      dense: async (_scope, _model, { limit }) => candidates(world.dense, limit),
      fullText: async (_scope, _model, { limit }) => candidates(world.fullText, limit),
      fetch: async (_scope, _model, ids) => world.rows.filter(({ chunkId }) => ids.includes(chunkId)),
    },
    graph: { rank: async () => ranking() },
    visibility: { visible: async () => world.states },
    limits: PATIENT,
    ...replaced,
  };
}

const world = (more: Partial<World> = {}): World => ({
  rows: [row("a"), row("b"), row("c"), row("d")],
  dense: ["a", "b", "d"],
  fullText: ["b", "c"],
  states: new Map([["doc_1", visible()]]),
  ...more,
});

const find = (deps: SearchDependencies, options: SearchOptionsInput = {}, signal = new AbortController().signal) =>
  createSearch(deps)({
    viewer,
    traceId: "t",
    signal,
    query: "Who owns annual leave?",
    settings: readOptions("q", options).settings,
  });
const ids = (outcome: { passages: readonly { chunkId: string }[] }): string[] =>
  outcome.passages.map(({ chunkId }) => chunkId);

describe("order", () => {
  test("the graph's order is the ranking, and what it brings itself is fetched", async () => {
    const outcome = await find(dependencies(world(), { graph: { rank: async () => ranking("c", "a") } }));
    expect(ids(outcome)).toEqual(["c", "a", "b", "d"]);
    expect(outcome.degraded).toEqual([]);
    expect(outcome.preparation.entities).toEqual([{ name: "연차", written: "", spellingDistance: 2 }]);
    expect(outcome.passages[0]).toMatchObject({ graphEntities: ["연차"] });
    expect(outcome.passages[2]?.listRanks).toEqual([
      { list: "VECTOR", rank: 2, score: 0.999 },
      { list: "FULL_TEXT", rank: 1, score: 1 },
    ]);
  });

  test("RRF and the weighted sum leave the walk's order aside", async () => {
    const deps = dependencies(world(), { graph: { rank: async () => ranking("c") } });
    expect(ids(await find(deps, { fusion: "WEIGHTED" }))[0]).toBe("b");
    expect(ids(await find(deps, { fusion: "RRF" }))).toEqual(["b", "c", "a", "d"]);
  });

  test("a cross-encoder reorders, a bi-encoder only shows its scores", async () => {
    const rerank = async (_query: string, texts: readonly string[]) =>
      texts.map((text) => (text.endsWith("c") ? 1 : 0));
    const cross = dependencies(world(), { reranker: { reorders: async () => true, rerank } });
    expect(ids(await find(cross))[0]).toBe("c");
    const cosine = dependencies(world(), { reranker: { reorders: async () => false, rerank } });
    const shown = await find(cosine, { rerank: true });
    expect(ids(shown)[0]).toBe("b");
    expect(shown.passages.map(({ rerankScore }) => rerankScore)).toContain(1);
    expect((await find(cosine)).stages.find(({ name }) => name === "RERANK")?.status).toBe("SKIPPED");
  });
});

describe("visibility", () => {
  test("only the visible generation of a document is found, however many rows of others lie before it", async () => {
    const old = Array.from({ length: 40 }, (_, i) => row(`old${i}`, { generation: 1 }));
    const seen = world({
      rows: [...old, row("new", { generation: 2 })],
      dense: [...old.map(({ chunkId }) => chunkId), "new"],
      fullText: [],
      states: new Map([["doc_1", visible({ generation: 2 })]]),
    });
    expect(ids(await find(dependencies(seen), { candidatesPerList: 20 }))).toEqual(["new"]);
  });

  test("a document that moved to another department is gone at once, whatever the index says", async () => {
    const moved = world({ states: new Map([["doc_1", visible({ department: "sales" })]]) });
    expect(ids(await find(dependencies(moved)))).toEqual([]);
  });

  test("an unknown document is invisible, also when the graph brings it", async () => {
    const hidden = world({ rows: [row("a"), row("x", { documentId: "doc_2" })], dense: ["a"], fullText: [] });
    expect(ids(await find(dependencies(hidden, { graph: { rank: async () => ranking("x", "a") } })))).toEqual(["a"]);
  });

  test("nothing is answered while nobody can tell who may read what", async () => {
    await expect(find(dependencies(world(), { visibility: { visible: broken } }))).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });
});

describe("what narrows and cuts", () => {
  test("a hit below its model's threshold is none; a model without one lets all through", async () => {
    const bge = { model: async () => ({ model: "BAAI/bge-m3", dimension: 2 }), embedQuery: async () => [1, 0] };
    const { index } = dependencies(world());
    const far: SearchDependencies["index"] = {
      ...index,
      dense: async (...args) => (await index.dense(...args)).map((hit, i) => ({ ...hit, score: i === 0 ? 0.6 : 0.4 })),
      fullText: async () => [],
    };
    expect(ids(await find(dependencies(world(), { index: far, embedder: bge })))).toEqual(["a"]);
    expect(ids(await find(dependencies(world(), { index: far })))).toEqual(["a", "b", "d"]);
  });

  test("a passage deep in the order is found although a filter bars all before it", async () => {
    const many = Array.from({ length: 150 }, (_, i) => row(`n${i}`));
    const deep = world({ rows: [...many, row("last", { elementType: "TABLE" })], dense: [], fullText: [] });
    const { index } = dependencies(deep);
    const barring: SearchDependencies["index"] = {
      ...index,
      fetch: async (...args) => (await index.fetch(...args)).filter(({ elementType }) => elementType === "TABLE"),
    };
    const graph = { rank: async () => ranking(...many.map(({ chunkId }) => chunkId), "last") };
    const outcome = await find(dependencies(deep, { index: barring, graph }), { filter: { elementTypes: ["TABLE"] } });
    expect(ids(outcome)).toEqual(["last"]);
  });

  test("a cross-encoder sees more passages than are returned, and each tells where it stood before", async () => {
    const rows = Array.from({ length: 12 }, (_, i) => row(`p${i}`, { documentId: `doc_${i}` }));
    const wide = world({ rows, dense: rows.map(({ chunkId }) => chunkId), fullText: [] });
    for (const { documentId } of rows) wide.states.set(documentId, visible());
    const rerank = async (_query: string, texts: readonly string[]) =>
      texts.map((text) => (text.endsWith("p11") ? 1 : 0.1));
    const outcome = await find(dependencies(wide, { reranker: { reorders: async () => true, rerank } }), { topK: 3 });
    expect(outcome.passages).toHaveLength(3);
    expect(outcome.passages[0]).toMatchObject({ chunkId: "p11", fusedRank: 12, rerankScore: 1 });
  });
});

describe("degradation", () => {
  test("without the embedder full text answers", async () => {
    const outcome = await find(dependencies(world(), { embedder: { model: broken, embedQuery: broken } }));
    expect(outcome.degraded).toEqual(["EMBEDDER"]);
    expect(ids(outcome)).toEqual(["b", "c"]);
  });

  test("an embedder that hangs is left behind after its time limit", async () => {
    const outcome = await find(
      dependencies(world(), { embedder: { model: async () => model, embedQuery: never }, ...impatientWith("EMBED") }),
    );
    expect(outcome.degraded).toEqual(["EMBEDDER"]);
    expect(outcome.stages.find(({ name }) => name === "EMBED")?.status).toBe("TIMED_OUT");
  });

  test("one list down or slow: the other answers", async () => {
    const { index } = dependencies(world());
    const noDense = await find(
      dependencies(world(), { index: { ...index, dense: never }, ...impatientWith("VECTOR") }),
    );
    expect([noDense.degraded, ids(noDense)]).toEqual([["VECTOR_INDEX"], ["b", "c"]]);
    const noText = await find(dependencies(world(), { index: { ...index, fullText: broken } }));
    expect([noText.degraded, ids(noText)]).toEqual([["FULL_TEXT"], ["a", "b", "d"]]);
  });

  test("without the graph the order is the weighted one", async () => {
    const outcome = await find(dependencies(world(), { graph: { rank: never }, ...impatientWith("GRAPH") }));
    expect(outcome.degraded).toEqual(["GRAPH"]);
    expect(ids(outcome)[0]).toBe("b");
    expect(outcome.facts).toEqual([]);
  });

  test("without the reranker the order stays", async () => {
    const outcome = await find(dependencies(world(), { reranker: { reorders: broken, rerank: broken } }));
    expect([outcome.degraded, ids(outcome)[0]]).toEqual([["RERANKER"], "b"]);
  });

  test("both lists down: the graph alone answers, with the texts of the rooms that own them", async () => {
    const down = { models: broken, dense: broken, fullText: broken, fetch: broken };
    const others = [row("c"), row("x", { documentId: "doc_2" })];
    const texts = { fetch: async () => others };
    const graph = { rank: async () => ranking("c", "x", "gone") };
    const outcome = await find(dependencies(world(), { index: down, texts, graph }));
    expect(ids(outcome)).toEqual(["c"]);
    expect(outcome.degraded).toEqual(["VECTOR_INDEX", "FULL_TEXT"]);
    expect(outcome.passages[0]).toMatchObject({ generation: 1, listRanks: [{ list: "GRAPH", rank: 1 }] });
    const narrowed = { elementTypes: ["TABLE"], documentIds: ["doc_1"] } as const;
    expect(ids(await find(dependencies(world(), { index: down, texts, graph }), { filter: narrowed }))).toEqual([]);
  });

  test("an index that dies before the texts are fetched costs no answer", async () => {
    const { index } = dependencies(world());
    const texts = {
      fetch: async (wanted: readonly string[]) => world().rows.filter((r) => wanted.includes(r.chunkId)),
    };
    const outcome = await find(
      dependencies(world(), { index: { ...index, fetch: never }, texts, ...impatientWith("FETCH") }),
    );
    expect(ids(outcome)[0]).toBe("b");
    expect(outcome.degraded).toEqual(["VECTOR_INDEX"]);
  });

  test("with nothing left the search is unavailable, with a code", async () => {
    const index = { models: broken, dense: broken, fullText: broken, fetch: broken };
    await expect(find(dependencies(world(), { index, graph: { rank: broken } }))).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await expect(find(dependencies(world(), { index }), { lists: ["VECTOR"] })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  test("a document that gets a new generation meanwhile is found in the new one, not lost", async () => {
    const other = row("b", { documentId: "doc_2" });
    const small = world({ rows: [row("a"), other], dense: ["a", "b"], fullText: [] });
    small.states.set("doc_2", visible());
    const outcome = await find(
      dependencies(small, {
        graph: {
          async rank() {
            Object.assign(small, { rows: [row("z", { generation: 2 }), other], dense: ["z", "b"] });
            small.states.set("doc_1", visible({ generation: 2, revision: 2 }));
            return ranking();
          },
        },
      }),
      { topK: 1 },
    );
    expect(ids(outcome)).toEqual(["z"]);
  });

  test("a caller who leaves ends the search at once", async () => {
    const left = new AbortController();
    const { index } = dependencies(world());
    const slow = { ...index, dense: never, fullText: never };
    const searching = find(dependencies(world(), { index: slow }), {}, left.signal);
    left.abort(new Error("gone"));
    await expect(searching).rejects.toThrow("gone");
  });
});
