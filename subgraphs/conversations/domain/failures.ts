import { UnavailableError } from "../../../platform/errors/errors.js";
import { Component } from "../../../platform/graphql/problems.js";
import { ModelError } from "../../../platform/models/errors.js";
import type { Failure } from "./answer.js";

/** The model's failure, as the asker may see it; undefined for anything else. */
export function modelFailure(error: unknown): Failure | undefined {
  if (!(error instanceof ModelError)) return undefined;
  const component = Component.LLM;
  switch (error.code) {
    case "TOO_LONG":
      return {
        code: "TOO_LONG",
        component,
        retryable: false,
        message: "The question and its context do not fit this model. Ask a shorter question or choose another model.",
      };
    case "REJECTED":
      return {
        code: "REJECTED",
        component,
        retryable: false,
        message: "The model refused the request. Choose another model, or ask your operator.",
      };
    case "TIMEOUT":
      return { code: "TIMEOUT", component, retryable: true, message: "The model stopped answering. Try again." };
    default:
      return {
        code: "UNAVAILABLE",
        component,
        retryable: true,
        message: "The model does not answer just now. Try again shortly.",
      };
  }
}

/** The search's failure, as the asker may see it; undefined for anything else. */
export const searchFailure = (error: unknown): Failure | undefined =>
  error instanceof UnavailableError || (error instanceof Error && error.name === "TimeoutError")
    ? {
        code: "UNAVAILABLE",
        component: Component.VECTOR_INDEX,
        retryable: true,
        message: "The documents cannot be searched just now, so there is no answer. Try again shortly.",
      }
    : undefined;

export const OUT_OF_TIME: Failure = {
  code: "TIMEOUT",
  component: Component.LLM,
  retryable: true,
  message: "The answer took too long. Try again, or ask for less at once.",
};

export const GAVE_UP: Failure = {
  code: "INTERNAL",
  component: Component.LLM,
  retryable: true,
  message: "The answer could not be written after several attempts. Try again later.",
};
