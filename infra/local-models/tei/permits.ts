import type { Lane } from "../e5/encoder.js";

/**
 * TEI's `max_concurrent_requests`: one permit per text, none to wait for: what does not fit is refused at once. Batches
 * leave a reserve, so that indexing at full load never refuses a person's question.
 */
export class Permits {
  private used = 0;

  constructor(
    private readonly limit: number,
    private readonly reserve: number,
  ) {}

  /** Takes `count` permits, or none when they are not all free. */
  tryAcquire(count: number, lane: Lane): boolean {
    const limit = lane === "interactive" ? this.limit : this.limit - this.reserve;
    if (this.used + count > limit) return false;
    this.used += count;
    return true;
  }

  release(count: number): void {
    this.used -= count;
  }
}
