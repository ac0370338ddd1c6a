import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { ParseFailure } from "../../../domain/elements.js";
import type { ParserLimits } from "../limits.js";
import type { Recogniser } from "../ocr/recogniser.js";
import type { ParsedDocument } from "../parsed-document.js";
import { type PageBlocks, toPageBlocks } from "./page-blocks.js";
import { readPage } from "./page-content.js";
import { recognisePages } from "./recognise.js";
import { toElements } from "./roles.js";

type PdfJs = typeof import("pdfjs-dist/legacy/build/pdf.mjs");

const directory = path.dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
/** pdf.js reads these with `fs` and expects the slash at the end. */
const dataFolder = (name: string): string => `${path.join(directory, name)}/`;

/** The minified build loads in half the time; its types are those of the plain one. */
async function loadPdfJs(): Promise<PdfJs> {
  const build = (file: string): string => pathToFileURL(path.join(directory, "legacy/build", file)).href;
  const pdfjs = (await import(build("pdf.min.mjs"))) as PdfJs;
  pdfjs.GlobalWorkerOptions.workerSrc = build("pdf.worker.min.mjs");
  return pdfjs;
}

function openFailure(error: unknown): ParseFailure {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException")
    return new ParseFailure("encrypted", "The PDF is protected with a password.", { cause: error });
  return new ParseFailure("corrupt", "The file is damaged: it cannot be opened as a PDF.", { cause: error });
}

async function readTitle(document: PDFDocumentProxy): Promise<string | undefined> {
  const metadata = await document.getMetadata().catch(() => null);
  const title: unknown = (metadata?.info as { Title?: unknown } | undefined)?.Title;
  // programs put the file name there when nobody gave a title
  return typeof title === "string" && title.trim() !== "" && !/\.\w{2,4}$|^untitled$/i.test(title.trim())
    ? title.trim()
    : undefined;
}

/**
 * Reads the text of a PDF page by page. Scanned pages and pictures are recognised, or named in the warnings.
 * Throws `encrypted`, `corrupt`, `too_large` or `too_complex`.
 */
export async function parsePdf(
  bytes: Uint8Array,
  limits: ParserLimits,
  recogniser: Recogniser | null,
): Promise<ParsedDocument> {
  const pdfjs = await loadPdfJs();
  const task = pdfjs.getDocument({
    data: bytes,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
    cMapUrl: dataFolder("cmaps"),
    cMapPacked: true,
    standardFontDataUrl: dataFolder("standard_fonts"),
    wasmUrl: dataFolder("wasm"),
    iccUrl: dataFolder("iccs"),
    useSystemFonts: false,
    disableFontFace: true,
    enableXfa: false,
    fontExtraProperties: true,
    stopAtErrors: false,
  });
  try {
    const document = await task.promise.catch((error: unknown) => {
      throw openFailure(error);
    });
    if (document.numPages > limits.pages) {
      throw new ParseFailure("too_large", `The document has ${document.numPages} pages; ${limits.pages} are allowed.`);
    }
    const warnings: string[] = [];
    const pages: PageBlocks[] = [];
    for (let number = 1; number <= document.numPages; number++) {
      try {
        const page = await document.getPage(number);
        pages.push(toPageBlocks(await readPage(pdfjs, page, limits), limits));
        page.cleanup();
      } catch (error) {
        if (error instanceof ParseFailure || error instanceof RangeError) throw error;
        warnings.push(`Page ${number} is damaged and was left out.`);
      }
    }
    if (document.numPages > 0 && pages.length === 0)
      throw new ParseFailure("corrupt", "The file is damaged: none of its pages can be read.");
    if (recogniser) warnings.push(...(await recognisePages(pages, () => document.getData(), recogniser, limits)));
    else
      for (const page of pages)
        if (page.scanned) warnings.push(`Page ${page.number} is a scanned picture: its text was not read.`);
    const isScan = pages.some((page) => page.scanned);
    if (isScan && pages.every((page) => page.blocks.length === 0 && !page.recognised?.length))
      throw new ParseFailure("empty", "The document holds scanned pictures only, and no text was found in them.");
    const title = await readTitle(document);
    return {
      elements: toElements(pages),
      pageCount: document.numPages,
      warnings,
      ...(title === undefined ? {} : { title }),
    };
  } finally {
    await task.destroy();
  }
}
