import { expect, test } from "vitest";
import type { AnswerEvent } from "../domain/events.js";
import { EventWriter } from "./event-writer.js";

const delta = (text: string): AnswerEvent => ({ type: "delta", at: 0, text });

function recorder() {
  const appended: AnswerEvent[][] = [];
  let last = 0;
  const append = async (events: readonly AnswerEvent[], expected: number): Promise<number> => {
    if (expected !== last) throw new Error("not in order");
    appended.push([...events]);
    last += events.length;
    return last;
  };
  return { appended, append };
}

test("the first piece is written at once, what comes meanwhile travels together", async () => {
  const { append, appended } = recorder();
  const writer = new EventWriter(append, 0);
  writer.add(delta("가"));
  expect(appended).toEqual([[delta("가")]]);
  for (const text of "나다라") writer.add(delta(text));
  await writer.settled();
  expect(appended.slice(1)).toEqual([[delta("나다라")]]);
  expect(writer.written).toBe(2);
});

test("order between text and other events is kept", async () => {
  const { append, appended } = recorder();
  const writer = new EventWriter(append, 0);
  const stage: AnswerEvent = { type: "stage", at: 0, stage: "GENERATING" };
  for (const event of [delta("a"), stage, delta("b"), delta("c")]) writer.add(event);
  await writer.settled();
  expect(appended.flat()).toEqual([delta("a"), stage, delta("bc")]);
});

test("a failed append reaches the writer's owner, and nothing more is written", async () => {
  let calls = 0;
  const writer = new EventWriter(async () => {
    calls++;
    throw new Error("taken over");
  }, 0);
  writer.add(delta("a"));
  await expect(writer.settled()).rejects.toThrow("taken over");
  writer.add(delta("b"));
  await expect(writer.room()).rejects.toThrow("taken over");
  expect(calls).toBe(1);
});
