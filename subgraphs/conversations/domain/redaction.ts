import { sentenceSpans } from "../../../platform/language/sentences.js";
import type { Citation, Fact, RetrievedPassage } from "./answer.js";

/** Stands where words of a deleted document stood. */
export const SOURCE_DELETED = "[SOURCE_DELETED]";

/** So many characters in a row, blanks aside, are a quote and no coincidence. */
const QUOTE_CHARACTERS = 16;

const dense = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(/[\s\p{P}\p{Cf}]+/gu, "")
    .toLowerCase();

/** Finds words of the given texts again. */
export function quotesOf(texts: readonly string[]): (text: string) => boolean {
  const shingles = new Set<string>();
  for (const text of texts) {
    const letters = dense(text);
    for (let at = 0; at + QUOTE_CHARACTERS <= letters.length; at++)
      shingles.add(letters.slice(at, at + QUOTE_CHARACTERS));
  }
  return (text) => {
    const letters = dense(text);
    for (let at = 0; at + QUOTE_CHARACTERS <= letters.length; at++)
      if (shingles.has(letters.slice(at, at + QUOTE_CHARACTERS))) return true;
    return false;
  };
}

const MARKERS = /^(?:\s*\[\d+\])+[.。]?/;

/**
 * A text without the sentences that cite one of `markers` or repeat `quoted` words. Markers stay where they stood, so that they
 * still match the citations.
 */
export function redactText(text: string, markers: ReadonlySet<number>, quoted: (text: string) => boolean): string {
  const spans = sentenceSpans(text);
  // "… is given. [1] Next": the marker behind a full stop belongs to the sentence before it.
  spans.forEach((span, i) => {
    const behind = MARKERS.exec(text.slice(span.start, span.end));
    const before = spans[i - 1];
    if (!behind || !before) return;
    before.end = span.start + behind[0].length;
    span.start = before.end;
  });
  let out = "";
  let at = 0;
  for (const { start, end } of spans) {
    if (end <= start) continue;
    const sentence = text.slice(start, end);
    const cited = [...sentence.matchAll(/\[(\d+)\]/g)].map(([marker, number]) => ({ marker, number: Number(number) }));
    if (!cited.some(({ number }) => markers.has(number)) && !quoted(sentence)) continue;
    const lead = /^\s*/.exec(sentence)?.[0] ?? "";
    const trail = /\s*$/.exec(sentence)?.[0] ?? "";
    // The full stop keeps it a sentence of its own, should the text be redacted for another document too.
    out += `${text.slice(at, start)}${lead}${[SOURCE_DELETED, ...cited.map(({ marker }) => marker)].join(" ")}.${trail}`;
    at = end;
  }
  return out + text.slice(at);
}

export interface Redactable {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly passages: readonly RetrievedPassage[];
  readonly facts: readonly Fact[];
}

/** What is left of an answer when a document is gone: its passages lose their words, and the text what rests on them. */
export function redactAnswer(
  answer: Redactable,
  documentId: string,
): Pick<Redactable, "text" | "passages" | "facts"> & {
  readonly markers: ReadonlySet<number>;
  readonly quoted: (text: string) => boolean;
} {
  const gone = answer.passages.filter((passage) => passage.documentId === documentId);
  const kept = new Set(answer.passages.filter((p) => p.documentId !== documentId).map((p) => p.chunkId));
  const cited = answer.citations.filter((citation) => citation.documentId === documentId);
  const markers = new Set(cited.map((citation) => citation.marker));
  const quoted = quotesOf([...gone.map((passage) => passage.text), ...cited.map((citation) => citation.quote)]);
  return {
    markers,
    quoted,
    text: redactText(answer.text, markers, quoted),
    passages: answer.passages.map((passage) =>
      passage.documentId === documentId
        ? { ...passage, text: "", headingPath: [], boxes: [], sourceDeleted: true as const }
        : passage,
    ),
    // Evidence is named by chunk only, and a deleted document's chunks beyond the passages are unknown here.
    facts: answer.facts.filter((fact) => fact.evidence.some((chunk) => kept.has(chunk))),
  };
}
