import { strToU8 } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { ParseFailure } from "../../domain/elements.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { readDocument } from "./read-document.js";
import { cell, paragraph, row, sampleDocx, styled } from "./testing/sample-docx.js";
import { hwpParagraph, hwpTable, sampleHwp } from "./testing/sample-hwp.js";
import { sampleHwpx, sampleOdt, samplePptx, sampleXlsx, shape } from "./testing/sample-office.js";
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
  "a.pptx": samplePptx([
    { shapes: shape(KOREAN, '<p:ph type="title"/>', [1, 2, 3, 4]), notes: "notes" },
    { shapes: shape("x") },
  ]),
  "a.xlsx": sampleXlsx(
    [
      {
        name: "표",
        content:
          '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>',
      },
    ],
    { strings: [KOREAN] },
  ),
  "a.odt": sampleOdt(
    `<text:h>One</text:h><text:p>${KOREAN}</text:p><table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>`,
  ),
  "a.hwpx": sampleHwpx([
    `<hp:p><hp:run><hp:t>${KOREAN}</hp:t><hp:tbl><hp:tr><hp:tc><hp:subList><hp:p><hp:run><hp:t>a</hp:t></hp:run></hp:p></hp:subList></hp:tc></hp:tr></hp:tbl></hp:run></hp:p>`,
  ]),
  "packed.hwp": sampleHwp([
    Buffer.concat([
      hwpParagraph(KOREAN),
      hwpTable([
        [0, 0, 1, 1, "a"],
        [1, 0, 1, 1, "b"],
      ]),
    ]),
  ]),
  "plain.hwp": sampleHwp(
    [
      Buffer.concat([
        hwpParagraph(KOREAN),
        hwpTable([
          [0, 0, 1, 1, "a"],
          [1, 0, 1, 1, "b"],
        ]),
      ]),
    ],
    { flags: 0 },
  ),
  "a.rtf": strToU8(
    String.raw`{\rtf1\ansi{\fonttbl{\f1\fcharset129 B;}}\pard\outlinelevel0 One\par\f1\'c8\'de\u54868?\par\trowd\clmgf\cellx1\cellx2\intbl a\cell b\cell\row}`,
  ),
  "a.csv": strToU8(`이름,값\n"${KOREAN}",1\n`),
  "a.eml": strToU8(
    `From: a@b.c\r\nSubject: =?utf-8?B?7Zy06rCA?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>${KOREAN}</p>\r\n--x\r\nContent-Disposition: attachment; filename=a.txt\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--x--\r\n`,
  ),
  "a.txt": strToU8(`${KOREAN}\n\n- x\n\nINTRODUCTION\n`),
};
// the machine may be busy with other tests
vi.setConfig({ testTimeout: 90_000 });

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
