import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { ElementType } from "../../../platform/graphql/passages.js";
import { Component, invalidInput } from "../../../platform/graphql/problems.js";
import { readOptions } from "../domain/options.js";
import type { FoundPassage, SearchOutcome } from "../domain/outcome.js";
import type { SearchFilter } from "../domain/passage.js";
import type { SearchRequest } from "../domain/search-run.js";
import {
  type AppliedFilter,
  type Passage,
  SearchList,
  SearchOptions,
  SearchResult,
  SearchStageName,
  SearchStageStatus,
} from "./types.js";

const passageOf = (found: FoundPassage, i: number): Passage => ({
  rank: i + 1,
  score: found.score,
  text: found.text,
  fileName: found.fileName,
  documentVersion: found.documentVersion,
  pages: [...found.pages],
  boxes: [...found.boxes],
  headingPath: [...found.headingPath],
  elementType: ElementType[found.elementType],
  effectiveDate: found.effectiveDate,
  chunk: { id: found.chunkId },
  document: { id: found.documentId },
  listRanks: found.listRanks.map((rank) => ({ ...rank, list: SearchList[rank.list] })),
  graphPaths: found.graphEntities.length > 0 ? [{ entities: [...found.graphEntities] }] : [],
  fusedRank: found.fusedRank,
  rerankScore: found.rerankScore ?? null,
});

const INSTANTS: readonly string[] = ["createdAfter", "createdBefore"] satisfies (keyof SearchFilter)[];

const appliedOf = (filter: SearchFilter): AppliedFilter[] =>
  Object.entries(filter).map(([field, value]: [string, string | number | readonly string[]]) => ({
    field,
    values:
      typeof value === "object" ? [...value] : [INSTANTS.includes(field) ? new Date(value).toISOString() : `${value}`],
  }));

const resultOf = (outcome: SearchOutcome, filter: SearchFilter): SearchResult => ({
  passages: outcome.passages.map(passageOf),
  facts: outcome.facts.map((fact) => ({ ...fact, evidence: [...fact.evidence] })),
  preparation: {
    language: outcome.preparation.language,
    normalized: outcome.preparation.normalized,
    terms: [...outcome.preparation.terms],
    stopWords: [...outcome.preparation.stopWords],
    searchTokens: outcome.preparation.searchText.split(" ").filter(Boolean),
    entities: outcome.preparation.entities.map(({ name }) => name),
    entityCandidates: outcome.preparation.entities.map((entity) => ({ ...entity })),
  },
  stages: outcome.stages.map((stage) => ({
    name: SearchStageName[stage.name],
    status: SearchStageStatus[stage.status],
    milliseconds: stage.milliseconds,
    hits: [...stage.hits],
  })),
  milliseconds: outcome.milliseconds,
  filters: appliedOf(filter),
  degraded: outcome.degraded.map((component) => Component[component]),
  problem: null,
});

@Resolver(SearchResult)
export class SearchResolver {
  constructor(private readonly search: (request: SearchRequest) => Promise<SearchOutcome>) {}

  @Query(() => SearchResult, {
    name: "search",
    description: "Finds passages of the documents that the viewer may read",
  })
  async find(
    @Arg("query", () => String, { description: "A question or words, at most 2,000 characters" }) query: string,
    @Arg("options", () => SearchOptions, { nullable: true }) options: SearchOptions | null,
    @Ctx() context: GraphContext,
  ): Promise<SearchResult> {
    const viewer = requireViewer(context);
    const { settings, issues } = readOptions(query, options ?? {});
    if (issues.length > 0)
      return {
        passages: [],
        facts: [],
        preparation: null,
        stages: [],
        milliseconds: 0,
        filters: [],
        degraded: [],
        problem: invalidInput(issues),
      };
    return resultOf(
      await this.search({ viewer, traceId: context.traceId, signal: context.signal, query, settings }),
      settings.filter,
    );
  }
}
