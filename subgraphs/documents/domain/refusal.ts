/** Why something a person asked for is not done; expected, and told to them as data. */
export type Refusal =
  | { readonly kind: "NOT_FOUND"; readonly what: string; readonly id: string }
  | { readonly kind: "INVALID"; readonly issues: readonly InputProblem[]; readonly code?: string }
  | { readonly kind: "CONFLICT"; readonly message: string; readonly existingId: string | null; readonly code?: string }
  | { readonly kind: "NOT_ALLOWED"; readonly requires: string }
  | { readonly kind: "QUOTA"; readonly message: string; readonly limit: number };

export interface InputProblem {
  /** Path in the input, e.g. "indexing.chunkTokens". */
  readonly path: string;
  readonly message: string;
}

/** Either the thing or the reason why not. */
export type Outcome<T> =
  | { readonly value: T; readonly refusal?: undefined }
  | { readonly value?: undefined; readonly refusal: Refusal };

export const done = <T>(value: T): Outcome<T> => ({ value });
export const refused = (refusal: Refusal): { refusal: Refusal } => ({ refusal });
export const missing = (what: string, id: string): { refusal: Refusal } => refused({ kind: "NOT_FOUND", what, id });
export const invalid = (path: string, message: string, code?: string): { refusal: Refusal } =>
  refused({ kind: "INVALID", issues: [{ path, message }], ...(code ? { code } : {}) });
