import { headingByWording } from "../headings.js";
import type { ElementDraft } from "../parsed-document.js";
import type { PageBlock, PageBlocks } from "./page-blocks.js";

type TextPageBlock = Extract<PageBlock, { kind: "text" }>;

/** The upper and lower parts of a page in which running heads and page numbers stand. */
const TOP_MARGIN = 0.09;
const BOTTOM_MARGIN = 0.91;
/** A heading is set larger than the text by this factor, or in bold. */
const LARGER = 1.12;
const MOST_HEADING_LINES = 4;
const LONGEST_HEADING = 200;
const LONGEST_BOLD_HEADING = 120;
const DISTINCT_SIZES = 5;

const PAGE_NUMBER =
  /^(?:[-–—]?\s*\d{1,4}\s*[-–—]?|(?:page|p\.)\s*\d{1,4}(?:\s*(?:of|\/)\s*\d{1,4})?|\d{1,4}\s*\/\s*\d{1,4}|\d{1,4}\s*쪽)$/i;

/** Texts that differ in their figures only are one running head. */
const runningHeadKey = (block: TextPageBlock): string =>
  `${block.position.top < 0.5}:${block.block.text.replace(/\d+/g, "#")}`;

const isInMargin = ({ position }: TextPageBlock): boolean =>
  position.bottom < TOP_MARGIN || position.top > BOTTOM_MARGIN;

const textBlocks = (pages: readonly PageBlocks[]): TextPageBlock[] =>
  pages.flatMap((page) => page.blocks.filter((block): block is TextPageBlock => block.kind === "text"));

/** What all pages together say about the type used: which size is text, which are headings, what repeats in the margins. */
interface Typography {
  bodySize: number;
  /** Rounded sizes of headings, largest first. */
  headingSizes: number[];
  runningHeads: Map<string, number>;
}

function isLarge(block: TextPageBlock, bodySize: number): boolean {
  return block.block.height > bodySize * LARGER;
}

function typographyOf(pages: readonly PageBlocks[]): Typography {
  const characters = new Map<number, number>();
  const runningHeads = new Map<string, number>();
  const blocks = textBlocks(pages);
  for (const block of blocks) {
    const size = Math.round(block.block.height * 2) / 2;
    characters.set(size, (characters.get(size) ?? 0) + block.block.text.length);
    if (isInMargin(block)) runningHeads.set(runningHeadKey(block), (runningHeads.get(runningHeadKey(block)) ?? 0) + 1);
  }
  const [bodySize] = [...characters].sort((a, b) => b[1] - a[1])[0] ?? [10];
  const large = blocks.filter(
    (block) => !block.sideways && block.block.lineCount <= MOST_HEADING_LINES && isLarge(block, bodySize),
  );
  const sizes = [...new Set(large.map((block) => Math.round(block.block.height)))].sort((a, b) => b - a);
  return { bodySize, headingSizes: sizes.slice(0, DISTINCT_SIZES), runningHeads };
}

function marginRole(block: TextPageBlock, pageNumber: number, type: Typography): "Header" | "Footer" | null {
  if (!isInMargin(block)) return null;
  const { position, block: text } = block;
  const repeats = (type.runningHeads.get(runningHeadKey(block)) ?? 0) > 1;
  const isSmallLine =
    pageNumber > 1 &&
    text.lineCount === 1 &&
    text.height <= type.bodySize &&
    (position.bottom < 0.07 || position.top > 0.93);
  if (!repeats && !PAGE_NUMBER.test(text.text) && !isSmallLine) return null;
  return position.top < 0.5 ? "Header" : "Footer";
}

function headingLevel(block: TextPageBlock, type: Typography): number | null {
  const { text, lineCount, bold } = block.block;
  const letters = text.replace(/\s/g, "");
  if (
    block.sideways ||
    letters.length < 2 ||
    !/\p{L}/u.test(letters) ||
    lineCount > MOST_HEADING_LINES ||
    text.length >= LONGEST_HEADING
  )
    return null;
  if (isLarge(block, type.bodySize)) {
    const rank = type.headingSizes.indexOf(Math.round(block.block.height));
    return rank >= 0 ? rank + 1 : type.headingSizes.length + 1;
  }
  const isBoldLine = bold && lineCount <= 2 && text.length < LONGEST_BOLD_HEADING && !/[,;.]$/.test(text);
  return isBoldLine ? Math.min(6, type.headingSizes.length + 1) : null;
}

function textElements(block: TextPageBlock, pageNumber: number, type: Typography): ElementDraft[] {
  const shared = { pageNumber, bbox: block.bbox };
  const { text, listItem, bold, height } = block.block;
  const margin = marginRole(block, pageNumber, type);
  if (margin) return [{ type: margin, text, ...shared }];
  const worded = block.sideways ? null : headingByWording(text);
  if (worded) {
    const heading: ElementDraft = {
      type: "Title",
      headingLevel: Math.min(6, worded.level),
      text: worded.heading,
      ...shared,
    };
    return worded.rest ? [heading, { type: "NarrativeText", text: worded.rest, ...shared }] : [heading];
  }
  if (listItem && !(bold && height > type.bodySize * LARGER)) return [{ type: "ListItem", text, ...shared }];
  const level = headingLevel(block, type);
  if (level !== null) return [{ type: "Title", headingLevel: Math.min(6, level), text, ...shared }];
  return [{ type: "NarrativeText", text, ...shared }];
}

/** Names what the blocks of all pages are: headings by size, weight and wording, running heads by their repetition. */
export function toElements(pages: readonly PageBlocks[]): ElementDraft[] {
  const type = typographyOf(pages);
  return pages.flatMap((page) => [
    ...(page.number > 1 ? [{ type: "PageBreak", text: "", pageNumber: page.number } satisfies ElementDraft] : []),
    ...(page.recognised ?? []),
    ...page.blocks.flatMap((block): ElementDraft[] => {
      const place = { pageNumber: page.number, bbox: block.bbox };
      if (block.kind === "table") return [{ ...block.element, ...place }];
      if (block.kind === "picture") return block.text === "" ? [] : [{ type: "Image", text: block.text, ...place }];
      return textElements(block, page.number, type);
    }),
  ]);
}
