import { strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { ParseFailure } from "../../domain/elements.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { readDocument } from "./read-document.js";
import { cell, paragraph, row, sampleDocx, styled } from "./testing/sample-docx.js";
import { samplePdf } from "./testing/sample-pdf.js";

/** Numbers from a seed (mulberry32), so that a failing case can be run again. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Truncation, scattered bytes, or a run of zeros. */
function damage(source: Uint8Array, seed: number): Uint8Array {
  const random = seeded(seed);
  const bytes = source.slice();
  const kind = seed % 3;
  if (kind === 0) return bytes.slice(0, random(bytes.length));
  if (kind === 1) for (let i = 0; i < 20; i++) bytes[random(bytes.length)] = random(256);
  else bytes.fill(0, random(bytes.length), random(bytes.length) + 200);
  return bytes;
}

const TABLE = `<w:tbl>${row(cell("a"), cell("b"))}${row(cell("c"), cell("d"))}</w:tbl>`;
const KOREAN = "제1조(목적) 이 규정은 휴가를 정한다.";
const SOURCES: Record<string, Uint8Array> = {
  "a.pdf": samplePdf([
    {
      texts: [
        { x: 60, y: 100, text: KOREAN },
        { x: 60, y: 130, text: "Some text" },
      ],
      lines: [
        [50, 90, 300, 90],
        [50, 140, 300, 140],
      ],
    },
    { scan: true },
  ]),
  "a.docx": sampleDocx(styled("1", "One") + paragraph(KOREAN) + TABLE),
  "a.html": strToU8(
    `<html><body><h1>One</h1><p>${KOREAN}</p><table><tr><td colspan=2>a</td><td>b</td></tr></table><ul><li>x</ul></body></html>`,
  ),
  "a.md": strToU8(`# One\n\n${KOREAN}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- x\n  - y\n`),
  "a.txt": strToU8(`${KOREAN}\n\n- x\n\nINTRODUCTION\n`),
};
const CASES_PER_FORMAT = 60;

describe("damaged files", () => {
  test.each(Object.entries(SOURCES))(
    "%s ends in elements or in a named failure, whatever is broken in it",
    async (name, source) => {
      const surprises: string[] = [];
      for (let seed = 0; seed < CASES_PER_FORMAT; seed++) {
        const outcome = await readDocument(damage(source, seed), name, DEFAULT_LIMITS).catch((error: unknown) => error);
        if (outcome instanceof Error && !(outcome instanceof ParseFailure && outcome.code !== "unreadable"))
          surprises.push(`seed ${seed}: ${outcome.cause ?? outcome}`);
      }
      expect(surprises).toEqual([]);
    },
  );
});
