const HANGUL = /\p{Script=Hangul}/u;
/** Words that an acronym leaves out. */
const CONNECTORS = new Set(["of", "the", "and", "for", "in", "on", "de", "von", "und", "&"]);
/** What may follow a Latin acronym in its plural. */
const ACRONYM = /^[\p{Lu}\p{N}&.-]{2,10}s?$/u;

/** Whether all characters of `short` stand in `long` in their order. */
function isSubsequence(short: string, long: string): boolean {
  let at = 0;
  for (const character of long) if (character === short[at]) at++;
  return at === short.length;
}

/** "WHO" for "World Health Organization": the initials of its words, connectors or none. */
function isAcronym(short: string, long: string): boolean {
  if (!ACRONYM.test(short)) return false;
  const letters = short.replace(/[^\p{Lu}\p{N}]/gu, "").toLowerCase();
  const words = long.toLowerCase().split(/[\s-]+/u);
  const initials = (list: readonly string[]): string => list.map((word) => word[0] ?? "").join("");
  return (
    letters.length >= 2 && [initials(words), initials(words.filter((word) => !CONNECTORS.has(word)))].includes(letters)
  );
}

/** "한전" for "한국전력공사": its first syllable, and others in their order. */
function isKoreanShortForm(short: string, long: string): boolean {
  const [brief, full] = [short.replace(/\s/gu, ""), long.replace(/\s/gu, "")];
  return (
    HANGUL.test(brief) &&
    brief.length >= 2 &&
    full.length >= brief.length + 2 &&
    brief[0] === full[0] &&
    isSubsequence(brief, full)
  );
}

/**
 * Whether a text introduces one name as another form of the one before it: the second stands in brackets right behind the first
 * ("한국전력공사(한전)", "World Health Organization (WHO)", "WHO (World Health Organization)") and is short for it, or it for the second. What merely stands in brackets is
 * no alias.
 */
export function introducesAlias(
  first: string,
  second: string,
  around: { readonly between: string; readonly after: string },
): boolean {
  if (!/^\s*[([（][\s"'“‘]*(?:(?:이하|hereinafter|or|the)\s+)*[\s"'“‘]*$/iu.test(around.between)) return false;
  if (!/^[\s"'”’]*(?:(?:이)?라\s?(?:함|한다))?[\s"'”’]*[)\]）]/u.test(around.after)) return false;
  const shortFor = (short: string, long: string): boolean => isAcronym(short, long) || isKoreanShortForm(short, long);
  return shortFor(second, first) || shortFor(first, second);
}
