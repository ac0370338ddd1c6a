import { ParseFailure } from "../../domain/elements.js";
import type { ParseResult } from "../../domain/parser.js";
import { decodeText } from "./decode.js";
import { type DocumentFormat, detectType } from "./detect.js";
import { detectLanguage } from "./language.js";
import type { ParserLimits } from "./limits.js";
import type { OcrEngine } from "./ocr/engine.js";
import { Recogniser } from "./ocr/recogniser.js";
import { toOutline } from "./outline.js";
import type { ElementDraft, ParsedDocument } from "./parsed-document.js";

/** Each reader is loaded only for its own format: that keeps the start of a parser process short. */
async function readFormat(
  format: DocumentFormat,
  bytes: Uint8Array,
  limits: ParserLimits,
  recogniser: Recogniser | null,
): Promise<ParsedDocument> {
  switch (format) {
    case "pdf":
      return (await import("./pdf/pdf.js")).parsePdf(bytes, limits, recogniser);
    case "docx":
      return (await import("./docx.js")).parseDocx(bytes, limits);
    case "pptx":
      return (await import("./pptx.js")).parsePptx(bytes, limits);
    case "xlsx":
      return (await import("./xlsx.js")).parseXlsx(bytes, limits);
    case "odt":
      return (await import("./odt.js")).parseOdt(bytes, limits);
    case "hwpx":
      return (await import("./hwpx.js")).parseHwpx(bytes, limits);
    case "hwp":
      return (await import("./hwp/hwp.js")).parseHwp(bytes, limits);
    case "rtf":
      return (await import("./rtf.js")).parseRtf(bytes, limits);
    case "eml":
      return (await import("./eml.js")).parseEml(bytes, limits);
    case "png":
    case "jpeg":
      return (await import("./image.js")).parseImage(bytes, limits, recogniser);
    case "csv": {
      const { parseCsv } = await import("./csv.js");
      return withDecoded(bytes, undefined, (text) => parseCsv(text, limits));
    }
    case "html": {
      const { declaredCharset, parseHtmlDocument } = await import("./html.js");
      return withDecoded(bytes, declaredCharset(bytes), (text) => parseHtmlDocument(text, limits));
    }
    case "markdown": {
      const { parseMarkdown } = await import("./markdown.js");
      return withDecoded(bytes, undefined, (text) => parseMarkdown(text, limits));
    }
    case "text": {
      const { parseText } = await import("./text.js");
      return withDecoded(bytes, undefined, parseText);
    }
  }
}

function withDecoded(
  bytes: Uint8Array,
  charset: string | undefined,
  read: (text: string) => ParsedDocument,
): ParsedDocument {
  const { text, damaged } = decodeText(bytes, charset);
  const document = read(text);
  return damaged
    ? { ...document, warnings: [...document.warnings, "Some characters of the file could not be read."] }
    : document;
}

/** Control characters would break JSON consumers and databases (PostgreSQL refuses U+0000), half surrogates are no text. */
function cleanText(text: string): string {
  return text
    .replace(/(?![\t\n\r])\p{Cc}/gu, "")
    .toWellFormed()
    .normalize("NFC")
    .trim();
}

function cleaned(draft: ElementDraft): ElementDraft {
  return {
    ...draft,
    text: cleanText(draft.text),
    ...(draft.html === undefined ? {} : { html: cleanText(draft.html) }),
  };
}

function asFailure(error: unknown): ParseFailure {
  if (error instanceof ParseFailure) return error;
  // the stack or a string ran out: what no limit foresaw about a document's size or nesting
  if (error instanceof RangeError)
    return new ParseFailure("too_complex", "The document is too large or nested too deeply to be read.", {
      cause: error,
    });
  return new ParseFailure("unreadable", "The document cannot be read.", { cause: error });
}

/**
 * Reads a whole document held in memory, pictures with `engine` (null: they are left out). Runs in the parser's own process, since a hostile file may make it slow or large.
 * Throws nothing but `ParseFailure`.
 */
export async function readDocument(
  bytes: Uint8Array,
  name: string,
  limits: ParserLimits,
  engine: OcrEngine | null = null,
): Promise<ParseResult> {
  try {
    if (bytes.length > limits.fileBytes) throw new ParseFailure("too_large", "The file is too large.");
    const { format, mimeType } = detectType(bytes, name);
    const document = await readFormat(format, bytes, limits, engine && new Recogniser(engine, limits));
    const drafts = document.elements.map(cleaned).filter((draft) => draft.text !== "" || draft.type === "PageBreak");
    if (drafts.length > limits.elements) throw new ParseFailure("too_complex", "The document has too many parts.");
    const attachments = document.attachments ?? [];
    if (attachments.length === 0 && !drafts.some((draft) => /[\p{L}\p{N}]/u.test(draft.text)))
      throw new ParseFailure("empty", "No text was found in the document.");
    const language = detectLanguage(drafts.map((draft) => draft.text)) ?? document.language;
    return {
      mimeType,
      elements: toOutline(drafts),
      warnings: document.warnings,
      ...(document.pageCount === undefined ? {} : { pageCount: document.pageCount }),
      ...(document.title === undefined ? {} : { title: cleanText(document.title) }),
      ...(language === undefined ? {} : { language }),
      ...(attachments.length === 0 ? {} : { attachments }),
    };
  } catch (error) {
    throw asFailure(error);
  }
}
