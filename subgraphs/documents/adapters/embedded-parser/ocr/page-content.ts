import type { PageContent, TextPiece } from "../pdf/page-content.js";
import type { OcrLine, OcrPage, OcrWord } from "./engine.js";

/** Below this the engine guesses: such words are kept only when they look like words. */
const LEAST_CONFIDENCE = 25;
/** Lines of one size differ by the letters they happen to hold: up to this share of the usual height they are that height. */
const SAME_HEIGHT = 0.35;
/** What the usual height becomes, so that the text of one scanned page is as large as that of the next. */
const BODY_SIZE = 10;

const looksLikeWord = (text: string): boolean => /[\p{L}\p{N}]{3,}/u.test(text);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Without the specks and rules that the engine took for characters. */
export function readableLines(page: OcrPage): OcrLine[] {
  return page.lines.flatMap((line) => {
    const kept = line.words.filter(({ confidence, text }) => confidence > LEAST_CONFIDENCE || looksLikeWord(text));
    if (!kept.some(({ text }) => /[\p{L}\p{N}]/u.test(text))) return [];
    const text = kept.length === line.words.length ? line.text : kept.map((word) => word.text).join(" ");
    return [{ ...line, words: kept, text }];
  });
}

/** The words between the spaces of the line: engines cut Hangul into syllables, each with a box of its own. */
function spacedWords({ text, words }: OcrLine): OcrWord[] {
  const left = [...words];
  const spaced = text.split(" ").map((token) => {
    const parts: OcrWord[] = [];
    for (let length = 0; length < token.length && left[0]; ) {
      const [word] = left.splice(0, 1);
      if (!word) break;
      parts.push(word);
      length += word.text.length;
    }
    return { token, parts };
  });
  // the text does not tell these words apart: they stand as they were recognised
  if (left.length > 0 || spaced.some(({ parts }) => parts.length === 0)) return words;
  return spaced.map(({ token, parts }) => ({
    text: token,
    x0: Math.min(...parts.map(({ x0 }) => x0)),
    y0: Math.min(...parts.map(({ y0 }) => y0)),
    x1: Math.max(...parts.map(({ x1 }) => x1)),
    y1: Math.max(...parts.map(({ y1 }) => y1)),
    confidence: Math.min(...parts.map(({ confidence }) => confidence)),
  }));
}

/** A page recognised as one column, as if its text had been drawn, so that it is laid out alike: columns, tables, paragraphs, headings. */
export function toPageContent(page: OcrPage, number: number): PageContent {
  const lines = readableLines(page).map((line) => {
    const words = spacedWords(line);
    return { words, height: median(words.map(({ y0, y1 }) => y1 - y0)) };
  });
  const usual = median(lines.flatMap(({ words, height }) => words.map(() => height))) || 10;
  const scale = BODY_SIZE / usual;
  const pieces = lines.flatMap(({ words, height }) => {
    const size = (Math.abs(height - usual) < usual * SAME_HEIGHT ? usual : height) * scale;
    const bottom = median(words.map(({ y1 }) => y1)) * scale;
    return words.map((word, index): TextPiece => {
      const gap = (word.x0 - (words[index - 1]?.x1 ?? 0)) * scale;
      return {
        // a space that was recognised counts, however narrow it is
        text: index > 0 && gap < size ? ` ${word.text}` : word.text,
        x0: word.x0 * scale,
        x1: word.x1 * scale,
        y0: bottom - size,
        y1: bottom,
        baseline: bottom,
        height: size,
        bold: false,
      };
    });
  });
  const [width, height] = [page.width * scale, page.height * scale];
  const fraction = (value: number): number => Number(Math.min(1, Math.max(0, value)).toFixed(4));
  return {
    number,
    width,
    height,
    pieces,
    sideways: [],
    horizontal: [],
    vertical: [],
    images: [],
    toPage: (box) => [
      fraction(box.x0 / width),
      fraction(box.y0 / height),
      fraction(box.x1 / width),
      fraction(box.y1 / height),
    ],
  };
}

/** The words of a picture inside a page, a line each; empty unless the engine is sure enough that these are words. */
export function pictureText(page: OcrPage): string {
  const lines = readableLines(page);
  const words = lines.flatMap((line) => line.words).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / Math.max(1, words.length);
  const sure = words.some(({ text }) => looksLikeWord(text)) && confidence >= 60;
  return sure ? lines.map((line) => line.text).join("\n") : "";
}
