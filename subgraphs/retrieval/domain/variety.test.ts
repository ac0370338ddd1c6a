import { expect, test } from "vitest";
import type { IndexedPassage } from "./passage.js";
import { varied } from "./variety.js";

const LONG =
  "annual leave is requested in the portal before the first day and is granted by the head of the team who answers within two working days";

const passage = (chunkId: string, text: string, more: Partial<IndexedPassage> = {}): IndexedPassage => ({
  chunkId,
  documentId: `doc_${chunkId}`,
  datasetId: "ds_1",
  department: null,
  generation: 1,
  position: 0,
  text,
  elementType: "NARRATIVE_TEXT",
  headingPath: [],
  pages: [],
  boxes: [],
  fileName: "rules.pdf",
  documentVersion: 1,
  effectiveDate: null,
  createdAt: 0,
  ...more,
});
const cut = (passages: readonly [IndexedPassage, number][], wanted: number): string[] =>
  varied(
    passages.map(([each, score]) => ({ passage: each, score })),
    wanted,
  ).map(({ passage: each }) => each.chunkId);

test("five copies of one paragraph leave room for what else was found", () => {
  const copies = ["a", "b", "c", "d", "e"].map((id, i): [IndexedPassage, number] => [passage(id, LONG), 1 - i / 10]);
  expect(cut([...copies, [passage("x", "who is away names a deputy"), 0.1]], 3)).toEqual(["a", "x", "b"]);
});

test("passages that differ in a number, a date, a name or a negation are no copies", () => {
  const both = (text: string, more: Partial<IndexedPassage> = {}): string[] =>
    cut(
      [
        [passage("a", LONG), 1],
        [passage("b", text, more), 0.9],
        [passage("x", "something else"), 0.8],
      ],
      2,
    );
  expect(both(LONG.replace("two", "2"))).toEqual(["a", "b"]);
  expect(both(LONG.replace("is granted", "is not granted"))).toEqual(["a", "b"]);
  expect(both(LONG.replace("the head", "Kim"))).toEqual(["a", "b"]);
  expect(both(LONG, { effectiveDate: "2025-01-01" })).toEqual(["a", "b"]);
  expect(both(LONG)).toEqual(["a", "x"]);
});

test("a document that has had its share gives way to another one's comparable passage, to no worse one", () => {
  const of = (id: string, documentId: string): IndexedPassage => passage(id, `text of ${id}`, { documentId });
  const four = ["a", "b", "c", "d"].map((id, i): [IndexedPassage, number] => [of(id, "doc_1"), 1 - i / 100]);
  expect(cut([...four, [of("x", "doc_2"), 0.9]], 5)).toEqual(["a", "b", "c", "x", "d"]);
  expect(cut([...four, [of("x", "doc_2"), 0.2]], 5)).toEqual(["a", "b", "c", "d", "x"]);
});

test("an order without copies, of as many documents, stays as it is; one document alone fills every place", () => {
  const different = ["a", "b", "c", "d"].map((id, i): [IndexedPassage, number] => [
    passage(id, `text of ${id}`),
    1 / (i + 1),
  ]);
  expect(cut(different, 4)).toEqual(["a", "b", "c", "d"]);
  const same = different.map(([each, score]): [IndexedPassage, number] => [{ ...each, documentId: "doc_1" }, score]);
  expect(cut(same, 4)).toEqual(["a", "b", "c", "d"]);
});
