import type { AnswerState, CitationFieldsFragment, FactFieldsFragment } from "../../typescript/index.js";
import type { Style } from "./style.js";
import { oneLine, shorten } from "./width.js";

const MAX_FACTS = 5;
const MAX_QUOTES = 2;
const MAX_COLUMNS = 100;

/** What an answer rests on and what it took, as lines of at most so many columns: sources, facts, usage. */
export function renderAnswer(state: AnswerState, terminalColumns: number, style: Style): string[] {
  const columns = Math.min(terminalColumns, MAX_COLUMNS);
  return [
    ...section("sources", sourceLines(state.citations, columns, style), style),
    ...section("facts", factLines(byCloseness(state), columns, style), style),
    ...usageLines(state, style),
  ];
}

const section = (title: string, lines: readonly string[], style: Style): string[] =>
  lines.length === 0 ? [] : [`  ${style.bold(title)}`, ...lines, ""];

/** E.g. `p. 2`, `pp. 2–3`, or nothing where a format has no pages. Pages count from 1. */
export function pagesText(pages: readonly number[]): string {
  const sorted = [...new Set(pages)].sort((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined) return "";
  const last = sorted.at(-1);
  if (last === first) return `p. ${first}`;
  return last === first + sorted.length - 1 ? `pp. ${first}–${last}` : `pp. ${sorted.join(", ")}`;
}

function sourceLines(citations: readonly CitationFieldsFragment[], columns: number, style: Style): string[] {
  const byMarker = Map.groupBy(citations, ({ marker }) => marker);
  return [...byMarker.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([marker, group]) => {
      const [first] = group;
      if (!first) return [];
      const where = [oneLine(first.fileName), pagesText(group.flatMap(({ pages }) => pages))].filter(Boolean);
      const notes = [
        ...(first.effectiveDate ? [style.dim(`from ${first.effectiveDate}`)] : []),
        ...(group.some(({ status }) => status === "SOURCE_DELETED") ? [style.yellow("deleted since")] : []),
        ...(group.some(({ status }) => status === "GONE") ? [style.yellow("may not be read any more")] : []),
        ...(group.some(({ support }) => support === "UNSUPPORTED") ? [style.yellow("does not carry it")] : []),
      ];
      const quotes = [...new Set(group.map(({ quote }) => oneLine(quote)).filter(Boolean))].slice(0, MAX_QUOTES);
      return [
        `  ${style.cyan(`[${marker}]`)} ${where.join(", ")}${notes.length > 0 ? `  ${notes.join("  ")}` : ""}`,
        ...quotes.map((quote) => style.dim(`      ${shorten(`“${quote}”`, columns - 6)}`)),
      ];
    });
}

/** A triple on one line: `연차휴가 ─MANAGED_BY→ 그룹웨어`. */
export function factText({ subject, relationType, object }: FactFieldsFragment, style: Style): string {
  return `${oneLine(subject)} ${style.dim(`─${relationType}→`)} ${oneLine(object)}`;
}

/** Those that a cited passage supports first, then those whose relation has a name, then as they came. */
function byCloseness({ facts, citations }: AnswerState): FactFieldsFragment[] {
  const cited = new Set(citations.flatMap(({ chunk }) => chunk?.id ?? []));
  const rank = ({ evidence, relationType }: FactFieldsFragment): number =>
    (evidence.some((id) => cited.has(id)) ? 0 : 2) + (relationType === "RELATED_TO" ? 1 : 0);
  return [...facts].sort((a, b) => rank(a) - rank(b));
}

function factLines(facts: readonly FactFieldsFragment[], columns: number, style: Style): string[] {
  const lines = facts.slice(0, MAX_FACTS).map((fact) => `  ${factText(fact, style)}`);
  const left = facts.length - MAX_FACTS;
  return left > 0 ? [...lines, style.dim(shorten(`  … and ${left} more`, columns))] : lines;
}

function usageLines({ answer }: AnswerState, style: Style): string[] {
  if (!answer) return [];
  const { usage, degraded, model } = answer;
  const parts = usage
    ? [
        ...(usage.firstTokenMilliseconds === null ? [] : [`first word ${seconds(usage.firstTokenMilliseconds)}`]),
        `whole ${seconds(usage.totalMilliseconds)}`,
        ...(usage.retrievalMilliseconds === null ? [] : [`search ${seconds(usage.retrievalMilliseconds)}`]),
        `${usage.promptTokens} + ${usage.completionTokens} tokens`,
      ]
    : [];
  const missing = degraded.map((part) => part.toLowerCase().replaceAll("_", " "));
  return [
    `  ${style.dim([...parts, oneLine(model)].join(" · "))}`,
    ...(missing.length > 0 ? [`  ${style.yellow(`without: ${missing.join(", ")}`)}`] : []),
  ];
}

/** Milliseconds as `12 ms` or `1.2 s`. */
export const seconds = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
