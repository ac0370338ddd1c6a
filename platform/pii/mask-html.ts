import type { DetectOptions, Finding, PiiDetector } from "./detector.js";
import { addCounts, maskLabel, type PiiCounts } from "./mask.js";

const TOKEN = /<!--[\s\S]*?-->|<[^>]*>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});|[^<&]+|[<&]/g;
const BLOCK = /^<\/?(?:td|th|tr|table|thead|tbody|tfoot|caption|p|div|li|ul|ol|h[1-6]|br|section|article|dt|dd|dl)\b/i;
const NAMED: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00A0",
  commat: "@",
  period: ".",
  hyphen: "-",
};
const LABEL_LENGTH = 30;

/** A run of text between two block borders: its characters, and where each stands in the HTML. */
interface TextRun {
  text: string;
  ranges: { from: number; to: number }[];
  row: number;
  column: number;
}

interface Replacement {
  from: number;
  to: number;
  text: string;
}

/**
 * Masks HTML without touching its structure. The text of a cell or block is read as one piece, so that a value split
 * by inline tags or written with character references is found; attributes are read too. A cell is judged with its
 * column's header and its row's first cell as context ("계좌번호"), since it holds no context of its own.
 * Returns the values found, so that the caller can mask them in a plain rendering of the same content.
 */
export async function maskHtml(
  html: string,
  detector: PiiDetector,
  options: DetectOptions = {},
): Promise<{
  html: string;
  counts: PiiCounts;
  values: { text: string; kind: Finding["kind"] }[];
}> {
  const { runs, tags } = readRuns(html);
  const headers = new Map<number, string>();
  const rowLabels = new Map<number, string>();
  const replacements: Replacement[] = [];
  const values: { text: string; kind: Finding["kind"] }[] = [];
  let counts: PiiCounts = {};
  for (const run of runs) {
    if (run.row === 1 && !headers.has(run.column)) headers.set(run.column, run.text.trim().slice(0, LABEL_LENGTH));
    if (run.column === 1 && !rowLabels.has(run.row)) rowLabels.set(run.row, run.text.trim().slice(0, LABEL_LENGTH));
    const inTable = run.row > 0 && run.column > 0;
    const context = inTable ? `${rowLabels.get(run.row) ?? ""} ${headers.get(run.column) ?? ""}` : "";
    for (const finding of await detectWithLabel(run.text, context, detector, options)) {
      values.push({
        text: run.text.slice(finding.start, finding.end),
        kind: finding.kind,
      });
      counts = addCounts(counts, { [finding.kind]: 1 });
      replacements.push(...replaceRun(run, finding));
    }
  }
  for (const tag of tags) {
    for (const finding of await detector.detect(tag.text, options)) {
      replacements.push({
        from: tag.from + finding.start,
        to: tag.from + finding.end,
        text: maskLabel(finding.kind),
      });
    }
  }
  return { html: replaceAll(html, replacements), counts, values };
}

/**
 * Findings in `text` when it is read after `label` ("계좌번호: …"). Findings that begin inside the label are dropped.
 */
export async function detectWithLabel(
  text: string,
  label: string,
  detector: PiiDetector,
  options: DetectOptions = {},
): Promise<Finding[]> {
  // The label lends words, not digits: its own numbers must not grow into a value.
  const words = label.replace(/[\d+@]/g, " ").trim();
  if (words === "" || text.startsWith(label)) return detector.detect(text, options);
  const prefix = `${words}: `;
  const findings = await detector.detect(prefix + text, options);
  return findings
    .filter((finding) => finding.end > prefix.length)
    .map((finding) => ({
      ...finding,
      start: Math.max(0, finding.start - prefix.length),
      end: finding.end - prefix.length,
    }));
}

function readRuns(html: string): {
  runs: TextRun[];
  tags: { text: string; from: number }[];
} {
  const runs: TextRun[] = [];
  const tags: { text: string; from: number }[] = [];
  let row = 0;
  let column = 0;
  let run: TextRun | undefined;
  for (const match of html.matchAll(TOKEN)) {
    const token = match[0];
    const from = match.index;
    if (token.startsWith("<") && token.length > 1) {
      if (token.includes("=") || token.startsWith("<!--")) tags.push({ text: token, from });
      if (!BLOCK.test(token)) continue;
      run = undefined;
      if (/^<table\b/i.test(token)) row = column = 0;
      if (/^<tr\b/i.test(token)) {
        row++;
        column = 0;
      }
      if (/^<t[dh]\b/i.test(token)) column++;
      continue;
    }
    if (!run) {
      run = { text: "", ranges: [], row, column };
      runs.push(run);
    }
    if (token.startsWith("&") && token.length > 1) append(run, decode(token), from, token.length);
    else for (let at = 0; at < token.length; at++) append(run, token[at] as string, from + at, 1);
  }
  return { runs: runs.filter(({ text }) => text.trim() !== ""), tags };
}

function append(run: TextRun, text: string, from: number, length: number): void {
  run.text += text;
  for (let at = 0; at < text.length; at++) run.ranges.push({ from, to: from + length });
}

function decode(reference: string): string {
  const name = reference.slice(1, -1);
  if (!name.startsWith("#")) return NAMED[name] ?? reference;
  const code = /^#[xX]/.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
}

/** The label goes where the value began; the rest of the value, beyond any inline tag, goes away. */
function replaceRun(run: TextRun, finding: Finding): Replacement[] {
  const pieces: Replacement[] = [];
  for (let at = finding.start; at < finding.end; at++) {
    const range = run.ranges[at] as { from: number; to: number };
    const last = pieces.at(-1);
    if (last && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else
      pieces.push({
        ...range,
        text: pieces.length === 0 ? maskLabel(finding.kind) : "",
      });
  }
  return pieces;
}

function replaceAll(html: string, replacements: Replacement[]): string {
  let at = 0;
  const parts: string[] = [];
  for (const { from, to, text } of replacements.sort((a, b) => a.from - b.from)) {
    if (from < at) continue;
    parts.push(html.slice(at, from), text);
    at = to;
  }
  parts.push(html.slice(at));
  return parts.join("");
}
