import { HttpProblem } from "../json-http.js";

/** TEI's error types, in its own spelling. */
export type TeiErrorType = "Unhealthy" | "Backend" | "Overloaded" | "Validation" | "Tokenizer" | "Empty";

const STATUS: Record<TeiErrorType, number> = {
  Unhealthy: 503,
  Backend: 424,
  Overloaded: 429,
  Validation: 422,
  Tokenizer: 422,
  Empty: 400,
};

/** A refusal with TEI's status and body. */
export const teiProblem = (type: TeiErrorType, error: string): HttpProblem =>
  new HttpProblem(STATUS[type], { error, error_type: type });

export const overloaded = (): HttpProblem => teiProblem("Overloaded", "Model is overloaded");
export const emptyInput = (): HttpProblem => teiProblem("Empty", "Input validation error: `inputs` cannot be empty");
export const emptyBatch = (): HttpProblem => teiProblem("Empty", "`inputs` cannot be empty");
export const tooManyInputs = (size: number, limit: number): HttpProblem =>
  teiProblem("Validation", `batch size ${size} > maximum allowed batch size ${limit}`);
export const tooLong = (limit: number, given: number): HttpProblem =>
  teiProblem("Validation", `Input validation error: \`inputs\` must have less than ${limit} tokens. Given: ${given}`);
export const unknownPrompt = (name: string): HttpProblem =>
  teiProblem("Validation", `Input validation error: Could not find prompt with name \`${name}\``);
