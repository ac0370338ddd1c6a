import { spawn } from "node:child_process";
import { type OcrEngine, OcrFailure, type OcrPage, type OcrRequest, OcrTimeout, SEGMENTATION_MODE } from "./engine.js";
import { readTesseractOutput } from "./tsv.js";

const MOST_OUTPUT = 32 * 1024 ** 2;
const STDERR_KEPT = 500;

/** Tesseract as a program: three times as fast as compiled for JavaScript. It stays in this process's group and ends with it. */
export class ProcessEngine implements OcrEngine {
  readonly #path: string;

  /** `path` is that of a Tesseract 4 or 5 with the languages kor and eng. */
  constructor(path: string) {
    this.#path = path;
  }

  /** @inheritdoc */
  recognise({ image, languages, segmentation, dpi, timeoutMs }: OcrRequest): Promise<OcrPage> {
    const { promise, resolve, reject } = Promise.withResolvers<OcrPage>();
    const resolution = dpi === undefined ? [] : ["--dpi", String(dpi)];
    const mode = ["--psm", SEGMENTATION_MODE[segmentation], "-c", "textord_tabfind_vertical_text=0"];
    const child = spawn(this.#path, ["stdin", "stdout", "-l", languages, ...mode, ...resolution, "tsv", "txt"], {
      stdio: ["pipe", "pipe", "pipe"],
      // one thread: the machine is shared with other documents
      env: { LC_ALL: "C.UTF-8", OMP_THREAD_LIMIT: "1" },
    });
    const output: Buffer[] = [];
    let size = 0;
    let errors = "";
    const stop = (failure: OcrFailure): void => {
      reject(failure);
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => stop(new OcrTimeout()), timeoutMs);
    child.stdout.on("data", (part: Buffer) => {
      size += part.length;
      if (size > MOST_OUTPUT) stop(new OcrFailure("it holds too much text"));
      else output.push(part);
    });
    child.stderr.on("data", (part: Buffer) => {
      errors = (errors + part.toString()).slice(-STDERR_KEPT);
    });
    child.stdin.on("error", () => undefined);
    child.once("error", (cause) => stop(new OcrFailure(cause.message)));
    child.once("close", (code) => {
      clearTimeout(timer);
      if (code !== 0) return reject(new OcrFailure(errors.trim().split("\n").at(-1) ?? "the program failed"));
      try {
        resolve(readTesseractOutput(Buffer.concat(output).toString()));
      } catch (error) {
        reject(error);
      }
    });
    child.stdin.end(image);
    return promise;
  }

  async close(): Promise<void> {}
}
