import { widthOf } from "./width.js";

/** Breaks a text that comes in pieces into lines between words, each behind the same indent. */
export interface WordWrap {
  /** What can be written now: all but the word that may still go on. */
  push(piece: string): string;
  /** The rest. */
  end(): string;
}

/** @param columns where lines end; Infinity leaves them as they are */
export function createWordWrap(indent: string, columns: number): WordWrap {
  const room = Math.max(10, columns - indent.length);
  let column = 0;
  let gap = "";
  let word = "";

  const flushWord = (): string => {
    if (word === "") return "";
    const width = widthOf(word);
    const breaks = column > 0 && column + gap.length + width > room;
    const lead = breaks ? `\n${indent}` : column === 0 ? indent : gap;
    column = breaks || column === 0 ? width : column + gap.length + width;
    const out = lead + word;
    word = "";
    gap = "";
    return out;
  };
  return {
    push(piece) {
      let out = "";
      for (const character of piece) {
        if (character === "\n") {
          out += `${flushWord()}\n`;
          column = 0;
          gap = "";
        } else if (character === " " || character === "\t") {
          out += flushWord();
          gap = " ";
        } else word += character;
      }
      return out;
    },
    end: flushWord,
  };
}
