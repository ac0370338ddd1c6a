export interface TextHeading {
  level: number;
  heading: string;
  /** What follows the heading on the same line: the text of an article. */
  rest: string;
}

const KOREAN_LEVELS: Record<string, number> = { 편: 1, 장: 2, 절: 3, 관: 4, 조: 5 };
const KOREAN_PROVISION = /^(제\s?\d{1,4}\s?([편장절관조])(?:의\s?\d{1,3})?)(.*)$/s;
const ARTICLE_TITLE = /^\s?([(（【][^)）】]{1,60}[)）】])(?=\s|$)\s*(.*)$/s;
const ENGLISH_PROVISION =
  /^(part|chapter|article|section|appendix)\s+(?:\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6}|[a-z])(?:[.:]?\s+(\S.*)|[.:]?)$/i;
const ENGLISH_LEVELS: Record<string, number> = { part: 1, chapter: 1, appendix: 1, article: 2, section: 2 };

/**
 * The heading of a Korean rule: `제1장 총칙` is one as a whole line; in `제12조(연차휴가) ① 직원은 …` it ends with the
 * parenthesis. A sentence that only begins with a reference (`제12조에 따라 …`) is none.
 */
function koreanHeading(line: string): TextHeading | null {
  const match = KOREAN_PROVISION.exec(line);
  const [, provision, unit, tail] = match ?? [];
  if (provision === undefined || unit === undefined || tail === undefined) return null;
  const level = KOREAN_LEVELS[unit] ?? 5;
  if (tail.trim() === "") return { level, heading: provision, rest: "" };
  if (unit === "조") {
    const [, title, rest] = ARTICLE_TITLE.exec(tail) ?? [];
    return title === undefined || rest === undefined ? null : { level, heading: provision + title, rest: rest.trim() };
  }
  return /^\s/.test(tail) && line.length < 60 && !/[.。다]$/.test(line) ? { level, heading: line, rest: "" } : null;
}

/** An entry of a table of contents: leaders before the page number. */
const CONTENTS_ENTRY = /(?:\.\s?){3,}|…{2,}|[·․]{3,}/;

/** A heading that its wording alone gives away, in Korean rules and English contracts; null for anything else. `line` is trimmed. */
export function headingByWording(line: string): TextHeading | null {
  if (CONTENTS_ENTRY.test(line)) return null;
  const korean = koreanHeading(line);
  if (korean) return korean;
  const english = line.length < 80 && !/[.,;]$/.test(line) ? ENGLISH_PROVISION.exec(line) : null;
  if (!english) return null;
  const [, unit = "", title] = english;
  // "Section 5 applies to …" is a sentence: a title goes on with a capital, a digit or a dash.
  if (title !== undefined && !/^[-–—:(\p{Lu}\d]/u.test(title)) return null;
  return { level: ENGLISH_LEVELS[unit.toLowerCase()] ?? 2, heading: line, rest: "" };
}

const LIST_MARK =
  /^(?:[•◦▪■□●○‣⁃∙·ㆍ※▶►*–—-]\s+|\(?\d{1,2}[.)]\s+|[①-⑳㉮-㉻]\s*|[가나다라마바사아자차카타파하][.)]\s|\(?[a-zA-Z][.)]\s)/;

/** Whether a trimmed line begins like the item of a list, in Korean or English use. */
export function isListItem(line: string): boolean {
  return LIST_MARK.test(line);
}
