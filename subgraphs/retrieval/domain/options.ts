import { ELEMENT_TYPES, type PassageElementType, type SearchFilter } from "./passage.js";

export const SEARCH_LISTS = ["VECTOR", "FULL_TEXT", "GRAPH"] as const;
export type SearchListName = (typeof SEARCH_LISTS)[number];
export const FUSIONS = ["GRAPH_WALK", "RRF", "WEIGHTED"] as const;
export type FusionName = (typeof FUSIONS)[number];

/** What a caller asks for; everything may be left out. */
export interface SearchOptionsInput {
  readonly datasetIds?: readonly string[] | null;
  readonly topK?: number | null;
  readonly candidatesPerList?: number | null;
  readonly lists?: readonly SearchListName[] | null;
  readonly hops?: number | null;
  readonly fusion?: FusionName | null;
  readonly rerank?: boolean | null;
  readonly filter?: {
    readonly elementTypes?: readonly PassageElementType[] | null;
    readonly documentIds?: readonly string[] | null;
    readonly createdAfter?: Date | null;
    readonly createdBefore?: Date | null;
    readonly effectiveOn?: string | null;
  } | null;
}

export interface SearchSettings {
  readonly topK: number;
  readonly candidatesPerList: number;
  readonly lists: ReadonlySet<SearchListName>;
  readonly hops: number;
  readonly fusion: FusionName;
  /** undefined: as the deployment's reranker deserves. */
  readonly rerank: boolean | undefined;
  readonly filter: SearchFilter;
}

export interface OptionIssue {
  readonly path: string;
  readonly message: string;
}

export const MAX_QUERY_LENGTH = 2000;
const MAX_IDS = 200;
const MAX_ID_LENGTH = 64;

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** Checks a question and its options and fills the defaults in; the issues say which field breaks which rule. */
export function readOptions(
  query: string,
  input: SearchOptionsInput,
): { settings: SearchSettings; issues: OptionIssue[] } {
  const issues: OptionIssue[] = [];
  if (query.trim() === "") issues.push({ path: "query", message: "Ask something: the query is empty." });
  if (query.length > MAX_QUERY_LENGTH)
    issues.push({ path: "query", message: `At most ${MAX_QUERY_LENGTH} characters; this has ${query.length}.` });
  const between = (
    path: string,
    value: number | null | undefined,
    fallback: number,
    low: number,
    high: number,
  ): number => {
    const set = value ?? fallback;
    if (set < low || set > high) issues.push({ path, message: `From ${low} to ${high}; this is ${set}.` });
    return set;
  };
  const ids = (path: string, values: readonly string[] | null | undefined): readonly string[] | undefined => {
    if (!values) return undefined;
    if (values.length > MAX_IDS) issues.push({ path, message: `At most ${MAX_IDS} ids.` });
    if (values.some((id) => id.length === 0 || id.length > MAX_ID_LENGTH))
      issues.push({ path, message: `An id has from 1 to ${MAX_ID_LENGTH} characters.` });
    return values;
  };
  const topK = between("options.topK", input.topK, 5, 1, 50);
  const candidatesPerList = between("options.candidatesPerList", input.candidatesPerList, 100, 1, 200);
  const hops = between("options.hops", input.hops, 2, 1, 2);
  const lists = new Set(input.lists ?? SEARCH_LISTS);
  if (lists.size === 0) issues.push({ path: "options.lists", message: "Name at least one list." });
  const datasetIds = ids("options.datasetIds", input.datasetIds);
  const documentIds = ids("options.filter.documentIds", input.filter?.documentIds);
  const { createdAfter, createdBefore, effectiveOn } = input.filter ?? {};
  if (effectiveOn && !isDay(effectiveOn))
    issues.push({ path: "options.filter.effectiveOn", message: "A day is written YYYY-MM-DD." });
  const elementTypes = input.filter?.elementTypes?.filter((type) => ELEMENT_TYPES.includes(type));
  return {
    issues,
    settings: {
      topK,
      candidatesPerList,
      hops,
      lists,
      fusion: input.fusion ?? "GRAPH_WALK",
      rerank: input.rerank ?? undefined,
      filter: {
        ...(datasetIds ? { datasetIds } : {}),
        ...(documentIds ? { documentIds } : {}),
        ...(elementTypes ? { elementTypes } : {}),
        ...(createdAfter ? { createdAfter: createdAfter.getTime() } : {}),
        ...(createdBefore ? { createdBefore: createdBefore.getTime() } : {}),
        ...(effectiveOn ? { effectiveOn } : {}),
      },
    },
  };
}
