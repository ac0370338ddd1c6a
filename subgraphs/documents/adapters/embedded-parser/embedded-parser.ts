import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PARSE_FAILURE_CODES, ParseFailure } from "../../domain/elements.js";
import type { ParseResult, Parser, ParserInput } from "../../domain/parser.js";
import { type ChildAnswer, type ChildRequest, FILE_UNAVAILABLE, MEMORY_EXCEEDED } from "./child-protocol.js";
import { type DocumentFormat, detectType, SNIFF_BYTES } from "./detect.js";
import { DEFAULT_LIMITS, type ParserLimits } from "./limits.js";

export interface EmbeddedParserOptions {
  /** Wall time for one document, in milliseconds; recognising the text of pictures has its own, in the limits. */
  timeoutMs?: number;
  /** JavaScript heap of the parser process, in MiB. */
  heapMb?: number;
  /** Resident memory of the parser process, in MiB. */
  memoryMb?: number;
  /** Size of the answer, in bytes. */
  outputBytes?: number;
  limits?: Partial<ParserLimits>;
  /** A Tesseract with the languages kor and eng; without one, text in pictures is recognised more slowly. */
  tesseractPath?: string;
}

const DEFAULTS = { timeoutMs: 120_000, heapMb: 768, memoryMb: 1_536, outputBytes: 128 * 1024 ** 2 };
const STDERR_KEPT = 4_000;

const TOO_LARGE = (): ParseFailure => new ParseFailure("too_large", "The document needs more memory than is allowed.");

/** How the process ended, and what it had said by then. */
interface Ending {
  exitCode: number | null;
  exitSignal: NodeJS.Signals | null;
  output: Buffer;
  errors: string;
}

/** Formats that may hold pictures of text. */
const PICTURED: ReadonlySet<DocumentFormat> = new Set<DocumentFormat>(["pdf", "png", "jpeg"]);

/** Whether the file may need text recognition, by its first bytes. */
async function mayHoldPictures({ path, name }: ParserInput): Promise<boolean> {
  const file = await open(path).catch(() => null);
  if (!file) return false; // the child tells why
  try {
    const head = new Uint8Array(SNIFF_BYTES);
    const { bytesRead } = await file.read(head, 0, SNIFF_BYTES, 0);
    return PICTURED.has(detectType(head.subarray(0, bytesRead), name).format);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/**
 * Neither environment nor disk (for writing) nor other programs are open to code that reads hostile files, except that it may
 * run Tesseract where there are pictures to read.
 */
function spawnChild(heapMb: number, mayRunPrograms: boolean): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  const beside = (name: string): URL => new URL(name + (isSource ? ".ts" : ".js"), import.meta.url);
  const nodeOptions = [
    `--max-old-space-size=${heapMb}`,
    "--permission",
    "--allow-fs-read=*",
    "--allow-worker",
    ...(mayRunPrograms ? ["--allow-child-process"] : []),
    "--disable-warning=SecurityWarning",
    "--disable-warning=ExperimentalWarning",
    ...(isSource ? ["--import", beside("./run-from-source").href] : []),
  ];
  return spawn(process.execPath, [...nodeOptions, fileURLToPath(beside("./child"))], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { TZ: "UTC" },
    // its own process group, so that whatever it may start ends with it
    detached: true,
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}

/** Runs the child to its end. `stop` is called with the reason when the child has to be killed. */
function runToEnd(
  child: ChildProcess,
  request: ChildRequest,
  outputBytes: number,
  stop: (reason: unknown) => void,
): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>();
  const output: Buffer[] = [];
  let size = 0;
  let errors = "";
  child.stdout?.on("data", (part: Buffer) => {
    size += part.length;
    if (size > outputBytes) stop(new ParseFailure("too_large", "The document holds more text than is allowed."));
    else output.push(part);
  });
  child.stderr?.on("data", (part: Buffer) => {
    errors = (errors + part.toString()).slice(-STDERR_KEPT);
  });
  // a child that died before reading its request is judged by its end
  child.stdin?.on("error", () => undefined);
  child.once("error", reject);
  child.once("close", (exitCode, exitSignal) =>
    resolve({ exitCode, exitSignal, output: Buffer.concat(output), errors }),
  );
  child.stdin?.end(JSON.stringify(request));
  return promise;
}

function parseAnswer(output: Buffer): ChildAnswer | null {
  try {
    const answer = JSON.parse(output.toString()) as ChildAnswer;
    return answer.status === "parsed" || PARSE_FAILURE_CODES.includes(answer.code) ? answer : null;
  } catch {
    return null;
  }
}

/** A killed process says nothing about the document (a deployment, the kernel out of memory): that is an error to try again. */
function judge({ exitCode, exitSignal, output, errors }: Ending): ParseResult {
  const answer = exitCode === 0 ? parseAnswer(output) : null;
  if (answer?.status === "parsed") return answer.result;
  if (answer) throw new ParseFailure(answer.code, answer.message, { advice: answer.advice });
  if (errors.includes(MEMORY_EXCEEDED) || /heap out of memory|Array buffer allocation failed/i.test(errors))
    throw TOO_LARGE();
  if (exitCode === FILE_UNAVAILABLE) throw new Error(`The file to parse cannot be read from the disk: ${errors}`);
  if (exitSignal === "SIGKILL" || exitSignal === "SIGTERM" || exitSignal === "SIGINT") {
    throw new Error(`The parser process was ended by ${exitSignal}.`);
  }
  throw new ParseFailure("unreadable", "The document cannot be read.", {
    cause: new Error(`The parser process stopped (${exitSignal ?? exitCode}): ${errors}`),
  });
}

/** The parser that runs in this installation, in one process per document: a crash or a hang costs one document and nothing else. */
export class EmbeddedParser implements Parser {
  readonly #options: typeof DEFAULTS;
  readonly #limits: ParserLimits;
  readonly #tesseractPath: string | undefined;

  constructor({ limits, tesseractPath, ...options }: EmbeddedParserOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#tesseractPath = tesseractPath;
  }

  /** @inheritdoc */
  async parse(file: ParserInput, { signal }: { signal: AbortSignal }): Promise<ParseResult> {
    signal.throwIfAborted();
    const { timeoutMs, heapMb, memoryMb, outputBytes } = this.#options;
    const pictured = await mayHoldPictures(file);
    signal.throwIfAborted();
    const tesseractPath = pictured ? this.#tesseractPath : undefined;
    const limitMs = timeoutMs + (pictured ? this.#limits.recognitionMs : 0);
    const child = spawnChild(heapMb, tesseractPath !== undefined);
    let stopped: { reason: unknown } | undefined;
    const stop = (reason: unknown): void => {
      stopped ??= { reason };
      killGroup(child);
    };
    const onAbort = (): void => stop(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(() => stop(new ParseFailure("timeout", "The document took too long to read.")), limitMs);
    try {
      const request = {
        path: file.path,
        name: file.name,
        limits: this.#limits,
        ...(tesseractPath === undefined ? {} : { tesseractPath }),
        memoryBytes: memoryMb * 1024 ** 2,
        parentPid: process.pid,
      };
      const ending = await runToEnd(child, request, outputBytes, stop);
      if (stopped) throw stopped.reason;
      return judge(ending);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      killGroup(child);
    }
  }
}
