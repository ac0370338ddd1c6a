import type { ParserLimits } from "../limits.js";
import { ocrElements } from "../ocr/layout.js";
import { pictureText, toPageContent } from "../ocr/page-content.js";
import type { Reading } from "../ocr/readings.js";
import type { Recogniser } from "../ocr/recogniser.js";
import { type PageBlocks, toPageBlocks } from "./page-blocks.js";
import { Rasteriser, toGreymap } from "./raster.js";

/** Whether anything on the page can only be read from its picture. */
const hasPictures = (page: PageBlocks): boolean => page.scanned || page.blocks.some(({ kind }) => kind === "picture");

/** Puts what was read in the place of the scan: as the engine parted it, or laid out from where the words stand. */
function place(page: PageBlocks, { page: read, segmentation }: Reading, limits: ParserLimits): void {
  if (segmentation === "column") page.blocks = toPageBlocks(toPageContent(read, page.number), limits).blocks;
  else page.recognised = ocrElements(read, page.number);
}

/** Reads what stands in pictures: whole pages that were scanned, and pictures between the text. Returns what could not be read. */
export async function recognisePages(
  pages: readonly PageBlocks[],
  bytes: () => Promise<Uint8Array>,
  recogniser: Recogniser,
  limits: ParserLimits,
): Promise<string[]> {
  const pictured = pages.filter(hasPictures);
  if (pictured.length === 0) return [];
  const warnings: string[] = [];
  let rasteriser: Rasteriser;
  try {
    rasteriser = await Rasteriser.open(await bytes());
  } catch {
    return pictured
      .filter(({ scanned }) => scanned)
      .map(({ number }) => `Page ${number} is a scan that cannot be shown.`);
  }
  try {
    for (const page of pictured) {
      const grey = await rasteriser.render(page.number).catch(() => null);
      if (!grey) {
        warnings.push(`Page ${page.number} cannot be shown, so its pictures were not read.`);
        continue;
      }
      if (page.scanned) {
        const read = await recogniser.read(toGreymap(grey), grey.dpi);
        if ("reason" in read) warnings.push(`Page ${page.number} is a scan: ${read.reason}.`);
        else place(page, read, limits);
        continue;
      }
      for (const block of page.blocks) {
        if (block.kind !== "picture") continue;
        const read = await recogniser.read(toGreymap(grey, block.bbox), grey.dpi);
        if ("reason" in read) warnings.push(`A picture on page ${page.number} was left out: ${read.reason}.`);
        else block.text = pictureText(read.page);
      }
    }
  } finally {
    rasteriser.close();
  }
  return warnings;
}
