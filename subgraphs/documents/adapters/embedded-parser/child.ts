import { Console } from "node:console";
import { readFile, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import { ParseFailure } from "../../domain/elements.js";
import { type ChildAnswer, type ChildRequest, FILE_UNAVAILABLE, MEMORY_EXCEEDED } from "./child-protocol.js";
import type { OcrEngine } from "./ocr/engine.js";
import { readDocument } from "./read-document.js";

/** The entry of a parser process: one request on standard input, one answer on standard output, then it ends. */

/**
 * Watches from a second thread, because a document that keeps this one busy would also stop its timers: ends the process when it
 * takes too much memory, or when its parent is gone and nobody is left to set it a time limit.
 */
function watch({ memoryBytes, parentPid }: ChildRequest): void {
  const source = `
    const { writeSync } = require("node:fs");
    setInterval(() => {
      const tooLarge = process.memoryUsage.rss() > ${memoryBytes};
      if (tooLarge) writeSync(2, ${JSON.stringify(`${MEMORY_EXCEEDED}\n`)});
      if (tooLarge || process.ppid !== ${parentPid}) process.kill(process.pid, "SIGKILL");
    }, 50);`;
  new Worker(source, { eval: true, execArgv: [] }).unref();
}

async function readBytes({ path, limits }: ChildRequest): Promise<Uint8Array | ParseFailure> {
  try {
    if ((await stat(path)).size > limits.fileBytes) return new ParseFailure("too_large", "The file is too large.");
    // a plain array and not a Buffer: pdf.js takes the memory over
    return new Uint8Array(await readFile(path));
  } catch (error) {
    console.error(error);
    process.exit(FILE_UNAVAILABLE);
  }
}

/** The program where there is one, since it is faster. Either is loaded for the first picture only. */
function lazyEngine(tesseractPath: string | undefined): OcrEngine {
  let engine: Promise<OcrEngine> | undefined;
  const load = async (): Promise<OcrEngine> => {
    if (tesseractPath !== undefined) return new (await import("./ocr/process-engine.js")).ProcessEngine(tesseractPath);
    return new (await import("./ocr/wasm-engine.js")).WasmEngine();
  };
  return {
    async recognise(picture) {
      engine ??= load();
      return (await engine).recognise(picture);
    },
    async close() {
      await (await engine)?.close();
    },
  };
}

async function answer(request: ChildRequest): Promise<ChildAnswer> {
  const engine = lazyEngine(request.tesseractPath);
  try {
    const bytes = await readBytes(request);
    if (bytes instanceof ParseFailure) throw bytes;
    return { status: "parsed", result: await readDocument(bytes, request.name, request.limits, engine) };
  } catch (error) {
    if (!(error instanceof ParseFailure)) throw error;
    if (error.code === "unreadable") console.error(error.cause);
    return { status: "failed", code: error.code, message: error.message, advice: error.advice };
  }
}

// standard output is for the answer alone, whatever a library prints
globalThis.console = new Console(process.stderr, process.stderr);
const request = JSON.parse(await text(process.stdin)) as ChildRequest;
watch(request);
const json = JSON.stringify(await answer(request));
process.stdout.write(json, () => process.exit(0));
