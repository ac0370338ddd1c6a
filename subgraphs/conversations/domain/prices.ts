import { z } from "zod";

/** What models cost, by the operator's word. */
export interface Prices {
  /** Three letters, ISO 4217. */
  readonly currency: string;
  /** Per million tokens, by model id; "*" is for every other model. */
  readonly models: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
}

const price = z.number().nonnegative();
/** `{"currency":"USD","models":{"llama-3":{"input":0.2,"output":0.6}}}`, prices per million tokens. */
export const pricesSchema = z.object({
  currency: z.string().regex(/^[A-Z]{3}$/, "three letters, as in USD"),
  models: z.record(z.string(), z.object({ input: price, output: price })),
});

const MILLION = 1_000_000;

/** The cost of one call in the prices' currency; null when nobody said what the model costs. */
export function costOf(
  prices: Prices | undefined,
  model: string,
  tokens: { readonly promptTokens: number; readonly completionTokens: number },
): number | null {
  const rate = prices?.models[model] ?? prices?.models["*"];
  if (!rate) return null;
  return (tokens.promptTokens * rate.input + tokens.completionTokens * rate.output) / MILLION;
}
