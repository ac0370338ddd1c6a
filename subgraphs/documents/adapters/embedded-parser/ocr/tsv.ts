import { OcrFailure, type OcrLine, type OcrPage, type OcrWord } from "./engine.js";

/** Rows of Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
const COLUMNS = 12;
const PAGE_LEVEL = "1";
const WORD_LEVEL = "5";

const bare = (text: string): string => text.replace(/\s/g, "");

/**
 * Reads Tesseract's table of words together with its plain text: the table cuts Hangul into syllables, the text has the spaces as
 * they are. `output` may hold both, the table first.
 */
export function readTesseractOutput(output: string): OcrPage {
  const rows: string[][] = [];
  const spaced = new Map<string, string>();
  for (const line of output.split("\n")) {
    const fields = line.split("\t");
    if (fields.length >= COLUMNS) rows.push(fields);
    else if (line.trim() !== "") spaced.set(bare(line), line.replace(/\s+/g, " ").trim());
  }
  const page = rows.find(([level]) => level === PAGE_LEVEL);
  const [width, height] = [Number(page?.[8]), Number(page?.[9])];
  if (!page || !(width > 0) || !(height > 0)) throw new OcrFailure("the engine gave no page");
  const lines = new Map<string, OcrLine>();
  for (const row of rows) {
    const text = row
      .slice(COLUMNS - 1)
      .join("\t")
      .trim();
    if (row[0] !== WORD_LEVEL || text === "") continue;
    const [x0 = 0, y0 = 0, w = 0, h = 0, confidence = 0] = row.slice(6, 11).map(Number);
    const word: OcrWord = { text, x0, y0, x1: x0 + w, y1: y0 + h, confidence };
    const paragraph = `${row[2]}.${row[3]}`;
    const key = `${paragraph}.${row[4]}`;
    const line = lines.get(key);
    if (line) line.words.push(word);
    else lines.set(key, { paragraph, words: [word], text: "" });
  }
  for (const line of lines.values()) {
    const joined = line.words.map(({ text }) => text).join(" ");
    line.text = spaced.get(bare(joined)) ?? joined;
  }
  return { width, height, lines: [...lines.values()] };
}
