import type { OcrEngine, OcrLine, OcrPage, OcrRequest, OcrWord, Segmentation } from "./engine.js";

/** A word of Latin letters read with less confidence may be Hangul. */
const DOUBTFUL = 75;
/** What the Korean reading must be sure of at least, and how much less sure than the first it may be. */
const LEAST_CONFIDENCE = 40;
const LESS_SURE = 10;

const hangul = (text: string): number => text.match(/[\uac00-\ud7af]/g)?.length ?? 0;
const latin = (text: string): number => text.match(/[A-Za-z0-9]/g)?.length ?? 0;
const marks = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

function overlaps(a: OcrWord, b: OcrWord): boolean {
  const across = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const down = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return across > 0.6 * Math.min(a.x1 - a.x0, b.x1 - b.x0) && down > 0.5 * Math.min(a.y1 - a.y0, b.y1 - b.y0);
}

const isDoubtful = (word: OcrWord): boolean => word.confidence < DOUBTFUL && latin(word.text) > 0;

/** What the Korean reading says in the place of a doubtful word; null when it says nothing better. */
function corrected(word: OcrWord, korean: readonly OcrWord[]): { word: OcrWord; used: OcrWord[] } | null {
  const used = korean.filter((other) => overlaps(word, other));
  const text = used.map((other) => other.text).join("");
  const confidence = used.reduce((sum, other) => sum + other.confidence, 0) / Math.max(1, used.length);
  const isKorean = hangul(text) > hangul(word.text) && hangul(text) >= marks(text) * 0.7;
  return isKorean && confidence > Math.max(LEAST_CONFIDENCE, word.confidence - LESS_SURE)
    ? { word: { ...word, text, confidence }, used }
    : null;
}

function correctLine(line: OcrLine, korean: readonly OcrWord[], taken: Set<OcrWord>): OcrLine {
  let { text } = line;
  const words = line.words.flatMap((word) => {
    const better = isDoubtful(word) ? corrected(word, korean) : null;
    if (!better) return [word];
    // two halves of one Hangul word: the first has been replaced by all of it
    const again = better.used.every((other) => taken.has(other));
    for (const other of better.used) taken.add(other);
    text = text.replace(word.text, again ? "" : better.word.text);
    return again ? [] : [better.word];
  });
  return { ...line, words, text: text.replace(/\s+/g, " ").trim() };
}

/** A page with fewer words may have been lost in part. */
const FEW_WORDS = 60;
/** How much more has to be found in one column to believe that nothing stands side by side. */
const MORE = 1.03;

const wordsOf = (page: OcrPage): OcrWord[] => page.lines.flatMap((line) => line.words);
/** How much was read, and how surely. */
const yieldOf = (page: OcrPage): number =>
  wordsOf(page).reduce((sum, { text, confidence }) => sum + marks(text) * Math.max(0, confidence), 0);

export interface Reading {
  page: OcrPage;
  segmentation: Segmentation;
}

/**
 * Reads a picture for Korean and English. A page with Hangul or few words is read once more as a single column, and whichever found
 * more is kept; where it holds doubtful Latin words beside Hangul, a reading for Korean alone corrects those, since with both
 * languages the engine takes some Hangul for Latin letters.
 */
export async function readPicture(
  engine: OcrEngine,
  request: Omit<OcrRequest, "languages" | "segmentation">,
): Promise<Reading> {
  const read = async (segmentation: Segmentation): Promise<Reading> => ({
    page: await engine.recognise({ ...request, languages: "kor+eng", segmentation }),
    segmentation,
  });
  let best = await read("automatic");
  const found = wordsOf(best.page);
  if (found.length < FEW_WORDS || found.some((word) => hangul(word.text) > 0)) {
    const column = await read("column");
    if (yieldOf(column.page) > yieldOf(best.page) * MORE) best = column;
  }
  const words = wordsOf(best.page);
  if (!words.some((word) => hangul(word.text) > 0) || !words.some(isDoubtful)) return best;
  const { segmentation } = best;
  const korean = wordsOf(await engine.recognise({ ...request, languages: "kor", segmentation }));
  const taken = new Set<OcrWord>();
  const lines = best.page.lines.map((line) => correctLine(line, korean, taken));
  return { segmentation, page: { ...best.page, lines } };
}
