import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";

/** One thing measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most that it may be; absent for a figure that only explains another. */
  readonly target?: number;
  /** The same figure of what it is compared to, taken in the same run. */
  readonly peer?: { readonly name: string; readonly value: number };
}

/** What a run of one question found. */
export interface Findings {
  readonly figures: readonly Figure[];
  /** What bounds a figure that misses its target, and other things a reader has to know. */
  readonly notes: readonly string[];
}

export interface Settings {
  /** Fewer rounds: to see that it runs, not to quote. */
  readonly quick: boolean;
  /** A folder for processor profiles of the processes measured. */
  readonly profile?: string;
  readonly signal: AbortSignal;
  progress(line: string): void;
}

/** One question that is asked of the product. */
export interface Question {
  readonly name: string;
  readonly asks: string;
  answer(settings: Settings): Promise<Findings>;
}

const shown = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));
const verdict = ({ target, value }: Figure): string =>
  target === undefined ? "" : value <= target ? `≤ ${target}  met` : `≤ ${target}  MISSED`;

/** The findings as a table for people. */
export function tableOf(question: Question, { figures, notes }: Findings): string {
  const rows = [
    ["figure", "value", "target", "peer"],
    ...figures.map((figure) => [
      figure.name,
      `${shown(figure.value)} ${figure.unit}`.trim(),
      verdict(figure),
      figure.peer ? `${figure.peer.name} ${shown(figure.peer.value)}` : "",
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd());
  return [`${question.name}: ${question.asks}`, ...lines, ...notes.map((note) => `  · ${note}`)].join("\n");
}

/** Keeps the findings as `results/<question>.json`. */
export async function writeFindings(question: Question, findings: Findings, settings: Settings): Promise<string> {
  const folder = new URL("results/", import.meta.url);
  await mkdir(folder, { recursive: true });
  const file = new URL(`${question.name}.json`, folder);
  const record = {
    question: question.name,
    asks: question.asks,
    takenAt: new Date().toISOString(),
    quick: settings.quick,
    machine: { node: process.version, processors: cpus().length, model: cpus()[0]?.model ?? "", load: loadavg()[0] },
    ...findings,
  };
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
  return file.pathname;
}
