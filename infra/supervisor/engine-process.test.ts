import { expect, test } from "vitest";
import { type Engine, type Variables } from "../engines/engine.js";
import { valkey } from "../engines/valkey.js";
import { settleEngine } from "./engine-process.js";

/** An engine whose first `failures` set-ups fail, and how often it was asked. */
function slowToSettle(failures: number): { engine: Engine; attempts(): number } {
  let attempts = 0;
  const settle = async (_environment: Variables): Promise<void> => {
    if (++attempts <= failures) throw new Error("Request aborted");
  };
  return { engine: { ...valkey, title: "Store 1.0", settle }, attempts: () => attempts };
}

test("an engine that is too busy at first is set up all the same", async () => {
  const { engine, attempts } = slowToSettle(1);
  await settleEngine(engine, {}, new AbortController().signal);
  expect(attempts()).toBe(2);
});

test("an engine that cannot be set up is named, with the reason", async () => {
  const { engine } = slowToSettle(Number.POSITIVE_INFINITY);
  await expect(settleEngine(engine, {}, new AbortController().signal)).rejects.toThrow(
    "Store 1.0 answers, but could not be set up: Request aborted",
  );
});

test("a start that is called off waits no longer", async () => {
  const stopped = new AbortController();
  const { engine } = slowToSettle(Number.POSITIVE_INFINITY);
  const settled = settleEngine(engine, {}, stopped.signal);
  stopped.abort(new Error("stopped"));
  await expect(settled).rejects.toThrow("stopped");
});
