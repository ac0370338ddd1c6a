/** A stretch of a text that names something. Offsets are UTF-16 code units, `end` exclusive. */
export interface NameSpan {
  readonly start: number;
  readonly end: number;
  readonly surface: string;
  /** How sure the rule behind it is, from 0 to 1. */
  readonly confidence: number;
}

/** Placeholders of masked personal data ("[PHONE_NUMBER]") as blanks of the same length: they name nobody. */
export const blankPlaceholders = (text: string): string =>
  text.replace(/\[[A-Z][A-Z0-9_]*\]/g, (match) => " ".repeat(match.length));
