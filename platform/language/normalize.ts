/**
 * Characters that carry no text of their own and break matching: soft hyphen, Arabic letter mark, Hangul fillers, zero-width and bidirectional marks,
 * invisible operators, variation selectors, BOM, interlinear anchors and the tag block (also a way to smuggle
 * instructions past a reader's eye).
 */
const INVISIBLE =
  /[\u034F]|[\uFE00-\uFE0F]|[\u17B4\u17B5]|[\u180B-\u180F]|[\u00AD\u061C\u115F\u1160\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{E0000}-\u{E0FFF}]/gu;

// Everything below U+0020 except tab, line feed and carriage return, and the C1 range.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;

/**
 * Text as it is stored and shown: canonical composition (NFC, so that decomposed Hangul from macOS file names is
 * one syllable again), invisible and control characters removed, line ends as "\n", runs of blanks as one space,
 * at most one empty line between paragraphs, no blanks at either end.
 */
export function normalizeText(text: string): string {
  return text
    .normalize("NFC")
    .replace(INVISIBLE, "")
    .replace(/\r\n?|\u2028|\u0085/g, "\n")
    .replace(/\u2029/g, "\n\n")
    .replace(CONTROL, "")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/**
 * Text as it is compared: compatibility composition (NFKC: full-width forms, circled digits, ligatures and
 * half-width Hangul become plain ones), lower case, every run of white space one space.
 */
export function normalizeForMatching(text: string): string {
  return text.normalize("NFKC").replace(INVISIBLE, "").replace(CONTROL, " ").toLowerCase().replace(/\s+/g, " ").trim();
}
