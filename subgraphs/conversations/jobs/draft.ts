import { describeError } from "../../../platform/errors/errors.js";
import type { Component } from "../../../platform/graphql/problems.js";
import type { Logger } from "../../../platform/logging/logger.js";
import type { PiiDetector } from "../../../platform/pii/detector.js";
import {
  type AnswerOutcome,
  type Citation,
  type Failure,
  NO_USAGE,
  type RetrievedPassage,
  type Usage,
} from "../domain/answer.js";
import type { CachedAnswer } from "../domain/answer-cache.js";
import type { Lookup } from "../domain/cached-answers.js";
import { type CitedPiece, createCitationParser, type Doubt } from "../domain/citations.js";
import { judgeByMeaning, type MeaningComparison } from "../domain/meaning.js";
import { createOutputGuard, type OutputGuard } from "../domain/output-guard.js";
import { costOf, type Prices } from "../domain/prices.js";
import { estimateTokens } from "../domain/tokens.js";
import type { EventWriter } from "./event-writer.js";

/** What one comparison by meaning may take, while the text goes on. */
const COMPARISON_MS = 2000;
/** What the comparisons still under way may take when the text is at its end: the whole delay they can cause. */
const TAIL_MS = 300;
/** Comparisons of one answer at once; beyond them words decide. */
const MAX_COMPARISONS = 8;

export interface DraftDependencies {
  readonly detector: PiiDetector;
  /** Undefined: words alone decide what a citation is worth. */
  readonly meaning: MeaningComparison | undefined;
  readonly prices: Prices | undefined;
  readonly logger: Logger;
}

/** An answer while it is written: what has been shown so far, and what its last row will hold. */
export class Draft {
  private text = "";
  private readonly citations: Citation[] = [];
  private readonly comparisons = new Map<Promise<void>, Citation>();
  private readonly tail = new AbortController();
  private guard: OutputGuard | undefined;
  private parser: ReturnType<typeof createCitationParser> | undefined;
  private readonly missing: Component[] = [];
  private replayed: CachedAnswer | undefined;
  private firstTokenAt: number | undefined;
  private retrieval: Pick<AnswerOutcome, "passages" | "facts" | "degraded"> = { passages: [], facts: [], degraded: [] };
  retrievalMilliseconds: number | null = null;
  searchQuery: string | null = null;
  questionTokens: number | null = null;
  private call: { readonly model: string; readonly promptTokens: number } | undefined;
  private counted: { readonly promptTokens: number; readonly completionTokens: number } | undefined;
  /** With which prompt the model was asked; null when it was not. */
  prompt: string | null = null;
  /** What came of looking the answer up. */
  lookup: Lookup | undefined;

  constructor(
    private readonly writer: EventWriter,
    private readonly dependencies: DraftDependencies,
    private readonly startedAt: number,
  ) {
    this.guard = createOutputGuard(dependencies.detector);
  }

  /** Tells that the answer was made without a part of the platform. */
  without(component: Component): void {
    if (!this.missing.includes(component)) this.missing.push(component);
  }

  /** What was found, and which of it stands in the prompt (and may be cited). Without it, brackets are text. */
  ground(found: Pick<AnswerOutcome, "passages" | "facts" | "degraded">, prompt: readonly RetrievedPassage[]): void {
    this.retrieval = found;
    this.parser = createCitationParser(prompt);
  }

  /** The model that is asked, and the prompt's estimated tokens, for a model that does not come to tell. */
  asks(model: string, promptTokens: number): void {
    this.call = { model, promptTokens };
  }

  /** Another model answers in its place. */
  answersInstead(model: string): void {
    this.call = { model, promptTokens: this.call?.promptTokens ?? 0 };
  }

  /** What the model itself counted. */
  counts(tokens: { readonly promptTokens: number; readonly completionTokens: number }): void {
    this.counted = tokens;
  }

  /** Whether anything shown so far rests on a passage. */
  get cites(): boolean {
    return this.citations.length > 0 || this.comparisons.size > 0;
  }

  /** Shows personal data as the model writes it, by the tenant's wish. To be called before the first piece. */
  showPersonalData(): void {
    this.guard = undefined;
  }

  /** Takes the model's next piece: checked for personal data, then for markers, then shown. */
  async push(text: string): Promise<void> {
    this.show(this.parsed(this.guard ? await this.guard.push(text) : text));
    await this.writer.room();
  }

  /** Shows what was held back. */
  async settle(): Promise<void> {
    this.show([...this.parsed((await this.guard?.end()) ?? ""), ...(this.parser?.end() ?? [])]);
  }

  /** Shows what was held back, and waits a moment for what is still compared. */
  async end(): Promise<void> {
    await this.settle();
    if (this.comparisons.size === 0) return;
    const timer = setTimeout(() => this.tail.abort(new Error("the text has ended")), TAIL_MS);
    await Promise.all(this.comparisons.keys());
    clearTimeout(timer);
  }

  /** Shows an answer that was checked when it was made, as it was then. */
  replay(answer: CachedAnswer): void {
    this.replayed = answer;
    const at = Date.now();
    this.firstTokenAt ??= performance.now();
    this.text = answer.text;
    this.writer.add({ type: "delta", at, text: answer.text });
    for (const citation of answer.citations) this.keep(citation);
  }

  private parsed(clean: string): CitedPiece[] {
    if (clean === "") return [];
    return this.parser?.push(clean) ?? [{ type: "text", text: clean }];
  }

  /** A model that said nothing spent nothing that anybody could know of. */
  private spent(): Omit<Usage, "retrievalMilliseconds" | "firstTokenMilliseconds" | "totalMilliseconds"> {
    if (!this.call) return NO_USAGE;
    const { model, promptTokens } = this.call;
    const estimated = !this.counted && this.text !== "";
    const tokens =
      this.counted ??
      (estimated
        ? { promptTokens, completionTokens: estimateTokens(this.text) }
        : { promptTokens: 0, completionTokens: 0 });
    const cost = costOf(this.dependencies.prices, model, tokens);
    return {
      ...tokens,
      estimated,
      model,
      cost,
      currency: cost === null ? null : (this.dependencies.prices?.currency ?? null),
    };
  }

  private show(pieces: readonly CitedPiece[]): void {
    const at = Date.now();
    for (const piece of pieces) {
      if (piece.type === "text") {
        this.firstTokenAt ??= performance.now();
        this.text += piece.text;
        this.writer.add({ type: "delta", at, text: piece.text });
      } else if (piece.doubt === null || !this.dependencies.meaning || this.comparisons.size >= MAX_COMPARISONS) {
        this.keep(
          piece.doubt && this.dependencies.meaning ? { ...piece.citation, check: "UNCHECKED" } : piece.citation,
        );
      } else {
        this.compare(this.dependencies.meaning, piece.citation, piece.doubt);
      }
    }
  }

  private keep(citation: Citation): void {
    this.citations.push(citation);
    this.writer.add({ type: "citation", at: Date.now(), citation });
  }

  /** Looks at a citation's meaning beside the stream: its event comes when that is known, at the latest before the end. */
  private compare(meaning: MeaningComparison, citation: Citation, doubt: Doubt): void {
    const signal = AbortSignal.any([this.tail.signal, AbortSignal.timeout(COMPARISON_MS)]);
    const late = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    const work: Promise<void> = Promise.race([judgeByMeaning(meaning, doubt, citation.support, signal), late])
      .then(({ support, check, quote }) => ({ ...citation, support, check, quote: quote ?? citation.quote }))
      .catch((error: unknown): Citation => {
        this.dependencies.logger.debug({ error: describeError(error) }, "a citation was judged by its words alone");
        return { ...citation, check: "UNCHECKED" };
      })
      .then((judged) => {
        this.comparisons.delete(work);
        this.keep(judged);
      });
    this.comparisons.set(work, citation);
  }

  /** The draft as an answer's end. */
  outcome(status: AnswerOutcome["status"], failure: Failure | null): AnswerOutcome {
    const since = (at: number): number => Math.round((at - this.startedAt) * 10) / 10;
    return {
      status,
      failure,
      prompt: this.prompt,
      cache: this.lookup?.decision ?? null,
      text: this.text,
      citations: this.citations.toSorted((a, b) => a.position - b.position),
      removedMarkers: this.replayed?.removedMarkers ?? this.parser?.removed ?? [],
      ...this.retrieval,
      degraded: [...this.retrieval.degraded, ...this.missing],
      usage: {
        ...this.spent(),
        retrievalMilliseconds: this.retrievalMilliseconds,
        firstTokenMilliseconds: this.firstTokenAt === undefined ? null : since(this.firstTokenAt),
        totalMilliseconds: since(performance.now()),
      },
      searchQuery: this.searchQuery,
      questionTokens: this.questionTokens,
      // The end is the event behind everything written so far.
      finalSequence: this.writer.written + 1,
    };
  }
}
