const HANGUL = /\p{Script=Hangul}/u;

/**
 * The normal form under which an entity is one: compatibility decomposition without diacritics (Hangul stays composed),
 * lower case, no possessive 's, no punctuation, no leading "the"; next to Hangul spaces do not count ("연차 휴가" is "연차휴가").
 * Empty when nothing of the name is left.
 */
export function entityKey(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/['’`]s(?![\p{L}\p{N}])/gu, "")
    .replace(/['’`]/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .replace(/^the (?=.)/u, "");
  return HANGUL.test(plain) ? plain.replace(/(?<=\p{Script=Hangul}) +| +(?=\p{Script=Hangul})/gu, "") : plain;
}
