import type { PiiDetector } from "../../../platform/pii/detector.js";
import {
  type AnswerOutcome,
  type Citation,
  type Failure,
  NO_USAGE,
  type RetrievedPassage,
  type Usage,
} from "../domain/answer.js";
import { type CitedPiece, createCitationParser } from "../domain/citations.js";
import { createOutputGuard } from "../domain/output-guard.js";
import { costOf, type Prices } from "../domain/prices.js";
import { estimateTokens } from "../domain/tokens.js";
import type { EventWriter } from "./event-writer.js";

/** An answer while it is written: what has been shown so far, and what its last row will hold. */
export class Draft {
  private text = "";
  private readonly citations: Citation[] = [];
  private readonly guard;
  private parser = createCitationParser([]);
  private firstTokenAt: number | undefined;
  private retrieval: Pick<AnswerOutcome, "passages" | "facts" | "degraded"> = { passages: [], facts: [], degraded: [] };
  retrievalMilliseconds: number | null = null;
  searchQuery: string | null = null;
  questionTokens: number | null = null;
  private call: { readonly model: string; readonly promptTokens: number } | undefined;
  private counted: { readonly promptTokens: number; readonly completionTokens: number } | undefined;

  constructor(
    private readonly writer: EventWriter,
    detector: PiiDetector,
    private readonly startedAt: number,
    private readonly prices: Prices | undefined,
  ) {
    this.guard = createOutputGuard(detector);
  }

  /** What was found, and which of it stands in the prompt (and may be cited). */
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

  /** Takes the model's next piece: checked for personal data, then for markers, then shown. */
  async push(text: string): Promise<void> {
    const clean = await this.guard.push(text);
    if (clean !== "") this.show(this.parser.push(clean));
    await this.writer.room();
  }

  /** Shows what was held back. */
  async end(): Promise<void> {
    const clean = await this.guard.end();
    this.show([...this.parser.push(clean), ...this.parser.end()]);
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
    const cost = costOf(this.prices, model, tokens);
    return { ...tokens, estimated, model, cost, currency: cost === null ? null : (this.prices?.currency ?? null) };
  }

  private show(pieces: readonly CitedPiece[]): void {
    const at = Date.now();
    for (const piece of pieces) {
      if (piece.type === "text") {
        this.firstTokenAt ??= performance.now();
        this.text += piece.text;
        this.writer.add({ type: "delta", at, text: piece.text });
      } else {
        this.citations.push(piece.citation);
        this.writer.add({ type: "citation", at, citation: piece.citation });
      }
    }
  }

  /** The draft as an answer's end. */
  outcome(status: AnswerOutcome["status"], failure: Failure | null): AnswerOutcome {
    const since = (at: number): number => Math.round((at - this.startedAt) * 10) / 10;
    return {
      status,
      failure,
      text: this.text,
      citations: this.citations,
      removedMarkers: this.parser.removed,
      ...this.retrieval,
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
