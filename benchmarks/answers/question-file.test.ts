import { describe, expect, test } from "vitest";
import { type JudgedAnswer, judge, readQuestions } from "./question-file.js";

const QUESTION = {
  ask: "How long is parental leave?",
  says: ["18 months"],
  never: ["12 months"],
  from: [{ file: "handbook.pdf", page: 2 }],
};
const PASSAGE = { marker: 1, fileName: "handbook.pdf", text: "5. Leave\nParental leave is 18 months for each parent." };
const CITATION = {
  marker: 1,
  support: "SUPPORTED",
  fileName: "handbook.pdf",
  pages: [2],
  quote: "Parental leave is 18 months for each parent.",
};
const ANSWER: JudgedAnswer = {
  text: "Parental leave is 18 months. [1]",
  citations: [CITATION],
  passages: [PASSAGE],
};

describe("an answer is held against its question", () => {
  test("the right words from the right page are right", () => {
    expect(judge(QUESTION, ANSWER)).toEqual({
      isRight: true,
      isFromTheRightPlace: true,
      citations: 1,
      validCitations: 1,
      supportedCitations: 1,
      danglingMarkers: 0,
    });
  });

  test("the words of an older rule make it wrong", () => {
    expect(judge(QUESTION, { ...ANSWER, text: "It was 12 months, now 18 months. [1]" }).isRight).toBe(false);
  });

  test("another page is another place", () => {
    expect(judge(QUESTION, { ...ANSWER, citations: [{ ...CITATION, pages: [1] }] }).isFromTheRightPlace).toBe(false);
  });

  test("a quote that its passage does not hold is no valid citation", () => {
    expect(
      judge(QUESTION, { ...ANSWER, citations: [{ ...CITATION, quote: "Leave is endless." }] }).validCitations,
    ).toBe(0);
  });

  test("a marker without a citation dangles", () => {
    expect(judge(QUESTION, { ...ANSWER, text: "18 months. [1] [7]" }).danglingMarkers).toBe(1);
  });

  test("a citation for what the documents do not say is wrong", () => {
    const unanswerable = { ask: "What is for lunch?", answerable: false } as const;
    expect(judge(unanswerable, ANSWER).isRight).toBe(false);
    expect(judge(unanswerable, { text: "I found nothing.", citations: [], passages: [] }).isRight).toBe(true);
  });
});

test("the question file holds sixty questions or more, in both languages, with and without an answer", async () => {
  const questions = await readQuestions(new URL("questions.yaml", import.meta.url));
  const korean = questions.filter(({ ask }) => /[가-힣]/.test(ask));
  const unanswerable = questions.filter((question) => "answerable" in question);
  expect(questions.length).toBeGreaterThanOrEqual(60);
  expect(korean.length).toBeGreaterThanOrEqual(20);
  expect(questions.length - korean.length).toBeGreaterThanOrEqual(20);
  expect(unanswerable.length).toBeGreaterThanOrEqual(10);
  expect(new Set(questions.map(({ ask }) => ask)).size).toBe(questions.length);
});
