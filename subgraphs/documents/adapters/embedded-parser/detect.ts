import { ParseFailure } from "../../domain/elements.js";
import { guessUtf16 } from "./decode.js";

/** The formats with a reader of their own. */
export type DocumentFormat = "text" | "markdown" | "html" | "pdf" | "docx";

export interface DetectedType {
  mimeType: string;
  format: DocumentFormat;
}

/** Enough of a file for `detectType` to tell every format apart, in bytes. */
export const SNIFF_BYTES = 64 * 1024;

const TYPES: Record<DocumentFormat, string> = {
  text: "text/plain",
  markdown: "text/markdown",
  html: "text/html",
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

const found = (format: DocumentFormat): DetectedType => ({ format, mimeType: TYPES[format] });

const unsupported = (what: string, advice?: string): ParseFailure =>
  new ParseFailure("unsupported", `${what} cannot be read.`, advice === undefined ? {} : { advice });

const ENCRYPTED = (): ParseFailure => new ParseFailure("encrypted", "The file is protected with a password.");

const AS_PDF = "Save it as PDF and upload that.";
const AS_DOCX = "Save it as DOCX or PDF and upload that.";

/** Signatures at the start of files that are recognised in order to say what they are. */
const REFUSED_SIGNATURES: readonly [signature: string, offset: number, what: string, advice?: string][] = [
  ["\x89PNG", 0, "A picture (PNG)"],
  ["\xff\xd8\xff", 0, "A picture (JPEG)"],
  ["GIF8", 0, "A picture (GIF)"],
  ["II*\0", 0, "A picture (TIFF)"],
  ["MM\0*", 0, "A picture (TIFF)"],
  ["WEBP", 8, "A picture (WebP)"],
  ["WAVE", 8, "A sound file"],
  ["ftyp", 4, "A video or sound file"],
  ["ID3", 0, "A sound file"],
  ["{\\rtf", 0, "A rich text (RTF) file", AS_DOCX],
  ["HWP Document File", 0, "A Hangul (HWP) file", AS_PDF],
  ["\x1f\x8b", 0, "A compressed archive", "Upload the files in it one by one."],
  ["7z\xbc\xaf", 0, "A compressed archive", "Upload the files in it one by one."],
  ["Rar!", 0, "A compressed archive", "Upload the files in it one by one."],
  ["\x7fELF", 0, "A program"],
  ["MZ", 0, "A program"],
];

/** Formats that are plain text inside but need a reader of their own to make sense. */
const REFUSED_TEXT_ENDINGS: Record<string, [what: string, advice: string]> = {
  csv: ["A CSV file", "Put the table into an HTML, DOCX or PDF file and upload that."],
  tsv: ["A TSV file", "Put the table into an HTML, DOCX or PDF file and upload that."],
  eml: ["An e-mail message", AS_PDF],
  mht: ["A web archive", AS_PDF],
  mhtml: ["A web archive", AS_PDF],
};

const BINARY_ENDINGS = ["pdf", "docx", "pptx", "xlsx", "odt", "hwp", "hwpx", "png", "jpg", "jpeg", "doc", "xls", "ppt"];

function fileEnding(name: string): string {
  return /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
}

/** Names inside compound files are UTF-16. */
const wide = (text: string): string => [...text].map((character) => `${character}\0`).join("");

function compoundFile(content: string): ParseFailure {
  if (content.includes(wide("EncryptedPackage"))) return ENCRYPTED();
  if (content.includes("HWP Document File") || content.includes(wide("FileHeader"))) {
    return unsupported("A Hangul (HWP) file", AS_PDF);
  }
  return unsupported("A file of an old Office version (.doc, .xls, .ppt)", AS_DOCX);
}

function zipArchive(content: string, ending: string): DetectedType {
  if (content.includes("word/document.xml")) return found("docx");
  if (content.includes("ppt/presentation.xml") || content.includes("ppt/slides/"))
    throw unsupported("A presentation (PPTX)", AS_PDF);
  if (content.includes("xl/workbook.xml") || content.includes("xl/worksheets/"))
    throw unsupported("A workbook (XLSX)", AS_PDF);
  if (content.includes("Contents/section0.xml") || content.includes("application/hwp+zip")) {
    throw unsupported("A Hangul (HWPX) file", AS_PDF);
  }
  if (content.includes("application/vnd.oasis.opendocument")) throw unsupported("An OpenDocument file", AS_DOCX);
  // The parts may come in any order, so the one that tells can lie beyond what was given.
  if (ending === "docx") return found("docx");
  throw unsupported("A zip archive", "Upload the files in it one by one.");
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
  if (head.startsWith("\xd0\xcf\x11\xe0")) throw compoundFile(latin1(0));
  if (head.startsWith("PK\x03\x04") || head.startsWith("PK\x05\x06"))
    return zipArchive(latin1(0, SNIFF_BYTES) + latin1(Math.max(0, bytes.length - SNIFF_BYTES)), ending);
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
  if (
    /^(from|received|mime-version|return-path|message-id):[^\n]*\n/i.test(head) &&
    /^(to|subject|date):/im.test(head)
  ) {
    throw unsupported("An e-mail message", AS_PDF);
  }
  const letters = head.replaceAll("\0", "");
  if (/^(html|htm|xhtml)$/.test(ending) || /<!doctype html|<html[\s>]/i.test(letters)) return found("html");
  if (/^(md|markdown)$/.test(ending)) return found("markdown");
  return found("text");
}
