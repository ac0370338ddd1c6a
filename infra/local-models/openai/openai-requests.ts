import { z } from "zod";
import { HttpProblem } from "../json-http.js";
import type { LocalMessage } from "./local-chat-model.js";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const message = z
  .object({
    role: z.enum(["system", "developer", "user", "assistant"]),
    content: z.union([z.string(), z.array(textPart)]),
  })
  .transform(
    ({ role, content }): LocalMessage => ({
      role: role === "developer" ? "system" : role,
      content: typeof content === "string" ? content : content.map(({ text }) => text).join("\n"),
    }),
  );

const stop = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .transform((value) => (value === null || value === undefined ? [] : typeof value === "string" ? [value] : value));

export const chatRequest = z.object({
  model: z.string().nullish(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  n: z.literal(1, { error: "only one choice is generated" }).nullish(),
  stop,
  tools: z.array(z.unknown()).max(0, { error: "this model does not call tools" }).nullish(),
  response_format: z
    .object({ type: z.literal("text", { error: "this model does not support structured output" }) })
    .nullish(),
});
export type ChatCompletionRequest = z.output<typeof chatRequest>;

export const tokenizeRequest = z.union([
  z.object({ model: z.string().nullish(), prompt: z.string() }),
  z.object({ model: z.string().nullish(), messages: z.array(message).min(1) }),
]);

/** A refusal with vLLM's status and body. */
export function openAiProblem(status: 400 | 404 | 500, message: string, param: string | null = null): HttpProblem {
  const type = status === 404 ? "NotFoundError" : status === 400 ? "BadRequestError" : "InternalServerError";
  return new HttpProblem(status, { error: { message, type, param, code: status } });
}

/** The parsed body; 400 in vLLM's shape when it is not JSON or not of this shape. */
export function parseBody<T>(schema: z.ZodType<T>, body: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw openAiProblem(400, `the body is not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue?.path.join(".") || null;
  throw openAiProblem(400, `${param ?? "body"}: ${issue?.message ?? "invalid"}`, param);
}
