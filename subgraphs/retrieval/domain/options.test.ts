import { expect, test } from "vitest";
import { MAX_QUERY_LENGTH, readOptions } from "./options.js";

test("defaults: five passages, a hundred candidates, all lists, the walk", () => {
  const { settings, issues } = readOptions("연차?", {});
  expect(issues).toEqual([]);
  expect(settings).toMatchObject({ topK: 5, candidatesPerList: 100, hops: 2, fusion: "GRAPH_WALK", filter: {} });
  expect([...settings.lists]).toEqual(["VECTOR", "FULL_TEXT", "GRAPH"]);
});

test("every broken rule is named with its path", () => {
  const { issues } = readOptions("x".repeat(MAX_QUERY_LENGTH + 1), {
    topK: 0,
    candidatesPerList: 201,
    hops: 3,
    lists: [],
    datasetIds: [""],
    filter: { documentIds: Array.from({ length: 201 }, (_, i) => `doc_${i}`) },
  });
  expect(issues.map(({ path }) => path).sort()).toEqual([
    "options.candidatesPerList",
    "options.datasetIds",
    "options.filter.documentIds",
    "options.hops",
    "options.lists",
    "options.topK",
    "query",
  ]);
});

test("an empty question is refused", () => {
  expect(readOptions(" \n ", {}).issues[0]?.path).toBe("query");
});

test("an empty list of data sets means none of them, not all", () => {
  expect(readOptions("q", { datasetIds: [] }).settings.filter.datasetIds).toEqual([]);
});
