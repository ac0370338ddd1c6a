import { expect, test } from "vitest";
import { anchorOf, type ChunkEdit, indexedChunk, matchEdits } from "./chunk-edits.js";
import type { Chunk } from "./chunking/chunk.js";

const chunk = (position: number, text: string, html?: string): Chunk => ({
  position,
  text,
  elementType: html ? "Table" : "NarrativeText",
  headingPath: [],
  pages: [1],
  boxes: [],
  tokens: 5,
  ...(html ? { html } : {}),
});
const edit = (text: string, changes: Partial<ChunkEdit> = {}): ChunkEdit => ({
  anchor: anchorOf(text),
  occurrence: 0,
  originalText: text,
  correctedText: null,
  disabled: false,
  editedBy: "kim",
  editedAt: new Date(0),
  ...changes,
});
const apply = (chunks: readonly Chunk[], edits: readonly ChunkEdit[]) =>
  matchEdits(chunks, edits).chunks.map((one) => indexedChunk(one, 9)?.text);

test("an edit follows its text to another place and survives other line breaks", () => {
  const edits = [
    edit("연차는 15일이다.", { correctedText: "연차는 16일이다." }),
    edit("낡은 규정", { disabled: true }),
  ];
  expect(apply([chunk(0, "앞"), chunk(1, "낡은\n규정"), chunk(2, "연차는  15일이다.")], edits)).toEqual([
    "앞",
    undefined,
    "연차는 16일이다.",
  ]);
});

test("an edit whose text is gone lapses and touches nothing else", () => {
  const gone = edit("연차는 15일이다.", { correctedText: "연차는 16일이다." });
  const { chunks, lapsed } = matchEdits([chunk(0, "연차는 17일이다.")], [gone]);
  expect(lapsed).toEqual([gone]);
  expect(chunks[0]?.edit).toBeUndefined();
});

test("of several chunks with one text only the one that was edited changes", () => {
  const edits = [edit("같은 글", { occurrence: 1, correctedText: "다른 글" })];
  expect(apply([chunk(0, "같은 글"), chunk(1, "같은 글"), chunk(2, "같은 글")], edits)).toEqual([
    "같은 글",
    "다른 글",
    "같은 글",
  ]);
});

test("a corrected table loses the cells that no longer say the same and is counted anew", () => {
  const table = chunk(0, "직급: 과장", "<table></table>");
  const [matched] = matchEdits([table], [edit(table.text, { correctedText: "직급: 부장" })]).chunks;
  expect(matched && indexedChunk(matched, 9)).toEqual({ ...table, text: "직급: 부장", tokens: 9, html: undefined });
  expect(matched && indexedChunk(matched, 9)).not.toHaveProperty("html");
});
