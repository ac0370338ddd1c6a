import { describe, expect, test } from "vitest";
import { EMPTY_ANSWER, foldAnswer } from "./answer-state.js";
import type { AnswerEvent } from "./client.js";

const at = "2025-01-31T09:30:00.000Z";
const stage = (sequence: number, name: "RETRIEVED" | "GENERATING" | "RESTARTED"): AnswerEvent => ({
  __typename: "AnswerStage",
  sequence,
  at,
  stage: name,
  milliseconds: null,
  searchQuery: null,
  passages: null,
  facts: null,
});
const delta = (sequence: number, text: string): AnswerEvent => ({ __typename: "AnswerDelta", sequence, at, text });

describe("an answer put together from its events", () => {
  test("is the text of its deltas, in their order", () => {
    const state = [stage(1, "GENERATING"), delta(2, "three "), delta(3, "days")].reduce(foldAnswer, EMPTY_ANSWER);
    expect(state).toMatchObject({ sequence: 3, status: "STREAMING", stage: "GENERATING", text: "three days" });
  });

  test("drops what an abandoned worker wrote when another one starts over", () => {
    const events = [delta(1, "thr"), stage(2, "RESTARTED"), delta(3, "three"), delta(4, " days")];
    expect(events.reduce(foldAnswer, EMPTY_ANSWER).text).toBe("three days");
  });

  test("keeps what was found when later stages do not repeat it", () => {
    const fact = { subject: "a", relationType: "OWNS", object: "b", weight: 1, evidence: [] };
    const found = { ...stage(1, "RETRIEVED"), facts: [fact] } as AnswerEvent;
    expect([found, stage(2, "GENERATING")].reduce(foldAnswer, EMPTY_ANSWER).facts).toEqual([fact]);
  });
});
