import type { PDFiumDocument, PDFiumLibrary } from "@hyzyla/pdfium";
import type { BoundingBox } from "../../../domain/elements.js";

/** What text recognition is trained on. */
const DPI = 300;
const POINTS_PER_INCH = 72;
/** Larger pages are rendered coarser. */
const MOST_PIXELS = 25_000_000;

/** A page in shades of grey, a byte a pixel, rows from the top. */
export interface GreyPage {
  width: number;
  height: number;
  dpi: number;
  pixels: Uint8Array;
}

/** Renders pages of a PDF. Closed by its caller. */
export class Rasteriser {
  readonly #library: PDFiumLibrary;
  readonly #document: PDFiumDocument;

  private constructor(library: PDFiumLibrary, document: PDFiumDocument) {
    this.#library = library;
    this.#document = document;
  }

  /** Throws PDFium's own errors for a file it cannot open. */
  static async open(bytes: Uint8Array): Promise<Rasteriser> {
    const { PDFiumLibrary: Library } = await import("@hyzyla/pdfium");
    const library = await Library.init();
    return new Rasteriser(library, await library.loadDocument(bytes));
  }

  /** `number` counts from 1. */
  async render(number: number): Promise<GreyPage> {
    const page = this.#document.getPage(number - 1);
    const { originalWidth, originalHeight } = page.getOriginalSize();
    const area = Math.max(1, originalWidth * originalHeight);
    const scale = Math.min(DPI / POINTS_PER_INCH, Math.sqrt(MOST_PIXELS / area));
    let grey: GreyPage | undefined;
    await page.render({
      scale,
      render: async ({ data, width, height }) => {
        const pixels = new Uint8Array(width * height);
        // the weights of ITU-R BT.601 in 256ths, for blue, green and red
        for (let from = 0, to = 0; to < pixels.length; from += 4, to++)
          pixels[to] = ((data[from] ?? 0) * 29 + (data[from + 1] ?? 0) * 150 + (data[from + 2] ?? 0) * 77) >> 8;
        grey = { width, height, dpi: Math.round(scale * POINTS_PER_INCH), pixels };
        return data;
      },
    });
    if (!grey) throw new Error("the page was not rendered");
    return grey;
  }

  close(): void {
    this.#document.destroy();
    this.#library.destroy();
  }
}

/** A part of a page, by fractions of it, or all of it, as a portable greymap. */
export function toGreymap(page: GreyPage, [x0, y0, x1, y1]: BoundingBox = [0, 0, 1, 1]): Uint8Array {
  const left = Math.floor(x0 * page.width);
  const top = Math.floor(y0 * page.height);
  const width = Math.max(1, Math.ceil(x1 * page.width) - left);
  const height = Math.max(1, Math.ceil(y1 * page.height) - top);
  const rows = Array.from({ length: height }, (_, row) => {
    const start = (top + row) * page.width + left;
    return page.pixels.subarray(start, start + width);
  });
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), ...rows]);
}
