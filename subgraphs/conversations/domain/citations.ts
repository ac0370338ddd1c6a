import { sentences } from "../../../platform/language/sentences.js";
import type { Citation, RetrievedPassage } from "./answer.js";
import { type Evidence, evidenceIn } from "./support.js";

/** What the parser makes of the model's text: text to show, or a citation that belongs right behind it. */
export type CitedPiece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "citation"; readonly citation: Citation };

/** The longest thing in brackets that can still become a marker, e.g. "[1, 2, 13]". */
const MARKER_LENGTH = 24;
const COULD_BE_MARKER = /^\[\s*(?:\d{1,3}(?:\s*,\s*\d{1,3})*(?:\s*,?\s*))?$/;
const MARKER = /^\[\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*\]$/;
/** How much text before a marker is looked at for the sentence it belongs to. */
const SENTENCE_REACH = 1200;

export interface CitationParser {
  /** Takes the next piece of the model's text, split anywhere; returns what may be shown now. */
  push(text: string): CitedPiece[];
  /** What is left when the model is done. */
  end(): CitedPiece[];
  /** Markers that pointed at no passage of the prompt, in order, each once. */
  readonly removed: readonly number[];
}

/**
 * Reads `[n]` markers off a stream. A marker that points at a passage of the prompt stays and yields a citation; one that points
 * nowhere never reaches the reader. A citation is yielded once per marker and sentence.
 */
export function createCitationParser(passages: readonly RetrievedPassage[]): CitationParser {
  const byMarker = new Map(passages.flatMap((passage) => (passage.marker === null ? [] : [[passage.marker, passage]])));
  const evidence = new Map<number, Evidence>();
  const removed: number[] = [];
  let held = "";
  /** Text since the last marker, and the sentence that the markers before now belong to. */
  let since = "";
  let claim = "";
  let cited = new Set<number>();

  const claimHere = (): string => {
    if (since.trim() !== "") {
      claim = sentences(since.slice(-SENTENCE_REACH)).at(-1) ?? since.trim();
      since = "";
      cited = new Set();
    }
    return claim;
  };

  const cite = (passage: RetrievedPassage, marker: number): Citation => {
    const known = evidence.get(marker) ?? evidenceIn(passage.text);
    evidence.set(marker, known);
    const { chunkId, documentId, fileName, documentVersion, effectiveDate, pages, boxes } = passage;
    const about = { chunkId, documentId, fileName, documentVersion, effectiveDate, pages, boxes };
    return { marker, ...about, ...known.judge(claimHere()) };
  };

  const show = (pieces: CitedPiece[], text: string): void => {
    if (text === "") return;
    const last = pieces.at(-1);
    if (last?.type === "text") pieces[pieces.length - 1] = { type: "text", text: last.text + text };
    else pieces.push({ type: "text", text });
  };

  const resolve = (pieces: CitedPiece[], markers: readonly number[]): void => {
    for (const marker of markers) {
      const passage = byMarker.get(marker);
      if (!passage) {
        if (!removed.includes(marker)) removed.push(marker);
        continue;
      }
      const citation = cite(passage, marker);
      if (cited.has(marker)) continue;
      cited.add(marker);
      show(pieces, `[${marker}]`);
      pieces.push({ type: "citation", citation });
    }
  };

  const take = (pieces: CitedPiece[], text: string): void => {
    since = (since + text).slice(-2 * SENTENCE_REACH);
    show(pieces, text);
  };

  return {
    removed,
    push(text) {
      const pieces: CitedPiece[] = [];
      let rest = held + text;
      held = "";
      while (rest !== "") {
        const open = rest.indexOf("[");
        if (open < 0) {
          take(pieces, rest);
          break;
        }
        if (open > 0) take(pieces, rest.slice(0, open));
        rest = rest.slice(open);
        const close = rest.indexOf("]");
        const candidate = close < 0 ? rest : rest.slice(0, close + 1);
        const marker = MARKER.exec(candidate);
        if (marker && candidate.length <= MARKER_LENGTH) {
          resolve(pieces, (marker[1] as string).split(",").map(Number));
          rest = rest.slice(candidate.length);
        } else if (close < 0 && rest.length < MARKER_LENGTH && COULD_BE_MARKER.test(rest)) {
          held = rest;
          break;
        } else {
          take(pieces, "[");
          rest = rest.slice(1);
        }
      }
      return pieces;
    },
    end() {
      const pieces: CitedPiece[] = [];
      // An unfinished marker points nowhere that can be checked.
      if (/^\[\s*\d/.test(held))
        removed.push(...(held.match(/\d+/g) ?? []).map(Number).filter((n) => !removed.includes(n)));
      else take(pieces, held);
      held = "";
      return pieces;
    },
  };
}

/** Text without `[n]` markers: what an earlier answer's numbers meant is not what they mean in the next prompt. */
export const withoutMarkers = (text: string): string => text.replace(/\s?\[\s*\d{1,3}(?:\s*,\s*\d{1,3})*\s*\]/g, "");
