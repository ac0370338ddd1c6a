/**
 * Why a model server did not answer. `UNAVAILABLE`: not reachable or failing, try later. `OVERLOADED`: it asked to slow
 * down. `TOO_LONG`: the input does not fit the model. `REJECTED`: the same request will never be accepted. `TIMEOUT`: no
 * answer within the time limit.
 */
export type ModelErrorCode = "UNAVAILABLE" | "OVERLOADED" | "TOO_LONG" | "REJECTED" | "TIMEOUT";

export interface ModelErrorDetails {
  /** HTTP status, when there was an answer. */
  status?: number;
  /** How long the server asked to wait. */
  retryAfterMs?: number;
  /** Which of the texts given by the caller is at fault. */
  index?: number;
  cause?: unknown;
}

/** Every failure of a model port, except the caller's own abort (which rejects with the signal's reason). */
export class ModelError extends Error {
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly index: number | undefined;

  constructor(
    readonly code: ModelErrorCode,
    message: string,
    details: ModelErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "ModelError";
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.index = details.index;
  }

  /** Whether the same request may succeed later. */
  get transient(): boolean {
    return this.code === "UNAVAILABLE" || this.code === "OVERLOADED" || this.code === "TIMEOUT";
  }
}
