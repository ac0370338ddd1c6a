import { expect, test } from "vitest";
import { standaloneQuestion } from "./follow-up.js";
import { fitHistory, historyTokens, shareWindow } from "./window.js";

const message = (role: "user" | "assistant", tokens: number, content = "x") => ({ role, content, tokens });

test("plain chat in 32,768 tokens leaves 28,268 for the history", () => {
  expect(shareWindow(32_768, 0)).toMatchObject({ system: 500, answer: 4000, history: 28_268 });
});

test("what is retrieved is taken from the history", () => {
  expect(shareWindow(32_768, 1500).history).toBe(26_768);
});

test("a small window keeps room for a prompt", () => {
  const budget = shareWindow(2048, 1500);
  expect(budget.system + budget.answer + budget.context + budget.history).toBeLessThanOrEqual(2048 + 256);
  expect(budget.history).toBeGreaterThanOrEqual(0);
});

test("the newest messages stay, and no reply without its question", () => {
  const history = [
    message("user", 100, "a"),
    message("assistant", 100, "b"),
    message("user", 10, "c"),
    message("assistant", 10, "d"),
  ];
  expect(fitHistory(history, 1000).map((m) => m.content)).toEqual(["a", "b", "c", "d"]);
  expect(fitHistory(history, 140).map((m) => m.content)).toEqual(["c", "d"]);
  expect(fitHistory(history, 20)).toEqual([]);
  expect(historyTokens(fitHistory(history, 140))).toBeLessThanOrEqual(140);
});

test("a follow-up that names too little is searched for with the question before it", () => {
  const before = "신입 직원의 연차는 며칠인가요?";
  expect(standaloneQuestion("그럼 신청은 어떻게 하나요?", before)).toBe(`${before} 그럼 신청은 어떻게 하나요?`);
  expect(standaloneQuestion("왜?", before)).toBe(`${before} 왜?`);
  expect(standaloneQuestion("What about part-timers?", "How many leave days do employees get?")).toContain(
    "leave days",
  );
  expect(standaloneQuestion("노트북 교체 주기와 신청 절차는 무엇인가요?", before)).toBe(
    "노트북 교체 주기와 신청 절차는 무엇인가요?",
  );
  expect(standaloneQuestion("왜?", undefined)).toBe("왜?");
});
