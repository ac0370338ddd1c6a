export * from "./answer-state.js";
export * from "./client.js";
export * from "./generated/graphql.js";
export { possibleTypes } from "./possible-types.js";
export { type ResumeOptions, resumable } from "./resume.js";
export {
  ApiError,
  type ApiErrorDetail,
  ConnectionError,
  type Transport,
  type TransportOptions,
  type TypedOperation,
} from "./transport.js";
