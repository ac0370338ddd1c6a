import type { Morpheme } from "../../../../platform/language/morphology.js";
import type { NameSpan } from "./span.js";
import { KOREAN_STOP_WORDS } from "./stop-words.js";

const HANGUL = /\p{Script=Hangul}/u;
const NOUN = /^(?:NNG|NNP|SL|SH|XR|UNK)/;
const VERBALISER = /^XS[VA]/;
const MAX_RUN = 24;

interface Run extends NameSpan {
  /** Index of the eojeol (space-separated word) that holds it. */
  readonly eojeol: number;
  readonly endsEojeol: boolean;
  readonly opensEojeol: boolean;
  readonly kept: boolean;
}

/** The noun runs of one text: maximal sequences of noun morphemes inside an eojeol. */
function nounRuns(text: string, morphemes: readonly Morpheme[]): Run[] {
  const runs: Run[] = [];
  let eojeol = 0;
  let at = 0;
  for (let i = 0; i < morphemes.length; i++) {
    const first = morphemes[i] as Morpheme;
    if (/\s/u.test(text.slice(at, first.start))) eojeol += 1;
    at = first.end;
    if (!NOUN.test(first.tag)) continue;
    let j = i;
    while (j + 1 < morphemes.length) {
      const next = morphemes[j + 1] as Morpheme;
      if (next.start !== (morphemes[j] as Morpheme).end || !NOUN.test(next.tag)) break;
      j += 1;
    }
    const after = morphemes[j + 1];
    const verbal = after !== undefined && after.start === (morphemes[j] as Morpheme).end && VERBALISER.test(after.tag);
    const lastIndex = verbal ? j - 1 : j; // 관리 of 관리한다 is a verb here
    const last = morphemes[lastIndex];
    if (last && lastIndex >= i) {
      const part = morphemes.slice(i, lastIndex + 1);
      const surface = text.slice(first.start, last.end);
      const proper = part.some((morpheme) => morpheme.tag.startsWith("NNP"));
      const kept =
        HANGUL.test(surface) &&
        surface.length >= 2 &&
        (proper || part.length >= 2 || surface.length >= 3) &&
        !KOREAN_STOP_WORDS.has(surface);
      const before = text[first.start - 1];
      const behind = text[last.end];
      runs.push({
        start: first.start,
        end: last.end,
        surface,
        confidence: proper ? 0.85 : part.length >= 2 ? 0.8 : 0.65,
        eojeol,
        opensEojeol: before === undefined || /\s/u.test(before),
        endsEojeol: behind === undefined || /\s/u.test(behind),
        kept: kept && surface.length <= MAX_RUN,
      });
    }
    at = (morphemes[j] as Morpheme).end;
    i = j;
  }
  return runs;
}

/**
 * Korean names of a text: noun runs that hold a proper noun, two morphemes or three characters, and pairs of runs of
 * neighbouring eojeols where nothing stands between them ("연차 휴가", "VPN 접속"). In order of appearance.
 */
export function koreanRuns(text: string, analyze: (text: string) => Morpheme[]): NameSpan[] {
  if (!HANGUL.test(text)) return [];
  const runs = nounRuns(text, analyze(text));
  const spans: NameSpan[] = [];
  runs.forEach((run, i) => {
    const next = runs[i + 1];
    if (
      next &&
      run.endsEojeol &&
      next.opensEojeol &&
      next.eojeol === run.eojeol + 1 &&
      /^[^\S\n]$/u.test(text.slice(run.end, next.start)) &&
      !KOREAN_STOP_WORDS.has(run.surface) &&
      !KOREAN_STOP_WORDS.has(next.surface)
    ) {
      const surface = text.slice(run.start, next.end);
      if (HANGUL.test(surface) && surface.length <= MAX_RUN && run.surface.length + next.surface.length >= 3)
        spans.push({ start: run.start, end: next.end, surface, confidence: 0.75 });
    }
    if (run.kept) spans.push({ start: run.start, end: run.end, surface: run.surface, confidence: run.confidence });
  });
  return spans;
}
