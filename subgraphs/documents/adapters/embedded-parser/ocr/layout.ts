import type { BoundingBox } from "../../../domain/elements.js";
import { headingByWording, isListItem } from "../headings.js";
import type { ElementDraft } from "../parsed-document.js";
import type { OcrLine, OcrPage, OcrWord } from "./engine.js";

/** Below this the engine guesses: such words are kept only when they look like words. */
const LEAST_CONFIDENCE = 25;
/** A line this much taller than most is a heading. */
const LARGER = 1.35;
const LONGEST_HEADING = 90;
const MOST_HEADING_LINES = 2;

const looksLikeWord = (text: string): boolean => /[\p{L}\p{N}]{3,}/u.test(text);
const heightOf = (line: OcrLine): number =>
  Math.max(...line.words.map(({ y1 }) => y1)) - Math.min(...line.words.map(({ y0 }) => y0));

/** Lines without the specks and rules that the engine took for characters. */
function readable(page: OcrPage): OcrLine[] {
  return page.lines.flatMap((line) => {
    const kept = line.words.filter(({ confidence, text }) => confidence > LEAST_CONFIDENCE || looksLikeWord(text));
    if (kept.length === 0) return [];
    const text = kept.length === line.words.length ? line.text : kept.map((word) => word.text).join(" ");
    return [{ ...line, words: kept, text }];
  });
}

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

/** Paragraphs, list items and headings of a recognised page, with boxes in fractions of it. */
export function ocrElements(page: OcrPage, pageNumber: number): ElementDraft[] {
  const lines = readable(page);
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
      own.length === 1 && /^[^\p{Ll}\uac00-\ud7af]*\p{Lu}[^\p{Ll}\uac00-\ud7af]*$/u.test(text) && looksLikeWord(text);
    const isLarge = height > bodyHeight * LARGER;
    if (short && (isLarge || isCapital)) return [{ type: "Title", headingLevel: isLarge ? 1 : 2, text, ...place }];
    return [{ type: "NarrativeText", text, ...place }];
  });
}

/** The words of a picture inside a page, a line each; empty unless the engine is sure enough that these are words. */
export function ocrText(page: OcrPage): string {
  const lines = readable(page);
  const words = lines.flatMap((line) => line.words).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / Math.max(1, words.length);
  const sure = words.some(({ text }) => looksLikeWord(text)) && confidence >= 60;
  return sure ? lines.map((line) => line.text).join("\n") : "";
}
