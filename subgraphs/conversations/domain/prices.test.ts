import { expect, test } from "vitest";
import { costOf, pricesSchema } from "./prices.js";

const tokens = { promptTokens: 1500, completionTokens: 200 };

test("a call costs its tokens at the model's prices per million", () => {
  const prices = pricesSchema.parse({ currency: "USD", models: { large: { input: 2, output: 10 } } });
  expect(costOf(prices, "large", tokens)).toBeCloseTo(0.003 + 0.002, 10);
});

test("a model without a price has the price of all others, or none: not nought", () => {
  const models = { large: { input: 2, output: 10 } };
  expect(costOf({ currency: "USD", models }, "small", tokens)).toBeNull();
  expect(costOf({ currency: "USD", models: { ...models, "*": { input: 1, output: 1 } } }, "small", tokens)).toBeCloseTo(
    0.0017,
    10,
  );
  expect(costOf(undefined, "small", tokens)).toBeNull();
});
