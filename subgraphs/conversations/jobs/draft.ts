import type { PiiDetector } from "../../../platform/pii/detector.js";
import type { AnswerOutcome, Citation, Failure, RetrievedPassage } from "../domain/answer.js";
import { type CitedPiece, createCitationParser } from "../domain/citations.js";
import { createOutputGuard } from "../domain/output-guard.js";
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
  tokens = { promptTokens: 0, completionTokens: 0 };

  constructor(
    private readonly writer: EventWriter,
    detector: PiiDetector,
    private readonly startedAt: number,
  ) {
    this.guard = createOutputGuard(detector);
  }

  /** What was found, and which of it stands in the prompt (and may be cited). */
  ground(found: Pick<AnswerOutcome, "passages" | "facts" | "degraded">, prompt: readonly RetrievedPassage[]): void {
    this.retrieval = found;
    this.parser = createCitationParser(prompt);
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
        ...this.tokens,
        retrievalMilliseconds: this.retrievalMilliseconds,
        firstTokenMilliseconds: this.firstTokenAt === undefined ? null : since(this.firstTokenAt),
        totalMilliseconds: since(performance.now()),
      },
      // The end is the event behind everything written so far.
      finalSequence: this.writer.written + 1,
    };
  }
}
