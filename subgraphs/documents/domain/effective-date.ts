import type { Element } from "./elements.js";

type Kind = "effective" | "revised";

interface FoundDate {
  kind: Kind;
  date: string;
}

/** Dates of force stand in the heading of a document or in its supplementary provisions at the end. */
const FIRST_ELEMENTS = 30;
const LAST_ELEMENTS = 30;
const LONGEST_TEXT = 4_000;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const NUMERIC = String.raw`(?<y>(?:19|20)\d{2})\s*(?:년|[.\-/])\s*(?<m>\d{1,2})\s*(?:월|[.\-/])\s*(?<d>\d{1,2})(?!\d)\s*(?:일|\.)?`;
const MONTH_FIRST = String.raw`(?<month>[a-z]{3,9})\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<year>(?:19|20)\d{2})`;
const DAY_FIRST = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?<month>[a-z]{3,9})\.?,?\s+(?<year>(?:19|20)\d{2})`;
const DATES = [NUMERIC, MONTH_FIRST, DAY_FIRST];

/** What stands before a date, or behind it, and what that makes of it. */
const CUES: readonly { kind: Kind; before?: string; after?: string }[] = [
  {
    kind: "effective",
    before: String.raw`(?:시행\s*일자?|시행|발효\s*일?|효력\s*발생\s*일|적용\s*일)\s*[\]):：]?\s*[(\[]?`,
  },
  { kind: "effective", after: String.raw`\s*(?:부터|부)?\s*(?:이를\s*)?(?:시행|발효|적용)` },
  {
    kind: "effective",
    before: String.raw`(?:effective(?:\s+date)?|in\s+force|takes?\s+effect|comes?\s+into\s+(?:force|effect))\s*(?:[:：]|as\s+of|on|from|since|is)?\s*`,
  },
  {
    kind: "revised",
    before: String.raw`(?:(?:전부|일부|전문)?\s*개정\s*일?자?|제정\s*일?자?|최종\s*수정\s*일?)\s*[:：]?\s*[(\[<〈]?`,
  },
  { kind: "revised", after: String.raw`\s*(?:자로\s*)?(?:(?:전부|일부)\s*)?(?:개정|제정)` },
  {
    kind: "revised",
    before: String.raw`(?:last\s+)?(?:revised|amended|updated)(?:\s+date)?\s*(?:[:：]|as\s+of|on)?\s*`,
  },
];

const PATTERNS = CUES.flatMap(({ kind, before = "", after = "" }) =>
  DATES.map((date) => ({ kind, pattern: new RegExp(`${before}${date}${after}`, "giu") })),
);

/** `YYYY-MM-DD` for a day that exists, else null. */
function isoDate(groups: Record<string, string | undefined>): string | null {
  const year = Number(groups["y"] ?? groups["year"]);
  const month =
    groups["m"] === undefined
      ? MONTHS.indexOf((groups["month"] ?? "").slice(0, 3).toLowerCase()) + 1
      : Number(groups["m"]);
  const day = Number(groups["d"] ?? groups["day"]);
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.toISOString().slice(0, 10) : null;
}

function datesIn(text: string): FoundDate[] {
  return PATTERNS.flatMap(({ kind, pattern }) =>
    [...text.slice(0, LONGEST_TEXT).matchAll(pattern)].flatMap((match) => {
      const date = isoDate(match.groups ?? {});
      return date === null ? [] : [{ kind, date }];
    }),
  );
}

/**
 * The day a document takes effect, as `YYYY-MM-DD`, from the wording of its first and last elements in Korean or English. Of several
 * days of force the latest counts, since amended rules list the earlier ones too; days of revision only count where none of force is
 * given. Null when there is neither.
 */
export function findEffectiveDate(elements: readonly Pick<Element, "text">[]): string | null {
  const places =
    elements.length <= FIRST_ELEMENTS + LAST_ELEMENTS
      ? elements
      : [...elements.slice(0, FIRST_ELEMENTS), ...elements.slice(-LAST_ELEMENTS)];
  const found = places.flatMap((element) => datesIn(element.text));
  const latest = (kind: Kind): string | undefined =>
    found
      .filter((date) => date.kind === kind)
      .map((date) => date.date)
      .sort()
      .at(-1);
  return latest("effective") ?? latest("revised") ?? null;
}
