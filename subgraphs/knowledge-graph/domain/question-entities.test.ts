import { expect, test } from "vitest";
import { chooseNames, guessNames } from "./question-entities.js";

const find = (question: string, ...keys: string[]): string[] =>
  chooseNames(
    guessNames(question),
    keys.map((key) => ({ key })),
  ).map((entity) => entity.key);

test("the longest known name wins over its parts", () => {
  expect(
    find(
      "Who leads the Journal of Psychotherapy Integration?",
      "journal",
      "psychotherapy",
      "journal of psychotherapy integration",
    ),
  ).toEqual(["journal of psychotherapy integration"]);
});
test("a single English word must be written with a capital", () => {
  expect(find("where is the apple store of Paris", "apple", "paris")).toEqual(["paris"]);
});
test("a possessive is part of no name", () => {
  expect(find("Hello Love's performer", "hello love")).toEqual(["hello love"]);
});
test("a Korean name is found with its particle on", () => {
  expect(find("연차휴가를 그룹웨어에서 신청하나요?", "연차휴가", "그룹웨어")).toEqual(["연차휴가", "그룹웨어"]);
});
test("a Korean name is found whatever its spacing", () => {
  expect(find("연차 휴가는 며칠인가요?", "연차휴가", "연차")).toEqual(["연차휴가"]);
});
test("a name the dictionary would split is found by its prefix", () => {
  expect(find("임종석이 누구야?", "임종석")).toEqual(["임종석"]);
});
test("a very long question stays bounded", () => {
  expect(guessNames("Word ".repeat(5000)).length).toBeLessThanOrEqual(800);
});
