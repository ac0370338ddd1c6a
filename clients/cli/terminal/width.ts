const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Scripts and forms that take two columns (Unicode Standard Annex 11), as far as file names and answers hold them. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** Control characters and escape sequences, which a file's name or text must not send to a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Columns that a text without escape sequences takes in a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  // macOS gives Hangul in pieces; composed it is one wide character a syllable.
  for (const { segment } of graphemes.segment(text.normalize("NFC"))) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The text in exactly so many columns: filled up with spaces, or cut with an ellipsis. */
export function toColumns(text: string, columns: number): string {
  const missing = columns - widthOf(text);
  return missing >= 0 ? text + " ".repeat(missing) : cut(text, columns);
}

/** The text in at most so many columns. */
export function shorten(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : cut(text, columns).trimEnd();
}

function cut(text: string, columns: number): string {
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text.normalize("NFC"))) {
    const next = width + widthOf(segment);
    if (next > columns - 1) break;
    kept += segment;
    width = next;
  }
  return columns > 0 ? `${kept}…${" ".repeat(columns - 1 - width)}` : "";
}

/** Text from documents and models on one line, without anything that could steer the terminal. */
export const oneLine = (text: string): string => text.replace(/\s+/g, " ").replace(CONTROL, "").trim();

/** Text from documents and models with its line breaks, without anything that could steer the terminal. */
export const plainText = (text: string): string =>
  text.replace(CONTROL, (character) => (character === "\n" || character === "\t" ? character : ""));
