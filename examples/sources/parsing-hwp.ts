/**
 * Makes examples/parsing/expenses.hwp with this project's own writer of Hangul files, since no free program writes them.
 *
 *   node --import ./infra/start/typescript.mjs examples/sources/parsing-hwp.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import {
  hwpParagraph,
  hwpTable,
  sampleHwp,
} from "../../subgraphs/documents/adapters/embedded-parser/testing/sample-hwp.js";

const folder = new URL("../parsing/", import.meta.url);
const [title = "", intro = "", limits = "", steps = "", ...rest] = readFileSync(new URL("expenses.md", folder), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("|"))
  .map((line) => line.replace(/^#+ /, ""));
const items = rest.filter((line) => line.startsWith("- "));
const [contact = "", english = ""] = rest.filter((line) => !line.startsWith("- "));
const rows = readFileSync(new URL("expenses.csv", folder), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.slice(1, -1).split('","'));

const section = Buffer.concat([
  hwpParagraph(title, 0, { style: 1 }),
  hwpParagraph(intro),
  hwpParagraph(limits, 0, { style: 2 }),
  hwpTable(rows.flatMap((row, r) => row.map((cell, c): [number, number, number, number, string] => [c, r, 1, 1, cell]))),
  hwpParagraph(steps, 0, { style: 2, breaksPage: true }),
  ...items.map((item) => hwpParagraph(item)),
  hwpParagraph(contact, 0, { style: 2 }),
  hwpParagraph(english),
]);
writeFileSync(new URL("expenses.hwp", folder), sampleHwp([section], { styles: ["바탕글", "개요 1", "개요 2"] }));
