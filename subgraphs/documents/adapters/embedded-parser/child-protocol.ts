import type { ParseFailureCode } from "../../domain/elements.js";
import type { ParseResult } from "../../domain/parser.js";
import type { ParserLimits } from "./limits.js";

/** What the parent writes to the child's standard input, as one JSON document. */
export interface ChildRequest {
  path: string;
  name: string;
  limits: ParserLimits;
  /** A Tesseract the child may run; without one it recognises text by itself. */
  tesseractPath?: string;
  /** Resident memory the child may take, in bytes. */
  memoryBytes: number;
  /** The child ends itself when this is no longer its parent. */
  parentPid: number;
}

/** What the child answers on its standard output, as one JSON document. */
export type ChildAnswer =
  | { status: "parsed"; result: ParseResult }
  | { status: "failed"; code: ParseFailureCode; message: string; advice: string };

/** Written to standard error before the child ends itself for taking too much memory. */
export const MEMORY_EXCEEDED = "parser: memory limit exceeded";

/** The exit status of a child that could not read the file from the disk: nothing is known about the document (EX_IOERR of sysexits). */
export const FILE_UNAVAILABLE = 74;
