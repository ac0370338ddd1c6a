import { z } from "zod";

/** The part of TEI's `GET /info` that clients use. */
export const teiInfo = z.object({
  model_id: z.string(),
  max_input_length: z.int().positive(),
  max_client_batch_size: z.int().positive(),
  max_batch_tokens: z.int().positive().default(16_384),
});
export type TeiInfo = z.infer<typeof teiInfo>;

export const teiVectors = z.array(z.array(z.number()).nonempty());
export const teiRanks = z.array(z.object({ index: z.int().nonnegative(), score: z.number() }));
/** Only the number of tokens matters: their content is not looked at. */
export const teiTokens = z.array(z.array(z.unknown()));

/** How a model wants questions and passages told apart. */
export type PromptStyle = "prefix" | "prompt_name" | "none";

/** e5 models need text prefixes; bge-m3 and most others take the text as it is. */
export const promptStyleOf = (modelId: string): PromptStyle =>
  /(^|[-/_])e5([-/_]|$)/i.test(modelId) ? "prefix" : "none";
