import { ParseFailure } from "../../domain/elements.js";
import type { ParserLimits } from "./limits.js";
import { imageSize } from "./ocr/image-size.js";
import { ocrElements } from "./ocr/layout.js";
import { toPageContent } from "./ocr/page-content.js";
import type { Recogniser } from "./ocr/recogniser.js";
import type { ParsedDocument } from "./parsed-document.js";
import { toPageBlocks } from "./pdf/page-blocks.js";
import { toElements } from "./pdf/roles.js";

/**
 * Reads a picture (PNG, JPEG) as one page of recognised text. Throws `too_large` before a picture of too many pixels is decoded,
 * `corrupt` for one that cannot be.
 */
export async function parseImage(
  bytes: Uint8Array,
  limits: ParserLimits,
  recogniser: Recogniser | null,
): Promise<ParsedDocument> {
  const { width, height } = imageSize(bytes);
  if (width * height > limits.imagePixels)
    throw new ParseFailure("too_large", `The picture has ${width} × ${height} pixels, which is more than is allowed.`, {
      advice: "Scan it with 300 dots per inch and upload that.",
    });
  if (!recogniser) throw new ParseFailure("unsupported", "Text in pictures is not recognised here.");
  const read = await recogniser.read(bytes);
  if ("reason" in read)
    throw new ParseFailure(read.late ? "timeout" : "corrupt", `The picture cannot be read: ${read.reason}.`);
  const elements =
    read.segmentation === "column"
      ? toElements([toPageBlocks(toPageContent(read.page, 1), limits)])
      : ocrElements(read.page, 1);
  return { elements, pageCount: 1, warnings: [] };
}
