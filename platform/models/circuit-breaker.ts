import { ModelError } from "./errors.js";

export interface CircuitBreakerOptions {
  /** Failures in a row that open the circuit. */
  failures?: number;
  /** How long it stays open before one call may try. */
  openMs?: number;
  now?: () => number;
}

/**
 * Keeps calls away from a server that does not answer. Only failures to answer count (`UNAVAILABLE`, `TIMEOUT`): a
 * server that says 429 or 422 is alive. After `openMs` one call at a time tries again.
 */
export class CircuitBreaker {
  private failuresInARow = 0;
  private openUntil = 0;
  private probing = false;
  private readonly limit: number;
  private readonly openMs: number;
  private readonly now: () => number;

  constructor(
    private readonly name: string,
    { failures = 5, openMs = 2_000, now = Date.now }: CircuitBreakerOptions = {},
  ) {
    this.limit = failures;
    this.openMs = openMs;
    this.now = now;
  }

  get isOpen(): boolean {
    return this.failuresInARow >= this.limit;
  }

  /** Runs the call, or rejects at once with `UNAVAILABLE` and `retryAfterMs` while the circuit is open. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const probe = this.isOpen;
    if (probe) {
      const retryAfterMs = Math.max(this.openUntil - this.now(), 0);
      if (retryAfterMs > 0 || this.probing) {
        const message = `${this.name} has not been answering; the next try is later`;
        throw new ModelError("UNAVAILABLE", message, { retryAfterMs: Math.max(retryAfterMs, 100) });
      }
      this.probing = true;
    }
    try {
      const result = await call();
      this.failuresInARow = 0;
      return result;
    } catch (error) {
      if (error instanceof ModelError && (error.code === "UNAVAILABLE" || error.code === "TIMEOUT")) {
        this.failuresInARow++;
        if (this.isOpen) this.openUntil = this.now() + this.openMs;
      } else if (error instanceof ModelError) this.failuresInARow = 0;
      throw error;
    } finally {
      if (probe) this.probing = false;
    }
  }
}
