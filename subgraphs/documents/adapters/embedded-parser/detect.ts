import { ParseFailure } from "../../domain/elements.js";
import { guessUtf16 } from "./decode.js";

/** The formats with a reader of their own. */
export type DocumentFormat =
  | "text"
  | "markdown"
  | "html"
  | "csv"
  | "rtf"
  | "eml"
  | "pdf"
  | "docx"
  | "pptx"
  | "xlsx"
  | "odt"
  | "hwp"
  | "hwpx"
  | "png"
  | "jpeg";

export interface DetectedType {
  mimeType: string;
  format: DocumentFormat;
}

/** Enough of a file for `detectType` to tell every format apart, in bytes. */
export const SNIFF_BYTES = 64 * 1024;

const OPEN_XML = "application/vnd.openxmlformats-officedocument";

const TYPES: Record<DocumentFormat, string> = {
  text: "text/plain",
  markdown: "text/markdown",
  html: "text/html",
  csv: "text/csv",
  rtf: "application/rtf",
  eml: "message/rfc822",
  pdf: "application/pdf",
  docx: `${OPEN_XML}.wordprocessingml.document`,
  pptx: `${OPEN_XML}.presentationml.presentation`,
  xlsx: `${OPEN_XML}.spreadsheetml.sheet`,
  odt: "application/vnd.oasis.opendocument.text",
  hwp: "application/x-hwp",
  hwpx: "application/hwp+zip",
  png: "image/png",
  jpeg: "image/jpeg",
};

const found = (format: DocumentFormat): DetectedType => ({ format, mimeType: TYPES[format] });

const unsupported = (what: string, advice?: string): ParseFailure =>
  new ParseFailure("unsupported", `${what} cannot be read.`, advice === undefined ? {} : { advice });

const ENCRYPTED = (): ParseFailure => new ParseFailure("encrypted", "The file is protected with a password.");

const AS_PDF = "Save it as PDF and upload that.";
const AS_PNG = "Save it as PNG, JPEG or PDF and upload that.";
const AS_DOCX = "Save it as DOCX or PDF and upload that.";

/** Signatures at the start of files that are recognised in order to say what they are. */
const REFUSED_SIGNATURES: readonly [signature: string, offset: number, what: string, advice?: string][] = [
  ["GIF8", 0, "A picture (GIF)", AS_PNG],
  ["II*\0", 0, "A picture (TIFF)", AS_PNG],
  ["MM\0*", 0, "A picture (TIFF)", AS_PNG],
  ["WEBP", 8, "A picture (WebP)", AS_PNG],
  ["WAVE", 8, "A sound file"],
  ["ftyp", 4, "A video or sound file"],
  ["ID3", 0, "A sound file"],
  ["HWP Document File", 0, "A Hangul file of a version before 5", AS_PDF],
  ["\x1f\x8b", 0, "A compressed archive", "Upload the files in it one by one."],
  ["7z\xbc\xaf", 0, "A compressed archive", "Upload the files in it one by one."],
  ["Rar!", 0, "A compressed archive", "Upload the files in it one by one."],
  ["\x7fELF", 0, "A program"],
  ["MZ", 0, "A program"],
];

/** Formats that are plain text inside but need a reader of their own to make sense. */
const REFUSED_TEXT_ENDINGS: Record<string, [what: string, advice: string]> = {
  mht: ["A web archive", AS_PDF],
  mhtml: ["A web archive", AS_PDF],
};

const BINARY_ENDINGS = [
  "pdf",
  "docx",
  "pptx",
  "xlsx",
  "odt",
  "hwp",
  "hwpx",
  "png",
  "jpg",
  "jpeg",
  "rtf",
  "doc",
  "xls",
  "ppt",
];

function fileEnding(name: string): string {
  return /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
}

/** Names inside compound files are UTF-16. */
const wide = (text: string): string => [...text].map((character) => `${character}\0`).join("");

function compoundFile(content: string): DetectedType {
  if (content.includes(wide("EncryptedPackage"))) throw ENCRYPTED();
  if (content.includes("HWP Document File") || content.includes(wide("FileHeader"))) return found("hwp");
  throw unsupported("A file of an old Office version (.doc, .xls, .ppt)", AS_DOCX);
}

/** The part of an archive, or its stored type, that only one format has. */
const ARCHIVE_MARKS: readonly [mark: string, format: DocumentFormat][] = [
  ["word/document.xml", "docx"],
  ["ppt/presentation.xml", "pptx"],
  ["xl/workbook.xml", "xlsx"],
  ["application/hwp+zip", "hwpx"],
  ["Contents/section0.xml", "hwpx"],
  ["application/vnd.oasis.opendocument.text", "odt"],
];

function zipArchive(content: string, ending: string): DetectedType {
  for (const [mark, format] of ARCHIVE_MARKS) if (content.includes(mark)) return found(format);
  if (content.includes("application/vnd.oasis.opendocument"))
    throw unsupported("This kind of OpenDocument file", AS_PDF);
  // The parts may come in any order, so the one that tells can lie beyond what was given.
  const named = ARCHIVE_MARKS.find(([, format]) => format === ending);
  if (named) return found(named[1]);
  throw unsupported("A zip archive", "Upload the files in it one by one.");
}

const HEADER_FIELDS = /^(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}/;
const MESSAGE_FIELD = /^(?:from|to|subject|received|mime-version|return-path|message-id|date|content-type):/im;

/** A message begins with at least two header fields, one of which only messages have. */
function looksLikeMessage(head: string): boolean {
  const fields = HEADER_FIELDS.exec(head.replaceAll("\r\n", "\n"))?.[0] ?? "";
  return MESSAGE_FIELD.test(fields) && /^(?:from|received|mime-version|return-path|message-id):/im.test(fields);
}

function looksBinary(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, 8192);
  let zeros = 0;
  let controls = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0) zeros++;
    else if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  }
  return (zeros > 0 || controls > length * 0.02) && guessUtf16(bytes) === null;
}

const hasByteOrderMark16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/**
 * The type of a document by its content, with the file name only where text looks like text. `bytes` is the file or at least its
 * first `SNIFF_BYTES`. Throws `ParseFailure` (`empty`, `encrypted`, `corrupt` where the content belies the name, `unsupported`).
 */
export function detectType(bytes: Uint8Array, name: string): DetectedType {
  if (bytes.length === 0) throw new ParseFailure("empty", "The file is empty.");
  const ending = fileEnding(name);
  const latin1 = (start: number, end?: number): string => Buffer.from(bytes.subarray(start, end)).toString("latin1");
  const head = latin1(0, 1024);
  // junk before the signature is common; a text about PDF files is not one
  if (/^\s*%PDF-\d/.test(head) || (/%PDF-\d/.test(head) && looksBinary(bytes))) return found("pdf");
  if (head.startsWith("\xd0\xcf\x11\xe0")) return compoundFile(latin1(0));
  if (head.startsWith("PK\x03\x04") || head.startsWith("PK\x05\x06"))
    return zipArchive(latin1(0, SNIFF_BYTES) + latin1(Math.max(0, bytes.length - SNIFF_BYTES)), ending);
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return found("png");
  if (head.startsWith("\xff\xd8\xff")) return found("jpeg");
  if (/^\s*\{\\rtf/.test(head)) return found("rtf");
  for (const [signature, offset, what, advice] of REFUSED_SIGNATURES) {
    // "MZ" and the like may also begin a text
    if (head.startsWith(signature, offset) && (signature.length > 3 || looksBinary(bytes)))
      throw unsupported(what, advice);
  }
  if (BINARY_ENDINGS.includes(ending)) {
    throw new ParseFailure("corrupt", `The file is not a valid ${ending.toUpperCase()} file.`);
  }
  if (!hasByteOrderMark16(bytes) && looksBinary(bytes)) throw unsupported("A file with binary content");
  const refused = REFUSED_TEXT_ENDINGS[ending];
  if (refused) throw unsupported(...refused);
  if (ending === "eml" || looksLikeMessage(head)) return found("eml");
  const letters = head.replaceAll("\0", "");
  if (/^(html|htm|xhtml)$/.test(ending) || /<!doctype html|<html[\s>]/i.test(letters)) return found("html");
  if (/^(md|markdown)$/.test(ending)) return found("markdown");
  if (/^(csv|tsv)$/.test(ending)) return found("csv");
  return found("text");
}
