import { createHash } from "node:crypto";
import { sentences } from "../../../platform/language/sentences.js";
import type { Citation, RetrievedPassage } from "./answer.js";
import { nextOpening, readMarker } from "./markers.js";
import { type Evidence, evidenceIn } from "./support.js";

/** What the parser makes of the model's text: text to show, or a citation that belongs right behind it. */
export type CitedPiece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "citation"; readonly citation: Citation; readonly doubt: Doubt | null };

/** A citation whose sentence shares too few words with its passage to be sure: meaning may still carry it. */
export interface Doubt {
  readonly claim: string;
  /** The passage's sentences nearest to the claim, nearest first. */
  readonly lines: readonly string[];
}

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

/** What a citation keeps of its passage beside the words: SHA-256 of the text as it stood in the prompt, in hexadecimal. */
export const passageHash = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * Reads `[n]` markers off a stream. A marker that points at a passage of the prompt stays, in that form, and yields a citation; one
 * that points nowhere never reaches the reader, however it is written: wide brackets and digits, nested, labelled, in ranges, cut
 * over deltas. No text is left in which a bracketed number stands without its citation. A citation is yielded once per marker and
 * sentence.
 */
export function createCitationParser(passages: readonly RetrievedPassage[]): CitationParser {
  const byMarker = new Map(passages.flatMap((passage) => (passage.marker === null ? [] : [[passage.marker, passage]])));
  const evidence = new Map<number, Evidence>();
  const removed: number[] = [];
  let held = "";
  let positions = 0;
  /** Text since the last marker, and the sentence that the markers before now belong to. */
  let since = "";
  let claim = "";
  let cited = new Set<number>();
  let behindMarker = false;

  const claimHere = (): string => {
    if (since.trim() !== "") {
      claim = sentences(since.slice(-SENTENCE_REACH)).at(-1) ?? since.trim();
      since = "";
      cited = new Set();
    }
    return claim;
  };

  const cite = (pieces: CitedPiece[], passage: RetrievedPassage, marker: number): void => {
    const sentence = claimHere();
    if (cited.has(marker)) return;
    cited.add(marker);
    const known = evidence.get(marker) ?? evidenceIn(passage.text);
    evidence.set(marker, known);
    const { support, quote, lines } = known.judge(sentence);
    const { chunkId, documentId, fileName, documentVersion, effectiveDate, pages, boxes } = passage;
    const citation: Citation = {
      position: positions++,
      marker,
      chunkId,
      documentId,
      fileName,
      documentVersion,
      effectiveDate,
      pages,
      boxes,
      passageHash: passageHash(passage.text),
      quote,
      support,
      check: "LEXICAL",
      sourceDeleted: false,
    };
    show(pieces, `[${marker}]`);
    behindMarker = true;
    pieces.push({ type: "citation", citation, doubt: lines.length > 0 ? { claim: sentence, lines } : null });
  };

  const show = (pieces: CitedPiece[], text: string): void => {
    if (text === "") return;
    const last = pieces.at(-1);
    if (last?.type === "text") pieces[pieces.length - 1] = { type: "text", text: last.text + text };
    else pieces.push({ type: "text", text });
  };

  const take = (pieces: CitedPiece[], text: string): void => {
    if (text === "") return;
    since = (since + text).slice(-2 * SENTENCE_REACH);
    // "[1](address)" would be a link in Markdown, which nobody has checked.
    show(pieces, behindMarker && text.startsWith("(") ? ` ${text}` : text);
    behindMarker = false;
  };

  const resolve = (pieces: CitedPiece[], markers: readonly number[]): void => {
    for (const marker of markers) {
      const passage = byMarker.get(marker);
      if (passage) cite(pieces, passage, marker);
      else if (!removed.includes(marker)) removed.push(marker);
    }
  };

  return {
    removed,
    push(text) {
      const pieces: CitedPiece[] = [];
      let rest = held + text;
      held = "";
      while (rest !== "") {
        const opening = nextOpening(rest);
        if (opening !== 0) {
          const end = opening < 0 ? rest.length : opening;
          take(pieces, rest.slice(0, end));
          rest = rest.slice(end);
          continue;
        }
        const reading = readMarker(rest);
        if (reading.kind === "open") {
          held = rest;
          break;
        }
        if (reading.kind === "marker") resolve(pieces, reading.numbers);
        else if (reading.kind === "figures") take(pieces, reading.text);
        else take(pieces, reading.forges ? "(" : rest.slice(0, 1));
        rest = rest.slice(reading.kind === "text" ? 1 : reading.length);
      }
      return pieces;
    },
    end() {
      const pieces: CitedPiece[] = [];
      // An unfinished marker points nowhere that can be checked.
      const numbers = held.normalize("NFKC").match(/\d{1,9}/g);
      if (numbers)
        removed.push(...numbers.map(Number).filter((n, i, all) => !removed.includes(n) && all.indexOf(n) === i));
      else take(pieces, held);
      held = "";
      return pieces;
    },
  };
}

/** Text without `[n]` markers: what an earlier answer's numbers meant is not what they mean in the next prompt. */
export const withoutMarkers = (text: string): string => text.replace(/\s?\[\s*\d{1,3}(?:\s*,\s*\d{1,3})*\s*\]/g, "");
