import { readFile } from "node:fs/promises";
import type { Logger } from "../../../../platform/logging/logger.js";
import { ModelError } from "../../../../platform/models/errors.js";
import { ParseFailure } from "../../domain/elements.js";
import type { ParseResult, Parser, ParserInput } from "../../domain/parser.js";
import { decodeText } from "../embedded-parser/decode.js";
import { type DocumentFormat, detectType } from "../embedded-parser/detect.js";
import { declaredCharset } from "../embedded-parser/html.js";
import { detectLanguage } from "../embedded-parser/language.js";
import { DEFAULT_LIMITS, type ParserLimits } from "../embedded-parser/limits.js";
import { toOutline } from "../embedded-parser/outline.js";
import { toDraft, type UnstructuredElement } from "./answer.js";
import type { Strategy, UnstructuredClient } from "./client.js";

export interface UnstructuredParserOptions {
  client: UnstructuredClient;
  /** Reads what the service does not (messages with their attachments, Hangul documents), and everything while it is away. */
  embedded: Parser;
  /** First strategy for PDF and pictures. */
  strategy?: Strategy;
  /** What happens while the service does not work: another parser, said in the warnings, or an error that is tried again later. */
  whenAway?: "embedded" | "fail";
  limits?: Partial<ParserLimits>;
  logger: Logger;
}

/** Formats that are left to the embedded parser. */
const OWN_FORMATS: ReadonlySet<DocumentFormat> = new Set<DocumentFormat>(["eml", "hwp", "hwpx", "rtf", "odt"]);
/** Sent as UTF-8: the service fails on Korean in its older encodings unless it is told which. */
const TEXT_FORMATS: ReadonlySet<DocumentFormat> = new Set<DocumentFormat>(["text", "markdown", "html", "csv"]);
const PICTURE_FORMATS: ReadonlySet<DocumentFormat> = new Set<DocumentFormat>(["png", "jpeg"]);

/** Endings by which the service tells formats apart where the media type does not. */
const ENDINGS: Partial<Record<DocumentFormat, string>> = { text: "txt", markdown: "md", jpeg: "jpg" };

/** A name without anything of the uploader's: it is repeated in every element and may be written to the service's log. */
const neutralName = (format: DocumentFormat): string => `document.${ENDINGS[format] ?? format}`;

/** What to try one after the other: a missing model, or a scan without any text, needs another strategy. */
function strategiesFor(format: DocumentFormat, first: Strategy): Strategy[] {
  const order: Strategy[] =
    format === "pdf" ? [first, "fast", "ocr_only"] : PICTURE_FORMATS.has(format) ? [first, "ocr_only"] : ["auto"];
  return [...new Set(order)];
}

const hasText = (elements: readonly UnstructuredElement[]): boolean =>
  elements.some(({ text }) => /[\p{L}\p{N}]/u.test(text));

/** The parser that asks an Unstructured service. */
export class UnstructuredParser implements Parser {
  readonly #options: Required<Omit<UnstructuredParserOptions, "limits">>;
  readonly #limits: ParserLimits;

  constructor({ limits, ...options }: UnstructuredParserOptions) {
    this.#options = { strategy: "auto", whenAway: "embedded", ...options };
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** @inheritdoc */
  async parse(file: ParserInput, { signal }: { signal: AbortSignal }): Promise<ParseResult> {
    signal.throwIfAborted();
    const bytes = await readFile(file.path);
    // by content: the service believes a name, and reads a text named .docx as text
    const { format, mimeType } = detectType(bytes, file.name);
    if (OWN_FORMATS.has(format)) return this.#options.embedded.parse(file, { signal });
    try {
      const elements = await this.#partition(file.path, bytes, format, mimeType, signal);
      return this.#result(elements, mimeType);
    } catch (error) {
      if (!(error instanceof ModelError) || this.#options.whenAway === "fail") throw error;
      this.#options.logger.warn({ code: error.code, reason: error.message }, "read by the embedded parser instead");
      const result = await this.#options.embedded.parse(file, { signal });
      return { ...result, warnings: [...result.warnings, "Unstructured did not answer: read by the embedded parser."] };
    }
  }

  async #partition(
    path: string,
    bytes: Uint8Array,
    format: DocumentFormat,
    mimeType: string,
    signal: AbortSignal,
  ): Promise<UnstructuredElement[]> {
    const file = TEXT_FORMATS.has(format) ? { content: utf8(bytes, format) } : { path };
    let failure: unknown;
    for (const strategy of strategiesFor(format, this.#options.strategy)) {
      try {
        const found = await this.#options.client.partition({
          file,
          name: neutralName(format),
          mimeType,
          strategy,
          signal,
        });
        if (hasText(found)) return found;
      } catch (error) {
        if (!(error instanceof ModelError) || error.code !== "REJECTED") throw error;
        failure = error;
      }
    }
    if (failure) throw failure;
    throw new ParseFailure("empty", "No text was found in the document.");
  }

  #result(elements: readonly UnstructuredElement[], mimeType: string): ParseResult {
    if (elements.length > this.#limits.elements)
      throw new ParseFailure("too_complex", "The document has too many parts.");
    const drafts = elements
      .map((element) => toDraft(element, this.#limits))
      .map((draft) => ({
        ...draft,
        text: draft.text
          .replace(/[ \t\u00a0]+/g, " ")
          .replace(/(?!\n)\p{Cc}/gu, "")
          .toWellFormed()
          .normalize("NFC")
          .trim(),
      }))
      .filter(({ text, type }) => text !== "" && type !== "PageBreak");
    const language = detectLanguage(drafts.map(({ text }) => text));
    const pageCount = Math.max(0, ...drafts.map(({ pageNumber }) => pageNumber ?? 0));
    return {
      mimeType,
      elements: toOutline(drafts),
      warnings: [],
      ...(pageCount > 0 ? { pageCount } : {}),
      ...(language === undefined ? {} : { language }),
    };
  }
}

const utf8 = (bytes: Uint8Array, format: DocumentFormat): Uint8Array =>
  Buffer.from(decodeText(bytes, format === "html" ? declaredCharset(bytes) : undefined).text);
