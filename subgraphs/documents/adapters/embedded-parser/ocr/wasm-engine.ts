import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { createWorker, type Worker } from "tesseract.js";
import {
  type OcrEngine,
  OcrFailure,
  type OcrLanguages,
  type OcrPage,
  type OcrRequest,
  OcrTimeout,
  SEGMENTATION_MODE,
} from "./engine.js";
import { readTesseractOutput } from "./tsv.js";

const require = createRequire(import.meta.url);
const LSTM_ONLY = 1;

/** Models as the packages carry them: whole numbers instead of fractions, half the size and twice as fast. */
const modelFolder = (language: "kor" | "eng"): string =>
  path.join(path.dirname(require.resolve(`@tesseract.js-data/${language}/package.json`)), "4.0.0_best_int");

const ignore = (): void => undefined;

async function startWorker(languages: OcrLanguages): Promise<Worker> {
  const worker = await createWorker("kor", LSTM_ONLY, {
    langPath: modelFolder("kor"),
    cacheMethod: "none",
    logger: ignore,
    // without a handler it throws from an event, where nobody can catch
    errorHandler: ignore,
  });
  if (languages === "kor+eng") {
    // The models lie in two packages but only one folder can be named: the second is put beside the first by hand. Objects are
    // initialised by their `data`, which for a loaded language is its name.
    const english = await promisify(gunzip)(await readFile(path.join(modelFolder("eng"), "eng.traineddata.gz")));
    await worker.FS("writeFile", ["./eng.traineddata", new Uint8Array(english)]);
    await worker.reinitialize([{ code: "unused", data: languages }] as never, LSTM_ONLY);
  }
  return worker;
}

/** Tesseract compiled to WebAssembly, in a thread of this process: needs nothing but this installation's packages. */
export class WasmEngine implements OcrEngine {
  readonly #workers = new Map<OcrLanguages, Promise<Worker>>();

  #worker(languages: OcrLanguages): Promise<Worker> {
    const worker = this.#workers.get(languages) ?? startWorker(languages);
    this.#workers.set(languages, worker);
    return worker;
  }

  /** @inheritdoc */
  async recognise({ image, languages, segmentation, dpi, timeoutMs }: OcrRequest): Promise<OcrPage> {
    const worker = await this.#worker(languages);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      // the thread cannot be interrupted, only ended
      this.#workers.delete(languages);
      void worker.terminate().catch(ignore);
      late.reject(new OcrTimeout());
    }, timeoutMs);
    try {
      await worker.setParameters({
        tessedit_pageseg_mode: SEGMENTATION_MODE[segmentation] as never,
        textord_tabfind_vertical_text: "0",
        user_defined_dpi: dpi === undefined ? "" : String(dpi),
      });
      const reading = worker.recognize(Buffer.from(image), {}, { text: true, tsv: true });
      reading.catch(ignore);
      const { data } = await Promise.race([reading, late.promise]);
      return readTesseractOutput(`${data.tsv ?? ""}\n${data.text}`);
    } catch (error) {
      throw error instanceof OcrFailure ? error : new OcrFailure(String(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    for (const worker of this.#workers.values()) await worker.then((started) => started.terminate()).catch(ignore);
    this.#workers.clear();
  }
}
