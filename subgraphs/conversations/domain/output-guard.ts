import type { PiiDetector } from "../../../platform/pii/detector.js";
import { mask } from "../../../platform/pii/mask.js";

/** What was shown already and still bears on what a number means ("계좌", "phone"). */
const CONTEXT_BEFORE = 64;
/** A word after a number can make it personal data too, so a long number waits for that much text. */
const CONTEXT_AFTER = 16;
/** Fewer digits than this are no personal data of any kind. */
const MIN_DIGITS = 8;
/** The longest run that is held back; a longer one is no value of any kind. */
const MAX_HELD = 200;

/** The end of a text that the next characters could still turn into an address or a number. */
const OPEN_ADDRESS =
  /[A-Za-z0-9_%+][A-Za-z0-9._%+'\u200B-]*(?:\s?[[(]\s?(?:a|at|@|골|골뱅|골뱅이)?\s?[\])]?\s?|@|\s)?(?:(?<=[@\])]\s?)[\p{L}\p{N}.-]*)?$/u;
const OPEN_NUMBER = /[+(]*[A-Za-z]?\d[\dA-Fa-f\s()./~:,*xX●•○\u00A0\u2000-\u200F\u2010-\u2015\u2212\u3000-]*$/;
const NUMBER = /[+(]*[A-Za-z]?\d[\d\s()./~:*xX●•○\u200B\u2010-\u2015\u2212-]*/g;

/** The text in the characters that the patterns above know, each in its place: wide forms, odd dashes, what is invisible. */
const plain = (text: string): string =>
  text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u00B7\u2E3A\u2E3B\u30FC\u318D\uFE58\uFE63]/g, "-")
    .replace(
      /\u034F|[\uFE00-\uFE0F]|[\u00AD\u061C\u115F\u1160\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF]/g,
      "\u200B",
    );

export interface OutputGuard {
  /** Takes the next piece of text, split anywhere; resolves to what may be shown now, masked. */
  push(text: string): Promise<string>;
  /** What was held back, masked. */
  end(): Promise<string>;
}

/** Where the part of `text` begins that must wait for what follows. */
function openFrom(written: string): number {
  const text = plain(written);
  let from = text.length;
  const address = OPEN_ADDRESS.exec(text);
  if (address) from = Math.min(from, address.index);
  const number = OPEN_NUMBER.exec(text);
  if (number) from = Math.min(from, number.index);
  for (const match of text.slice(-MAX_HELD).matchAll(NUMBER)) {
    const start = Math.max(0, text.length - MAX_HELD) + match.index;
    if (start + match[0].length + CONTEXT_AFTER > text.length && match[0].replace(/\D/g, "").length >= MIN_DIGITS)
      from = Math.min(from, start);
  }
  return Math.max(from, text.length - MAX_HELD);
}

/**
 * Masks personal data in a model's stream: a value cut over any number of pieces is still found, because the end of the text
 * that could become one is held back. Ordinary words pass at once or with the next character.
 */
export function createOutputGuard(detector: PiiDetector): OutputGuard {
  let shown = "";
  let pending = "";
  const release = async (until: number): Promise<string> => {
    if (until <= 0) return "";
    // Every kind has a digit or an address sign in it.
    let text = pending.slice(0, until);
    if (/[\p{Nd}@＠]|골뱅이|\bat\b/u.test(text)) {
      const findings = await detector.detect(shown + pending);
      const before = shown.length;
      let end = until;
      // A value that reaches past the cut is released with its end, or held with its start.
      for (const finding of findings)
        if (finding.start < before + end && finding.end > before + end) end = Math.max(0, finding.start - before);
      text = pending.slice(0, end);
      const inside = findings
        .filter((finding) => finding.start < before + end && finding.end > before)
        .map((finding) => ({ ...finding, start: Math.max(finding.start - before, 0), end: finding.end - before }));
      until = end;
      text = mask(text, inside).text;
    }
    shown = (shown + pending.slice(0, until)).slice(-CONTEXT_BEFORE);
    pending = pending.slice(until);
    return text;
  };
  return {
    async push(text) {
      pending += text;
      return release(openFrom(pending));
    },
    end: () => release(pending.length),
  };
}
