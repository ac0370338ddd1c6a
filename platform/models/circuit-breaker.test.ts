import { expect, test } from "vitest";
import { AdaptiveGate } from "./adaptive-gate.js";
import { planBatches } from "./batches.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { ModelError } from "./errors.js";

const down = () => Promise.reject(new ModelError("UNAVAILABLE", "down"));

test("after failures in a row calls are refused at once, then one at a time tries", async () => {
  let now = 0;
  const breaker = new CircuitBreaker("the model", { failures: 2, openMs: 1_000, now: () => now });
  await expect(breaker.run(down)).rejects.toThrow("down");
  await expect(breaker.run(down)).rejects.toThrow("down");
  await expect(breaker.run(async () => "never called")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryAfterMs: 1_000,
  });
  now = 1_000;
  let recover: (value: string) => void = () => {};
  const probe = breaker.run(() => new Promise<string>((resolve) => (recover = resolve)));
  await expect(breaker.run(async () => "second")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  recover("up");
  expect(await probe).toBe("up");
  expect(await breaker.run(async () => "third")).toBe("third");
});

test("a server that refuses is alive: refusals never open the circuit", async () => {
  const breaker = new CircuitBreaker("the model", { failures: 1 });
  const refuse = () => Promise.reject(new ModelError("OVERLOADED", "busy"));
  await expect(breaker.run(refuse)).rejects.toThrow("busy");
  expect(breaker.isOpen).toBe(false);
});

test("an overload narrows the gate, successes widen it again, never beyond its maximum", async () => {
  const gate = new AdaptiveGate(4);
  gate.overloaded();
  expect(gate.width).toBe(2);
  for (let i = 0; i < 20; i++) await gate.run(async () => {});
  expect(gate.width).toBe(4);
});

test("a waiter whose signal fires leaves the gate and takes no place", async () => {
  const gate = new AdaptiveGate(1);
  let release: () => void = () => {};
  const first = gate.run(() => new Promise<void>((resolve) => (release = resolve)));
  const controller = new AbortController();
  const second = gate.run(async () => "second", controller.signal);
  const third = gate.run(async () => "third");
  controller.abort(new Error("left"));
  await expect(second).rejects.toThrow("left");
  release();
  await first;
  expect(await third).toBe("third");
});

test("batches keep to the server's size and token limits and lose no text", () => {
  const texts = ["a".repeat(1_000), "b", "c", "d".repeat(1_000), "e"];
  const batches = planBatches(texts, 2, 600, 512);
  expect(batches.map(({ start, end }) => [start, end])).toEqual([
    [0, 2],
    [2, 4],
    [4, 5],
  ]);
  expect(planBatches([], 2, 600, 512)).toEqual([]);
});
