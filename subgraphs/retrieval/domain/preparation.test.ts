import { expect, test } from "vitest";
import { prepareByWords, prepareQuery } from "./preparation.js";

/** Reading the dictionary takes seconds on a busy machine. */
const DICTIONARY_LIMIT_MS = 60_000;

test(
  "a Korean question gives its content morphemes, without particles and question words",
  async () => {
    const prepared = await prepareQuery("연차  휴가를 어떻게 신청하나요?");
    expect(prepared).toMatchObject({ language: "ko", normalized: "연차 휴가를 어떻게 신청하나요?" });
    expect(prepared.terms).toEqual(expect.arrayContaining(["연차", "휴가", "신청"]));
    expect(prepared.terms).not.toContain("를");
    expect(prepared.stopWords).toContain("어떻");
  },
  DICTIONARY_LIMIT_MS,
);

test("an English question gives its words without function words", async () => {
  expect((await prepareQuery("Who approves the Remote-Work request?")).terms).toEqual([
    "approves",
    "remote",
    "work",
    "request",
  ]);
});

test("what is left out of the terms is shown as stop words", async () => {
  expect((await prepareQuery("Who approves the request?")).stopWords).toEqual(["who", "the"]);
});

test("decomposed Hangul and hidden characters are the same question", async () => {
  const hidden = "연차\u200b 휴가".normalize("NFD");
  expect((await prepareQuery(hidden)).searchText).toBe((await prepareQuery("연차 휴가")).searchText);
});

test("terms are few and distinct, and come without the dictionary too", () => {
  expect(prepareByWords("leave ".repeat(300)).terms).toEqual(["leave"]);
  expect(prepareByWords("연차 신청").terms).toEqual(["연차", "신청"]);
});
