import type { PromptPassage } from "./prompt.js";

/** What the versions of one document have in common in their names: "연차관리규정_2019.pdf" → "연차관리규정". */
const familyOf = (file: string): string =>
  file
    .normalize("NFC")
    .toLowerCase()
    .replace(/\.[a-z0-9]{1,5}$/, "")
    .replace(/\b(v|ver|version|rev|old|new|final|draft)\b|구버전|개정판?|최신|최종/g, "")
    .replace(/[\d\s._()[\]-]+/g, "");

/**
 * Leaves out passages of a document's superseded versions: of the files that differ only by year or version mark, the
 * one in force on `today` ("YYYY-MM-DD") holds, unless the question names the year of another.
 */
export function currentVersions(passages: readonly PromptPassage[], question: string, today: string): PromptPassage[] {
  const asked = new Set(question.match(/(?<!\d)(19|20)\d\d(?!\d)/g) ?? []);
  const holding = new Map<string, string>();
  const named = new Set<string>();
  for (const { file, effective } of passages) {
    if (effective === undefined) continue;
    const family = familyOf(file);
    if (asked.has(effective.slice(0, 4))) named.add(family);
    if (effective > today) continue;
    const latest = holding.get(family);
    if (latest === undefined || effective > latest) holding.set(family, effective);
  }
  return passages.filter(({ file, effective }) => {
    if (effective === undefined) return true;
    const family = familyOf(file);
    if (named.has(family)) return asked.has(effective.slice(0, 4));
    const latest = holding.get(family);
    return latest === undefined || effective === latest;
  });
}
