import { sentenceSpans } from "../../../platform/language/sentences.js";
import type { PromptPassage } from "./prompt.js";

/** A sentence, list item or table row that may be (part of) an answer. */
export interface Candidate {
  passage: PromptPassage;
  /** Place of its passage in the prompt, 0 first. */
  rank: number;
  /** Place in reading order over the whole prompt. */
  order: number;
  /** As it is shown. */
  text: string;
  /** The heading or question it stands under: tells what it is about. */
  context: string;
  isRow: boolean;
}

const MAX_CANDIDATES = 200;
const MAX_LENGTH = 600;
const MIN_LENGTH = 4;
const HEADING_LENGTH = 80;
const HEADING =
  /^(#{1,6}\s|제\s?\d+(-\d+)?\s?[조장절관편]\s*(\([^)]*\)|[^.다]{0,20})$|Article\s\d+\b[^.]*$|\d{1,2}(\.\d{1,2}){1,3}\s+[^.|]*$|[^.|]* > )/;
const ASKS = /[?？]["'”’)]*$/;
const BULLET = /^(?:[-*•·▪○●■]\s+|\(?\d{1,3}[.)]\s+|[①-⑳]\s*|[QA][.:)]\s+)/;
const SEPARATOR_ROW = /^\|?[\s:|-]+\|[\s:|-]*$/;

const isRow = (line: string): boolean => (line.match(/\|/g)?.length ?? 0) >= 1;
const cells = (line: string): string[] =>
  line
    .replace(/^\s*\||\|\s*$/g, "")
    .split("|")
    .map((cell) => cell.trim());

/** A Markdown row said with its header: "근속: 3년 | 일수: 16일". */
function rowText(row: string[], header: string[] | undefined): string {
  if (header === undefined) return row.filter((cell) => cell !== "").join(" | ");
  return row
    .map((cell, i) => (cell === "" ? "" : header[i] ? `${header[i]}: ${cell}` : cell))
    .filter((part) => part !== "")
    .join(" | ");
}

class PassageReader {
  readonly found: { text: string; context: string; isRow: boolean }[] = [];
  private heading = "";
  private asked = "";
  private prose: string[] = [];
  private header: string[] | undefined;

  read(text: string): this {
    const lines = text.split("\n");
    for (const [index, line] of lines.entries()) this.line(line.trim(), lines[index + 1]?.trim() ?? "");
    this.flush();
    return this;
  }

  private line(line: string, next: string): void {
    if (isRow(line)) {
      this.flush();
      if (SEPARATOR_ROW.test(line)) return;
      if (SEPARATOR_ROW.test(next) && next !== "") this.header = cells(line);
      else this.add(rowText(cells(line), this.header), true);
      return;
    }
    this.header = undefined;
    if (line.length <= HEADING_LENGTH && HEADING.test(line)) {
      this.flush();
      this.heading = line.replace(/^#{1,6}\s+/, "");
      this.asked = "";
      return;
    }
    this.prose.push(line);
  }

  private flush(): void {
    const text = this.prose.join("\n");
    this.prose = [];
    for (const { start, end } of sentenceSpans(text)) {
      const sentence = text.slice(start, end).replace(/\s+/g, " ").replace(BULLET, "");
      // A question in a FAQ is no answer: it says what the next sentences answer.
      if (ASKS.test(sentence)) this.asked = sentence;
      else this.add(sentence, false);
    }
  }

  private add(text: string, isRow: boolean): void {
    if (text.length < MIN_LENGTH || text.length > MAX_LENGTH) return;
    this.found.push({ text, context: `${this.heading} ${this.asked}`.trim(), isRow });
  }
}

/** The candidates of all passages in reading order, at most 200, the first passages' before the last's. */
export function candidatesOf(passages: readonly PromptPassage[]): Candidate[] {
  const seen = new Set<string>();
  const out: Candidate[] = [];
  passages.forEach((passage, rank) => {
    for (const found of new PassageReader().read(passage.text).found) {
      // Neighbouring passages overlap: a sentence is cited from the first that holds it.
      if (seen.has(found.text) || out.length >= MAX_CANDIDATES) continue;
      seen.add(found.text);
      out.push({ ...found, passage, rank, order: out.length });
    }
  });
  return out;
}
