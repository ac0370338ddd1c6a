import type { Element } from "../../subgraphs/documents/domain/elements.js";
import type { Label } from "./labels.js";

/** From 0 to 1; null where there is nothing to find and nothing was found. */
export interface Scores {
  readonly text: number | null;
  readonly cells: number | null;
  readonly headings: number | null;
}

const normal = (text: string): string => text.normalize("NFC").replace(/\s+/g, " ").trim();
/** Words without spaces between Hangul counted: recognised text often breaks a word at the end of a line. */
const units = (text: string): string[] => normal(text).match(/[\p{Script=Hangul}]|[\p{L}\p{N}]+/gu) ?? [];

function counted(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** How many of the expected values are among the found ones, each as often as it is expected. */
function common(expected: readonly string[], found: readonly string[]): number {
  const left = counted(found);
  return expected.filter((value) => {
    const count = left.get(value) ?? 0;
    left.set(value, count - 1);
    return count > 0;
  }).length;
}

function f1(expected: readonly string[], found: readonly string[]): number | null {
  if (expected.length === 0 && found.length === 0) return null;
  return (2 * common(expected, found)) / (expected.length + found.length);
}

/** Cells of a table with their neighbours to the right: a cell is right when it stands beside the right one. */
const pairs = (rows: readonly (readonly string[])[]): string[] =>
  rows.flatMap((row) => row.map((cell, i) => `${normal(cell)}\n${normal(row[i + 1] ?? "")}`));

function rowsOf(html: string): string[][] {
  const text = (cell: string): string =>
    cell
      .replace(/<br>/g, " ")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, "&");
  return [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = ""]) => text(cell)).filter((cell) => cell !== ""),
  );
}

/**
 * Text: the share of the expected words (Hangul: syllables) that were read. Cells and headings: F1, the harmonic mean of how many of
 * the expected were found and how many of the found were expected.
 */
export function scoresOf(label: Label, elements: readonly Element[]): Scores {
  const expectedText = units(label.text);
  const readText = units(elements.map(({ text }) => text).join(" "));
  const tables = elements.flatMap(({ html }) => (html ? [pairs(rowsOf(html))] : []));
  const expectedCells = pairs(label.table);
  // where there are more tables than the labelled one, the one most like it is scored
  const found = label.otherTables
    ? (tables.toSorted((a, b) => common(expectedCells, b) - common(expectedCells, a))[0] ?? [])
    : tables.flat();
  const headings = elements
    .filter(({ type }) => type === "Title")
    .map(({ text }) => normal(text.replace(/^제1장 /, "")));
  return {
    text: expectedText.length === 0 ? null : common(expectedText, readText) / expectedText.length,
    cells: f1(expectedCells, found),
    headings: f1(label.headings.map(normal), [...new Set(headings)]),
  };
}
