import type { BoundingBox } from "../../../domain/elements.js";
import type { ParserLimits } from "../limits.js";
import type { ElementDraft } from "../parsed-document.js";
import { tableElement } from "../table.js";
import { type Box, median } from "./geometry.js";
import type { PageContent, TextPiece } from "./page-content.js";
import type { PageTable } from "./page-table.js";
import { type TextBlock, toParagraphs } from "./paragraphs.js";
import { readingOrder } from "./reading-order.js";
import { type Segment, toSegments } from "./segments.js";
import { findTables } from "./tables.js";

/** A block in reading order; `bbox` in fractions of the page, `position` in the frame of its text. */
export type PageBlock =
  | { kind: "text"; bbox: BoundingBox; position: VerticalPosition; block: TextBlock; sideways: boolean }
  | { kind: "table"; bbox: BoundingBox; element: ElementDraft }
  /** A picture with no text upon it; `text` is what was recognised in it. */
  | { kind: "picture"; bbox: BoundingBox; text: string };

/** Top and bottom as fractions of the page's height. */
export interface VerticalPosition {
  top: number;
  bottom: number;
}

export interface PageBlocks {
  number: number;
  blocks: PageBlock[];
  /** A picture covers the page and next to no text stands on it. */
  scanned: boolean;
  /** What a scanned page says, where the engine parted it. */
  recognised?: ElementDraft[];
}

const SCAN_AREA = 0.4;
const SCAN_CHARACTERS = 30;

function isScanned(page: PageContent): boolean {
  const characters = [...page.pieces, ...page.sideways].reduce((sum, piece) => sum + piece.text.trim().length, 0);
  const area = (box: Box): number => (box.x1 - box.x0) * (box.y1 - box.y0);
  return (
    characters < SCAN_CHARACTERS && page.images.some((image) => area(image) > page.width * page.height * SCAN_AREA)
  );
}

/** Smaller pictures, in shares of the page, are logos and ornaments. */
const PICTURE_AREA = 0.02;
const MOST_PICTURES = 20;

/** Pictures that may hold text of their own: of some size, with nothing printed upon them, the largest of those that overlap. */
function picturesOf(page: PageContent, tables: readonly Box[]): Box[] {
  const covers = (box: Box, other: Box): boolean =>
    Math.min(box.x1, other.x1) > Math.max(box.x0, other.x0) && Math.min(box.y1, other.y1) > Math.max(box.y0, other.y0);
  const onPage = page.images.map((image) => ({
    x0: Math.max(0, image.x0),
    y0: Math.max(0, image.y0),
    x1: Math.min(page.width, image.x1),
    y1: Math.min(page.height, image.y1),
  }));
  const area = (box: Box): number => Math.max(0, box.x1 - box.x0) * Math.max(0, box.y1 - box.y0);
  const kept: Box[] = [];
  for (const image of onPage.sort((a, b) => area(b) - area(a))) {
    if (area(image) < page.width * page.height * PICTURE_AREA || kept.length >= MOST_PICTURES) break;
    const isTaken = [...page.pieces, ...page.sideways, ...tables, ...kept].some((box) => covers(image, box));
    if (!isTaken) kept.push(image);
  }
  return kept;
}

/** Sideways text is read in its own frame: x along the text, y across. */
function sidewaysBlocks(page: PageContent): PageBlock[] {
  const turned: TextPiece[] = page.sideways.map((piece) => ({
    ...piece,
    x0: piece.y0,
    x1: piece.y1,
    y0: piece.x0,
    y1: piece.x1,
  }));
  return toSegments(turned).map((segment) => {
    const box: Box = { x0: segment.y0, x1: segment.y1, y0: segment.x0, y1: segment.x1 };
    const block: TextBlock = {
      ...box,
      text: segment.text,
      height: segment.height,
      bold: segment.bold,
      listItem: false,
      lineCount: 1,
    };
    return {
      kind: "text",
      bbox: page.toPage(box),
      position: { top: box.y0 / page.height, bottom: box.y1 / page.height },
      block,
      sideways: true,
    };
  });
}

/** Lays a page out: tables, columns, paragraphs, in reading order. */
export function toPageBlocks(page: PageContent, limits: ParserLimits): PageBlocks {
  const { tables, rest } = findTables(page);
  const tableOf = new Map<Box, PageTable>(tables.map((table) => [table, table]));
  const scanned = isScanned(page);
  const pictures = new Set(scanned ? [] : picturesOf(page, tables));
  const usualHeight = median(page.pieces.map((piece) => piece.height)) || 10;
  const blocks: PageBlock[] = [];
  for (const group of readingOrder<Box>([...rest, ...tables, ...pictures], usualHeight)) {
    let run: Segment[] = [];
    const finish = (): void => {
      for (const block of toParagraphs(run)) {
        const position = { top: block.y0 / page.height, bottom: block.y1 / page.height };
        blocks.push({ kind: "text", bbox: page.toPage(block), position, block, sideways: false });
      }
      run = [];
    };
    for (const box of group) {
      const table = tableOf.get(box);
      if (pictures.has(box)) {
        finish();
        blocks.push({ kind: "picture", bbox: page.toPage(box), text: "" });
        continue;
      }
      if (!table) {
        run.push(box as Segment);
        continue;
      }
      finish();
      const element = tableElement(table.rows, limits);
      if (element) blocks.push({ kind: "table", bbox: page.toPage(table), element });
    }
    finish();
  }
  return { number: page.number, blocks: [...blocks, ...sidewaysBlocks(page)], scanned };
}
