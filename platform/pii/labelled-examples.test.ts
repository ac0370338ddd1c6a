import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { createKoreanDetector } from "./korean-detector.js";
import { readLabelledLines, scoreDetector } from "./labelled-examples.js";

const detector = createKoreanDetector();

describe.each([
  ["korean", "ko"],
  ["english", "en"],
] as const)("the labelled examples in examples/pii/%s.txt", (name, language) => {
  test("every value is found with its kind and its borders, and nothing else is", async () => {
    const examples = readLabelledLines(
      await readFile(new URL(`../../examples/pii/${name}.txt`, import.meta.url), "utf8"),
    );
    expect(examples.length).toBeGreaterThan(80);
    expect((await scoreDetector(detector, examples, language)).disagreements).toEqual([]);
  });
});

test("a score tells a value found, one missed, one that leaks and one found falsely", async () => {
  const examples = readLabelledLines(
    "# comment\nCall [[PHONE_NUMBER|010-1234-5678]] or [[EMAIL|a [at] b.com]], not 5.\nNothing here.",
  );
  expect(examples.map(({ text }) => text)).toEqual(["Call 010-1234-5678 or a [at] b.com, not 5.", "Nothing here."]);
  const half = {
    detect: async (text: string) =>
      text.startsWith("Call")
        ? [
            { start: 5, end: 18, kind: "PHONE_NUMBER" as const, score: 1 },
            { start: 22, end: 25, kind: "US_SSN" as const, score: 1 },
          ]
        : [],
  };
  const { kinds, disagreements } = await scoreDetector(half, examples, "en");
  expect(kinds).toEqual([
    { kind: "EMAIL", values: 1, found: 0, falsely: 0, leaked: 1 },
    { kind: "PHONE_NUMBER", values: 1, found: 1, falsely: 0, leaked: 0 },
    { kind: "US_SSN", values: 0, found: 0, falsely: 1, leaked: 0 },
  ]);
  expect(disagreements).toEqual([
    { text: examples[0]?.text, missed: ["EMAIL a [at] b.com"], falsely: [`US_SSN ${examples[0]?.text.slice(22, 25)}`] },
  ]);
});
