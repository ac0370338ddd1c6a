/** A part of a text and where it begins, in UTF-16 code units. */
export interface TextWindow {
  text: string;
  start: number;
}

/** Characters of one window, and how much of it the next one repeats: more than any value is long. */
const WINDOW = 20_000;
const OVERLAP = 400;

/** The text as windows that overlap, so that a value on a border stands whole in one of them. Surrogate pairs stay whole. */
export function windowsOf(text: string, size = WINDOW, overlap = OVERLAP): TextWindow[] {
  const windows: TextWindow[] = [];
  for (let start = 0; ; ) {
    const end = start + size >= text.length ? text.length : before(text, start + size);
    windows.push({ text: text.slice(start, end), start });
    if (end === text.length) return windows;
    start = before(text, end - overlap);
  }
}

function before(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
