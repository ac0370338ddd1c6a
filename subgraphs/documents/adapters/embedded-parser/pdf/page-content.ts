import type { PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { type BoundingBox, ParseFailure } from "../../../domain/elements.js";
import type { ParserLimits } from "../limits.js";
import { type Drawing, readDrawing } from "./drawing.js";
import { type Box, boxAround, inverse, type Matrix, multiply, transform } from "./geometry.js";

type PdfJs = typeof import("pdfjs-dist/legacy/build/pdf.mjs");

/** A run of characters the file shows at one place. */
export interface TextPiece extends Box {
  text: string;
  baseline: number;
  /** Font size as shown, in points. */
  height: number;
  bold: boolean;
}

/** What stands on a page, in the frame in which most of its text runs from left to right. */
export interface PageContent extends Drawing {
  number: number;
  width: number;
  height: number;
  pieces: TextPiece[];
  /** Text at a right angle to the rest, as boxes with their text. */
  sideways: TextPiece[];
  /** From this frame to fractions of the page as a reader sees it. */
  toPage: (box: Box) => BoundingBox;
}

const BOLD_NAME = /bold|black|heavy|\bBd\b|-B$|BdMT|fBd|CMBX|Medi/i;
/** How far glyphs reach above and below the baseline, in font sizes. */
const ASCENT = 0.85;
const DESCENT = 0.2;

const characters = (pieces: readonly TextPiece[]): number => pieces.reduce((sum, piece) => sum + piece.text.length, 0);

function fontIsBold(page: PDFPageProxy, name: string): boolean {
  // Fonts of text that is never painted are not loaded, and asking for them throws.
  if (!page.commonObjs.has(name)) return false;
  const font: { name?: string; bold?: boolean; black?: boolean } | null = page.commonObjs.get(name);
  return font?.bold === true || font?.black === true || BOLD_NAME.test(font?.name ?? "");
}

/** Some writers fake bold by showing the same text twice, a hair apart. */
function withoutDoubles(pieces: readonly TextPiece[]): TextPiece[] {
  const shown = new Map<string, TextPiece[]>();
  return pieces.filter((piece) => {
    const same = shown.get(piece.text) ?? [];
    const tolerance = piece.height * 0.15;
    const double = same.some(
      (other) => Math.abs(other.x0 - piece.x0) < tolerance && Math.abs(other.baseline - piece.baseline) < tolerance,
    );
    // only the latest can be the double: comparing with all would cost a page of equal pieces its square
    shown.set(piece.text, [...same.slice(-4), piece]);
    return !double;
  });
}

async function readPieces(
  page: PDFPageProxy,
  view: Matrix,
  limits: ParserLimits,
): Promise<{ pieces: TextPiece[]; sideways: TextPiece[] }> {
  const content = await page.getTextContent({ disableNormalization: false });
  if (content.items.length > limits.pageItems)
    throw new ParseFailure("too_complex", "A page holds too many pieces of text.");
  const weights = new Map<string, boolean>();
  const pieces: TextPiece[] = [];
  const sideways: TextPiece[] = [];
  for (const item of content.items) {
    if (!("str" in item)) continue;
    // Some writers map the glyph of a blank to a control character (Chromium with fonts such as NanumGothic).
    const text = item.str.replaceAll("\u0000", "").replace(/\p{Cc}/gu, " ");
    if (text.trim() === "") continue;
    const matrix = multiply(view, item.transform as unknown as Matrix);
    const height = Math.hypot(matrix[2], matrix[3]) || item.height;
    if (![...matrix, height, item.width].every(Number.isFinite)) continue;
    const bold = weights.get(item.fontName) ?? fontIsBold(page, item.fontName);
    weights.set(item.fontName, bold);
    const [x, y] = [matrix[4], matrix[5]];
    const shared = { text, height, bold };
    if (Math.abs(matrix[1]) <= Math.abs(matrix[0])) {
      pieces.push({
        ...shared,
        x0: x,
        x1: x + item.width,
        y0: y - height * ASCENT,
        y1: y + height * DESCENT,
        baseline: y,
      });
    } else if (matrix[1] < 0)
      sideways.push({ ...shared, x0: x - height, x1: x, y0: y - item.width, y1: y, baseline: x });
    else sideways.push({ ...shared, x0: x, x1: x + height, y0: y, y1: y + item.width, baseline: x });
  }
  return { pieces: withoutDoubles(pieces), sideways };
}

const fraction = (value: number): number => Number(Math.min(1, Math.max(0, value)).toFixed(4));

/** Reads one page. Throws `too_complex` beyond the limits, or pdf.js's error for a page it cannot make sense of. */
export async function readPage(pdfjs: PdfJs, page: PDFPageProxy, limits: ParserLimits): Promise<PageContent> {
  const shown = page.getViewport({ scale: 1 });
  // The operators come first: they make pdf.js load the fonts whose weight is asked for with the text.
  const operators = await page.getOperatorList();
  let viewport = shown;
  let read = await readPieces(page, viewport.transform as unknown as Matrix, limits);
  if (characters(read.sideways) > 2 * characters(read.pieces)) {
    const upwards = read.sideways.filter((piece) => piece.x1 === piece.baseline);
    const turn = characters(upwards) * 2 > characters(read.sideways) ? 90 : 270;
    viewport = page.getViewport({ scale: 1, rotation: (page.rotate + turn) % 360 });
    read = await readPieces(page, viewport.transform as unknown as Matrix, limits);
  }
  const view = viewport.transform as unknown as Matrix;
  const toShown = multiply(shown.transform as unknown as Matrix, inverse(view));
  return {
    number: page.pageNumber,
    width: viewport.width,
    height: viewport.height,
    ...read,
    ...readDrawing(pdfjs.OPS, operators, view, viewport, limits),
    toPage: (box) => {
      const corners = boxAround([transform(toShown, box.x0, box.y0), transform(toShown, box.x1, box.y1)]);
      return [
        fraction(corners.x0 / shown.width),
        fraction(corners.y0 / shown.height),
        fraction(corners.x1 / shown.width),
        fraction(corners.y1 / shown.height),
      ];
    },
  };
}
