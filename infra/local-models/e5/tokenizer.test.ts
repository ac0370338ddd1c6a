import { expect, test } from "vitest";
import { UnigramTokenizer } from "./tokenizer.js";

const PIECES: [string, number][] = [
  ["<s>", 0],
  ["<pad>", 0],
  ["</s>", 0],
  ["<unk>", 0],
  ["▁휴", -6],
  ["가", -4],
  ["▁휴가", -8],
  ["는", -3],
  ["▁a", -2],
  ["▁", -5],
];
const tokenizer = new UnigramTokenizer({
  pieces: PIECES.map(([piece]) => piece),
  scores: Float32Array.from(PIECES, ([, score]) => score),
  normalization: new Map([
    [0x0a, " "],
    [0xff41, "a"],
  ]),
  bos: 0,
  eos: 2,
  unknown: 3,
});
const pieces = (text: string) => tokenizer.encode(text).map((id) => tokenizer.piece(id));

test("the most likely segmentation wins over the longest first piece", () => {
  expect(pieces("휴가는")).toEqual(["<s>", "▁휴가", "는", "</s>"]);
});

test("white space and full-width letters are normalised", () => {
  expect(pieces("a  \n ａ")).toEqual(["<s>", "▁a", "▁a", "</s>"]);
});

test("an unknown character is one unknown token, also outside the basic plane and as a lone surrogate", () => {
  expect(pieces("a🙂")).toEqual(["<s>", "▁a", "<unk>", "</s>"]);
  expect(pieces("a\ud83d")).toEqual(["<s>", "▁a", "<unk>", "</s>"]);
});

test("a count is the length of the encoding, also for no text", () => {
  for (const text of ["", " ", "휴가는 a", "🙂🙂"]) expect(tokenizer.count(text)).toBe(tokenizer.encode(text).length);
});
