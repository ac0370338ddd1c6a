/**
 * Limits how many requests are under way at once, and follows the server: an overload halves the limit, each success
 * gives a little back, so that a busy server is kept busy without being flooded. Waiters go in order.
 */
export class AdaptiveGate {
  private limit: number;
  private active = 0;
  private readonly waiting: { enter: () => void }[] = [];

  constructor(private readonly maximum: number) {
    this.limit = maximum;
  }

  /** Requests allowed at once at this moment. */
  get width(): number {
    return Math.max(1, Math.floor(this.limit));
  }

  /** Runs the call when there is room; rejects with the signal's reason when that fires first. */
  async run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      const result = await call();
      this.limit = Math.min(this.maximum, this.limit + 1 / this.limit);
      return result;
    } finally {
      this.active--;
      this.admit();
    }
  }

  /** The server asked to slow down. */
  overloaded(): void {
    this.limit = Math.max(1, this.limit / 2);
  }

  private enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.active < this.width && this.waiting.length === 0) {
      this.active++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const waiter = {
        enter: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.waiting.push(waiter);
    });
  }

  private admit(): void {
    while (this.active < this.width) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.active++;
      next.enter();
    }
  }
}
