import { isAbort } from "../../../platform/errors/errors.js";

export const STAGE_NAMES = [
  "PREPARE",
  "EMBED",
  "VECTOR",
  "FULL_TEXT",
  "VISIBILITY",
  "GRAPH",
  "FETCH",
  "TEXTS",
  "RERANK",
] as const;
export type StageName = (typeof STAGE_NAMES)[number];
export type StageStatus = "OK" | "FAILED" | "TIMED_OUT" | "SKIPPED";

export interface StageHit {
  readonly chunkId: string;
  readonly score: number;
  /** From 1. */
  readonly rank: number;
}

/** What one stage of a search did, for people who ask why a passage won. */
export interface StageReport {
  readonly name: StageName;
  readonly status: StageStatus;
  readonly milliseconds: number;
  readonly hits: readonly StageHit[];
}

const MAX_HITS = 100;

export const hitsOf = (list: readonly { readonly chunkId: string; readonly score: number }[]): StageHit[] =>
  list.slice(0, MAX_HITS).map(({ chunkId, score }, i) => ({ chunkId, score, rank: i + 1 }));

/** Settles with the work, or rejects as soon as the signal aborts, whether or not the work listens to it. */
function until<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Runs the stages of one search, each under its own time limit, and keeps their reports. */
export class StageLog {
  readonly #reports = new Map<StageName, StageReport>();

  /** @param request aborts when the caller has gone: then a stage throws instead of failing softly
   *  @param onFailure hears of every failure, for the log */
  constructor(
    private readonly request: AbortSignal,
    private readonly onFailure: (stage: StageName, error: unknown) => void,
  ) {}

  get reports(): StageReport[] {
    return STAGE_NAMES.flatMap((name) => this.#reports.get(name) ?? []);
  }

  /** The work's value, or undefined when it failed or took longer than `limitMs`. @throws the request's abort reason */
  async run<T>(name: StageName, limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const started = performance.now();
    const limit = AbortSignal.timeout(limitMs);
    const signal = AbortSignal.any([this.request, limit]);
    const end = (status: StageStatus): void => {
      const before = this.#reports.get(name);
      this.#reports.set(name, {
        name,
        status: before && before.status !== "OK" ? before.status : status,
        milliseconds: (before?.milliseconds ?? 0) + performance.now() - started,
        hits: before?.hits ?? [],
      });
    };
    try {
      const value = await until(work(signal), signal);
      end("OK");
      return value;
    } catch (error) {
      if (this.request.aborted) throw this.request.reason;
      end(limit.aborted || isAbort(error) ? "TIMED_OUT" : "FAILED");
      this.onFailure(name, error);
      return undefined;
    }
  }

  succeeded(name: StageName): boolean {
    return this.#reports.get(name)?.status === "OK";
  }

  /** True when the stage ran and something of it failed or was too slow. */
  failed(name: StageName): boolean {
    const status = this.#reports.get(name)?.status;
    return status === "FAILED" || status === "TIMED_OUT";
  }

  skip(name: StageName): void {
    this.#reports.set(name, { name, status: "SKIPPED", milliseconds: 0, hits: [] });
  }

  hits(name: StageName, list: readonly { readonly chunkId: string; readonly score: number }[]): void {
    const report = this.#reports.get(name);
    if (report) this.#reports.set(name, { ...report, hits: hitsOf(list) });
  }
}
