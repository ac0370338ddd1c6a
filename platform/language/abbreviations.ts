// Followed by what they belong to: never the end of a sentence.
const LEADING =
  "dr mr mrs ms prof st mt no nos fig figs eq sec art arts vol ch pp p vs cf e.g i.e approx est dept ref rev ver al gen col lt sgt hon rep sen gov".split(
    " ",
  );
// May stand last in a sentence: the next word decides.
const TRAILING =
  "etc inc ltd co corp jr sr a.m p.m u.s u.k u.n ph.d m.d b.a m.a jan feb mar apr jun jul aug sep sept oct nov dec".split(
    " ",
  );
const ABBREVIATIONS = new Set([...LEADING, ...TRAILING]);
const NEVER_LAST = new Set(LEADING);

const STARTERS = new Set(
  (
    "The A An In It Its He She They We You This That These Those If When While For But However On At As All No Not There Then To By With After Before " +
    "Each Every Our Your Their His Her Please Employees Use Do"
  ).split(" "),
);

const LAST_TOKEN = /([\p{L}](?:[\p{L}.]*[\p{L}])?)$/u;

/** Whether the text just before a full stop ends in a known English abbreviation. */
export function endsWithAbbreviation(before: string): boolean {
  const token = LAST_TOKEN.exec(before)?.[1];
  return token !== undefined && ABBREVIATIONS.has(token.toLowerCase());
}

/** Whether, after an abbreviation or an initial, the next word shows that a sentence begins. */
export function isSentenceStarter(before: string, next: string): boolean {
  const token = LAST_TOKEN.exec(before)?.[1]?.toLowerCase();
  if (token !== undefined && NEVER_LAST.has(token)) return false;
  const word = /^["'“‘(]?(\p{L}+)/u.exec(next)?.[1];
  return word !== undefined && (STARTERS.has(word) || /^[가-힣]/.test(word));
}
