import type { Morpheme } from "../../../../platform/language/morphology.js";
import { sentenceSpans } from "../../../../platform/language/sentences.js";
import { introducesAlias } from "./alias-rules.js";
import { englishSpans } from "./english-spans.js";
import { entityKey } from "./entity-key.js";
import { koreanRuns } from "./korean-runs.js";
import { leadNames } from "./lead-names.js";
import { readRelation } from "./relation-rules.js";
import { blankPlaceholders, type NameSpan } from "./span.js";

/** What one chunk says about one entity. */
export interface Mention {
  readonly key: string;
  /** Spellings in this chunk, the most frequent first. */
  readonly surfaces: readonly string[];
  /** How often it is named; at least 1. */
  readonly count: number;
  /** The chunk is about it: its heading or title names it, or its text opens with it. */
  readonly lead: boolean;
  /** 0..1: how sure the rule that found it is. */
  readonly confidence: number;
}

/** What one chunk says about two entities. */
export interface Relation {
  readonly subject: string;
  readonly object: string;
  /** RELATED_TO when they only share sentences. */
  readonly relationType: string;
  /** In how many sentences of the chunk. */
  readonly count: number;
  readonly subjectName: string;
  readonly objectName: string;
}

export interface Extraction {
  readonly mentions: readonly Mention[];
  readonly relations: readonly Relation[];
}

export interface ExtractionInput {
  readonly text: string;
  readonly headingPath: readonly string[];
  readonly documentTitle: string | null;
}

export const MAX_MENTIONS = 96;
const MAX_RELATIONS = 32;
/** Names of one sentence that are paired; a list of fifty products says little about any two of them. */
const MAX_PAIRED = 4;
const LEAD_WITHIN = 6;
/** Stated by a passage, so it is seen by those who may read that passage, and goes with it. */
const ALSO_KNOWN_AS = "ALSO_KNOWN_AS";
const MAX_KEY = 80;

interface Draft {
  surfaces: Map<string, number>;
  count: number;
  lead: boolean;
  confidence: number;
}

/**
 * Entities and relations of one chunk by form alone (no model): capitalised spans and quoted names, Korean noun runs,
 * headings; relations from the sentences that name two of them. Deterministic; the same chunk always gives the same result.
 */
export function extract(input: ExtractionInput, analyze: (text: string) => Morpheme[]): Extraction {
  const text = blankPlaceholders(input.text);
  const spans = [...englishSpans(text), ...koreanRuns(text, analyze)].sort(
    (a, b) => a.start - b.start || b.end - a.end,
  );
  const drafts = new Map<string, Draft>();
  const note = (surface: string, confidence: number, lead: boolean, count: number): void => {
    const name = surface.replace(/\s+/gu, " ").trim();
    const key = entityKey(name);
    if (key.length < 2 || key.length > MAX_KEY || /^[\p{N} ]+$/u.test(key)) return;
    const draft = drafts.get(key) ?? { surfaces: new Map<string, number>(), count: 0, lead: false, confidence: 0 };
    draft.surfaces.set(name, (draft.surfaces.get(name) ?? 0) + count);
    draft.count += count;
    draft.lead ||= lead;
    draft.confidence = Math.max(draft.confidence, confidence);
    drafts.set(key, draft);
  };
  const leads = leadNames(input.headingPath, input.documentTitle);
  for (const lead of leads) note(lead, 0.95, true, 1);
  for (const span of spans) note(span.surface, span.confidence, false, 1);
  const offset = text.length - text.trimStart().length;
  const opener = spans[0];
  if (leads.length === 0 && opener && opener.start - offset <= LEAD_WITHIN)
    note(opener.surface, opener.confidence, true, 0);

  const mentions = [...drafts]
    .map(([key, draft]) => ({
      key,
      surfaces: [...draft.surfaces]
        .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "en"))
        .map(([surface]) => surface)
        .slice(0, 5),
      count: Math.max(1, draft.count),
      lead: draft.lead,
      confidence: draft.confidence,
    }))
    .sort(
      (a, b) =>
        Number(b.lead) - Number(a.lead) || b.count - a.count || b.confidence - a.confidence || (a.key < b.key ? -1 : 1),
    )
    .slice(0, MAX_MENTIONS);
  return { mentions, relations: relationsOf(text, spans, new Set(mentions.map((mention) => mention.key))) };
}

/** The longest spans of a sentence that do not overlap, in order. */
function maximal(spans: readonly NameSpan[]): NameSpan[] {
  const kept: NameSpan[] = [];
  for (const span of [...spans].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start))
    if (!kept.some((other) => span.start < other.end && other.start < span.end)) kept.push(span);
  return kept.sort((a, b) => a.start - b.start).slice(0, MAX_PAIRED);
}

function relationsOf(text: string, spans: readonly NameSpan[], known: ReadonlySet<string>): Relation[] {
  const found = new Map<string, Relation>();
  for (const sentence of sentenceSpans(text)) {
    const named = maximal(spans.filter((span) => span.start >= sentence.start && span.end <= sentence.end));
    named.forEach((first, i) => {
      for (const second of named.slice(i + 1)) {
        const keys = [entityKey(first.surface), entityKey(second.surface)] as const;
        if (keys[0] === keys[1] || !known.has(keys[0]) || !known.has(keys[1])) continue;
        const around = { between: text.slice(first.end, second.start), after: text.slice(second.end, sentence.end) };
        const reading = introducesAlias(first.surface, second.surface, around)
          ? { relationType: ALSO_KNOWN_AS, forward: true }
          : readRelation(around);
        // Without a stated direction the pair has one fixed order, so that both ways of naming it count together.
        const forward = reading ? reading.forward : keys[0] < keys[1];
        const [subject, object] = forward ? [first, second] : [second, first];
        const relationType = reading?.relationType ?? "RELATED_TO";
        const relation: Relation = {
          subject: entityKey(subject.surface),
          object: entityKey(object.surface),
          relationType,
          count: 1,
          subjectName: subject.surface.replace(/\s+/gu, " "),
          objectName: object.surface.replace(/\s+/gu, " "),
        };
        const id = JSON.stringify([relation.subject, relationType, relation.object]);
        const before = found.get(id);
        found.set(id, before ? { ...before, count: before.count + 1 } : relation);
      }
    });
  }
  const typed = (relation: Relation): number => Number(relation.relationType !== "RELATED_TO");
  return [...found.values()].sort((a, b) => typed(b) - typed(a) || b.count - a.count).slice(0, MAX_RELATIONS);
}
