import type { IndexingEvent, IndexingStage } from "../../typescript/index.js";
import type { Style } from "./style.js";
import { shorten, toColumns, widthOf } from "./width.js";

/** What each stage takes of the whole, in per cent of a typical document's time, and how it is called while it runs. */
const STAGES: Readonly<Record<IndexingStage, { share: number; label: string }>> = {
  STORE: { share: 5, label: "storing" },
  PARSE: { share: 20, label: "reading" },
  CHUNK: { share: 5, label: "cutting" },
  MASK: { share: 10, label: "masking" },
  EMBED: { share: 25, label: "embedding" },
  INDEX: { share: 10, label: "indexing" },
  EXTRACT: { share: 20, label: "linking" },
  FINISH: { share: 5, label: "finishing" },
};
/** What must be over when a stage has begun. EXTRACT runs beside EMBED and INDEX. */
const BEFORE: Readonly<Record<IndexingStage, readonly IndexingStage[]>> = {
  STORE: [],
  PARSE: ["STORE"],
  CHUNK: ["STORE", "PARSE"],
  MASK: ["STORE", "PARSE", "CHUNK"],
  EMBED: ["STORE", "PARSE", "CHUNK", "MASK"],
  INDEX: ["STORE", "PARSE", "CHUNK", "MASK", "EMBED"],
  EXTRACT: ["STORE", "PARSE", "CHUNK", "MASK"],
  FINISH: ["STORE", "PARSE", "CHUNK", "MASK", "EMBED", "INDEX", "EXTRACT"],
};

/** How far one document is. */
export interface Row {
  readonly name: string;
  readonly state: "waiting" | "working" | "done" | "failed";
  /** From 0 to 1; never falls. */
  readonly fraction: number;
  /** What is being done, or what came of it. */
  readonly label: string;
}

/** How far the stages seen so far are, each from 0 to 1. */
export type StageFractions = Readonly<Partial<Record<IndexingStage, number>>>;

/** The fractions after one more event. A new attempt may start stages over; what was reached stays. */
export function advance(fractions: StageFractions, event: IndexingEvent): StageFractions {
  const next: Partial<Record<IndexingStage, number>> = { ...fractions };
  for (const stage of BEFORE[event.stage]) next[stage] = 1;
  const reached = event.state === "COMPLETED" ? 1 : event.total ? Math.min(1, event.done / event.total) : 0;
  next[event.stage] = Math.max(next[event.stage] ?? 0, reached);
  return next;
}

/** The whole from its stages, from 0 to 1. */
export function wholeOf(fractions: StageFractions): number {
  let sum = 0;
  for (const [stage, { share }] of Object.entries(STAGES)) sum += share * (fractions[stage as IndexingStage] ?? 0);
  return sum / 100;
}

const ORDER = Object.keys(STAGES) as IndexingStage[];

/** What is still to be done first, e.g. `embedding 12/40`; counted when the last event is about it. */
export function labelOf(fractions: StageFractions, last: IndexingEvent): string {
  const current = ORDER.find((stage) => (fractions[stage] ?? 0) < 1) ?? "FINISH";
  const { label } = STAGES[current];
  const isCounted = last.stage === current && last.total !== null && last.total > 1;
  return isCounted ? `${label} ${last.done}/${last.total}` : label;
}

const BAR_COLUMNS = 20;
const MAX_NAME_COLUMNS = 32;
const MAX_ROWS = 20;

/** The rows as lines of at most so many columns: name, bar, what happens. Of many documents those under way come first. */
export function renderRows(rows: readonly Row[], columns: number, style: Style): string[] {
  const shown = rows.length <= MAX_ROWS ? rows : [...rows].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_ROWS);
  const names = nameColumns(rows, columns);
  const labels = Math.max(1, columns - names - BAR_COLUMNS - 7);
  const lines = shown.map((row) => {
    const filled = Math.round(row.fraction * BAR_COLUMNS);
    const paint = row.state === "failed" ? style.red : row.state === "done" ? style.green : style.cyan;
    const bar = paint("█".repeat(filled)) + style.dim("░".repeat(BAR_COLUMNS - filled));
    const label = shorten(row.label, labels);
    return `  ${toColumns(row.name, names)}  ${bar}  ${row.state === "failed" ? style.red(label) : style.dim(label)}`;
  });
  if (shown.length < rows.length) lines.push(style.dim(`  … and ${rows.length - shown.length} more`));
  return lines;
}

const rank = ({ state }: Row): number => ["working", "failed", "waiting", "done"].indexOf(state);

function nameColumns(rows: readonly Row[], columns: number): number {
  const widest = Math.max(1, ...rows.map(({ name }) => widthOf(name)));
  return Math.max(8, Math.min(widest, MAX_NAME_COLUMNS, columns - BAR_COLUMNS - 24));
}
