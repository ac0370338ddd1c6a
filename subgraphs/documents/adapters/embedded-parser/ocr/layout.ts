import type { BoundingBox } from "../../../domain/elements.js";
import { headingByWording, isListItem } from "../headings.js";
import type { ElementDraft } from "../parsed-document.js";
import type { OcrLine, OcrPage, OcrWord } from "./engine.js";
import { readableLines } from "./page-content.js";

/** A line this much taller than most is a heading. */
const LARGER = 1.35;
const LONGEST_HEADING = 90;
const MOST_HEADING_LINES = 2;

const heightOf = (line: OcrLine): number =>
  Math.max(...line.words.map(({ y1 }) => y1)) - Math.min(...line.words.map(({ y0 }) => y0));

interface Paragraph {
  lines: OcrLine[];
  text: string;
}

function toParagraphs(lines: readonly OcrLine[]): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let name: string | undefined;
  for (const line of lines) {
    const current = line.paragraph === name ? paragraphs.at(-1) : undefined;
    name = line.paragraph;
    if (!current || isListItem(line.text) || headingByWording(line.text)) {
      paragraphs.push({ lines: [line], text: line.text });
      continue;
    }
    current.lines.push(line);
    const wrapped = /[A-Za-z]-$/.test(current.text) && /^[a-z]/.test(line.text);
    current.text = wrapped ? current.text.slice(0, -1) + line.text : `${current.text} ${line.text}`;
  }
  return paragraphs.filter(({ text }) => /[\p{L}\p{N}]{2}/u.test(text));
}

function boxOf(words: readonly OcrWord[], page: OcrPage): BoundingBox {
  const fraction = (value: number): number => Number(Math.min(1, Math.max(0, value)).toFixed(4));
  return [
    fraction(Math.min(...words.map(({ x0 }) => x0)) / page.width),
    fraction(Math.min(...words.map(({ y0 }) => y0)) / page.height),
    fraction(Math.max(...words.map(({ x1 }) => x1)) / page.width),
    fraction(Math.max(...words.map(({ y1 }) => y1)) / page.height),
  ];
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Paragraphs, list items and headings of a page that the engine itself parted into columns, with boxes in fractions of it. */
export function ocrElements(page: OcrPage, pageNumber: number): ElementDraft[] {
  const lines = readableLines(page);
  const bodyHeight = median(lines.map(heightOf)) || 10;
  return toParagraphs(lines).flatMap(({ lines: own, text }): ElementDraft[] => {
    const place = {
      pageNumber,
      bbox: boxOf(
        own.flatMap(({ words }) => words),
        page,
      ),
    };
    const worded = headingByWording(text);
    if (worded) {
      const heading = {
        type: "Title" as const,
        headingLevel: Math.min(6, worded.level),
        text: worded.heading,
        ...place,
      };
      return worded.rest ? [heading, { type: "NarrativeText", text: worded.rest, ...place }] : [heading];
    }
    if (isListItem(text)) return [{ type: "ListItem", text, ...place }];
    const height = own.reduce((sum, line) => sum + heightOf(line), 0) / own.length;
    const short = own.length <= MOST_HEADING_LINES && text.length < LONGEST_HEADING;
    const isCapital =
      own.length === 1 &&
      /^[^\p{Ll}\uac00-\ud7af]*\p{Lu}[^\p{Ll}\uac00-\ud7af]*$/u.test(text) &&
      /[\p{L}\p{N}]{3,}/u.test(text);
    const isLarge = height > bodyHeight * LARGER;
    if (short && (isLarge || isCapital)) return [{ type: "Title", headingLevel: isLarge ? 1 : 2, text, ...place }];
    return [{ type: "NarrativeText", text, ...place }];
  });
}
