import type { AnswerEvent } from "../domain/events.js";

/** Deltas that come closer together than this travel together, in milliseconds. */
const COALESCE_MS = 10;
/** With this much text waiting, the model is not read further until the stream has taken it. */
const MAX_WAITING_CHARACTERS = 32_768;

/**
 * Writes an answer's events in order: the first and the first text at once, then at most one append per 10 ms, with everything that came
 * meanwhile. Bounded: who adds must await `room()` now and then.
 */
export class EventWriter {
  private waiting: AnswerEvent[] = [];
  private characters = 0;
  private inFlight: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastAppend = Number.NEGATIVE_INFINITY;
  /** Set while the first piece of text waits, which somebody is waiting for. */
  private urgent = false;
  private started = false;
  private failure: { readonly error: unknown } | undefined;

  /** @param sequence the last sequence in the stream before this writer's first event */
  constructor(
    private readonly append: (events: readonly AnswerEvent[], expected: number) => Promise<number>,
    private sequence: number,
  ) {}

  /** The last sequence that the stream has taken. */
  get written(): number {
    return this.sequence;
  }

  add(event: AnswerEvent): void {
    const last = this.waiting.at(-1);
    if (event.type === "delta" && last?.type === "delta")
      this.waiting[this.waiting.length - 1] = { ...last, text: last.text + event.text };
    else this.waiting.push(event);
    if (event.type === "delta") {
      this.characters += event.text.length;
      this.urgent ||= !this.started;
      this.started = true;
    }
    this.schedule();
  }

  /** Resolves when more may be added. @throws what an append threw */
  async room(): Promise<void> {
    if (this.failure) throw this.failure.error;
    if (this.characters > MAX_WAITING_CHARACTERS) await this.settled();
  }

  /** Resolves when everything is written. @throws what an append threw */
  async settled(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while ((this.inFlight || this.waiting.length > 0) && !this.failure) {
      if (!this.inFlight) this.flush();
      await this.inFlight;
    }
    if (this.failure) throw this.failure.error;
  }

  /** Drops what waits; for a writer that gives up. */
  stop(): void {
    clearTimeout(this.timer);
    this.waiting = [];
    this.failure ??= { error: new Error("the writer was stopped") };
  }

  private schedule(): void {
    if (this.inFlight || (this.timer && !this.urgent) || this.failure) return;
    const wait = this.urgent ? 0 : this.lastAppend + COALESCE_MS - performance.now();
    if (wait <= 0) this.flush();
    else
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.flush();
      }, wait);
  }

  private flush(): void {
    const events = this.waiting;
    if (events.length === 0 || this.inFlight || this.failure) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
    this.urgent = false;
    this.characters = 0;
    this.lastAppend = performance.now();
    this.inFlight = this.append(events, this.sequence)
      .then((last) => {
        this.sequence = last;
      })
      .catch((error: unknown) => {
        this.failure = { error };
      })
      .finally(() => {
        this.inFlight = undefined;
        if (this.waiting.length > 0) this.schedule();
      });
  }
}
