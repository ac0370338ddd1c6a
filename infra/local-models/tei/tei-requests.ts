import { z } from "zod";
import { type Exchange, HttpProblem, readBody } from "../json-http.js";

/** TEI's default `--payload-limit`. */
const BODY_LIMIT_BYTES = 2_000_000;

const inputs = z.union([z.string(), z.array(z.string())]);
const truncation = {
  truncate: z.boolean().nullish(),
  truncation_direction: z.enum(["left", "right", "Left", "Right"]).nullish(),
};

export const embedRequest = z.object({
  inputs,
  ...truncation,
  normalize: z.boolean().default(true),
  prompt_name: z.string().nullish(),
  dimensions: z.int().positive().nullish(),
});
export const rerankRequest = z.object({
  query: z.string(),
  texts: z.array(z.string()),
  ...truncation,
  raw_scores: z.boolean().default(false),
  return_text: z.boolean().default(false),
});
export const tokenizeRequest = z.object({
  inputs,
  add_special_tokens: z.boolean().default(true),
  prompt_name: z.string().nullish(),
});
export type EmbedRequest = z.infer<typeof embedRequest>;

/** The parsed body. Refuses as TEI's HTTP layer does: 415 not JSON, 413 too large, 400 not parseable, 422 wrong shape. */
export async function parseRequest<T>(schema: z.ZodType<T>, { request }: Exchange): Promise<T> {
  if (!/^application\/([\w.+-]+\+)?json\b/.test(request.headers["content-type"] ?? "")) {
    throw new HttpProblem(415, "Expected request with `Content-Type: application/json`");
  }
  const body = await readBody(request, BODY_LIMIT_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new HttpProblem(400, `Failed to parse the request body as JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  throw new HttpProblem(
    422,
    `Failed to deserialize the JSON body into the target type: ${where}: ${issue?.message ?? "invalid"}`,
  );
}
