import { Directive, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { ElementType, Fact, PageBox, PassageFilter } from "../../../platform/graphql/passages.js";
import { Component, Problem } from "../../../platform/graphql/problems.js";

export enum SearchList {
  VECTOR = "VECTOR",
  FULL_TEXT = "FULL_TEXT",
  GRAPH = "GRAPH",
}
registerEnumType(SearchList, {
  name: "SearchList",
  description: "A ranked list that a search is made of",
  valuesConfig: {
    VECTOR: { description: "Nearest embeddings (cosine)" },
    FULL_TEXT: { description: "Shared words (BM25; in Korean, shared syllable pairs)" },
    GRAPH: { description: "Chunks that share entities with the best hits and with the question" },
  },
});

export enum Fusion {
  GRAPH_WALK = "GRAPH_WALK",
  RRF = "RRF",
  WEIGHTED = "WEIGHTED",
}
registerEnumType(Fusion, {
  name: "Fusion",
  description: "How the lists become one order",
  valuesConfig: {
    GRAPH_WALK: {
      description: "A random walk over the graph, restarted from the best hits and the question's entities",
    },
    RRF: { description: "Reciprocal rank fusion of all lists, k = 60" },
    WEIGHTED: {
      description:
        "Vector and full-text scores, each scaled by its own list: half each in Korean, .65 to .35 elsewhere",
    },
  },
});

export enum SearchStageName {
  PREPARE = "PREPARE",
  EMBED = "EMBED",
  VECTOR = "VECTOR",
  FULL_TEXT = "FULL_TEXT",
  VISIBILITY = "VISIBILITY",
  GRAPH = "GRAPH",
  FETCH = "FETCH",
  TEXTS = "TEXTS",
  RERANK = "RERANK",
}
registerEnumType(SearchStageName, {
  name: "SearchStageName",
  description: "A step of a search",
  valuesConfig: {
    FETCH: { description: "Texts of the winners, from the index" },
    TEXTS: { description: "Texts of the winners from the rooms that own them, while the index gives none" },
  },
});

export enum SearchStageStatus {
  OK = "OK",
  FAILED = "FAILED",
  TIMED_OUT = "TIMED_OUT",
  SKIPPED = "SKIPPED",
}
registerEnumType(SearchStageStatus, { name: "SearchStageStatus", description: "How a step of a search ended" });

@InputType({ description: "How to search; everything has a default" })
export class SearchOptions {
  @Field(() => [ID], { nullable: true, description: "Only these data sets; default: all that the viewer may read" })
  datasetIds?: string[] | null;
  @Field(() => Int, { nullable: true, defaultValue: 5, description: "Passages wanted, 1 to 50" })
  topK?: number | null;
  @Field(() => Int, { nullable: true, defaultValue: 100, description: "Hits taken from each list, 1 to 200" })
  candidatesPerList?: number | null;
  @Field(() => PassageFilter, { nullable: true }) filter?: PassageFilter | null;
  @Field(() => [SearchList], { nullable: true, description: "Default: all three" }) lists?: SearchList[] | null;
  @Field(() => Int, { nullable: true, defaultValue: 2, description: "How far the facts reach in the graph, 1 or 2" })
  hops?: number | null;
  @Field(() => Fusion, { nullable: true, defaultValue: Fusion.GRAPH_WALK }) fusion?: Fusion | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Default: only where the deployment's reranker is a cross-encoder. true shows the scores of any reranker; one that is no cross-encoder never changes the order",
  })
  rerank?: boolean | null;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Chunk {
  @Field(() => ID) id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Document {
  @Field(() => ID) id!: string;
}

@ObjectType({ description: "A passage's place in one list" })
export class ListRank {
  @Field(() => SearchList) list!: SearchList;
  @Field(() => Int, { description: "From 1" }) rank!: number;
  @Field(() => Float, { description: "Comparable within its list only" }) score!: number;
}

@ObjectType({ description: "How the graph led to a passage" })
export class GraphPath {
  @Field(() => [String], { description: "Names of the entities on the way" }) entities!: string[];
}

/** It stands by itself, so that a missing engine or a deleted document nulls a link, not an answer. */
@ObjectType({ description: "A passage that was found; it stands by itself, whatever becomes of its document" })
export class Passage {
  @Field(() => Int, { description: "From 1" }) rank!: number;
  @Field(() => Float, {
    description: "By the chosen fusion; comparable within this result only, 0 behind the walk's reach",
  })
  score!: number;
  @Field() text!: string;
  @Field() fileName!: string;
  @Field(() => Int) documentVersion!: number;
  @Field(() => [Int], { description: "From 1; empty where the format has no pages" }) pages!: number[];
  @Field(() => [PageBox]) boxes!: PageBox[];
  @Field(() => [String], { description: "Headings above it, outermost first" }) headingPath!: string[];
  @Field(() => ElementType) elementType!: ElementType;
  @Field(() => String, { nullable: true, description: "From when the document holds, YYYY-MM-DD, where it says so" })
  effectiveDate!: string | null;
  @Field(() => Chunk, { nullable: true }) chunk!: Chunk | null;
  @Field(() => Document, { nullable: true }) document!: Document | null;
  @Field(() => [ListRank], { description: "Where it stood in each list that held it" }) listRanks!: ListRank[];
  @Field(() => [GraphPath]) graphPaths!: GraphPath[];
  @Field(() => Int, {
    description:
      "From 1: its place by the fusion alone; a reranker and the cut for variety may have moved it to `rank`",
  })
  fusedRank!: number;
  @Field(() => Float, { nullable: true }) rerankScore!: number | null;
}

@ObjectType({ description: "An entity that the question may mean" })
export class EntityCandidate {
  @Field({ description: "As the graph knows it" }) name!: string;
  @Field({ description: "As the question writes it" }) written!: string;
  @Field(() => Int, { description: "Letters to change, add or drop between the two, case and spacing apart" })
  spellingDistance!: number;
}

@ObjectType({ description: "What was made of the question" })
export class QueryPreparation {
  @Field({ description: "ko, en or other" }) language!: string;
  @Field() normalized!: string;
  @Field(() => [String], { description: "Words that carry meaning; in Korean, morphemes" }) terms!: string[];
  @Field(() => [String], { description: "Words left out because they say nothing of what is asked for" })
  stopWords!: string[];
  @Field(() => [String], { description: "What full-text search was asked for: the same tokens as the documents'" })
  searchTokens!: string[];
  @Field(() => [String], { description: "Entities of the graph that the question names" }) entities!: string[];
  @Field(() => [EntityCandidate], { description: "The same entities with how the question writes them" })
  entityCandidates!: EntityCandidate[];
}

@ObjectType({ description: "One hit of a stage" })
export class StageHit {
  @Field(() => ID) chunkId!: string;
  @Field(() => Float) score!: number;
  @Field(() => Int, { description: "From 1" }) rank!: number;
}

@ObjectType({ description: "What one step did and how long it took" })
export class SearchStage {
  @Field(() => SearchStageName) name!: SearchStageName;
  @Field(() => SearchStageStatus) status!: SearchStageStatus;
  @Field(() => Float) milliseconds!: number;
  @Field(() => [StageHit], { description: "The best of its hits, at most 100" }) hits!: StageHit[];
}

@ObjectType({ description: "A condition that every hit meets" })
export class AppliedFilter {
  @Field({ description: "E.g. documentIds, createdAfter" }) field!: string;
  @Field(() => [String], { description: "The values that pass, or the bound" }) values!: string[];
}

@ObjectType()
export class SearchResult {
  @Field(() => [Passage], { description: "Best first" }) passages!: Passage[];
  @Field(() => [Fact], { description: "Triples of the graph about the question and the passages" }) facts!: Fact[];
  @Field(() => QueryPreparation, { nullable: true, description: "null when the input was refused" })
  preparation!: QueryPreparation | null;
  @Field(() => [SearchStage], { description: "In the order of the search" }) stages!: SearchStage[];
  @Field(() => Float, { description: "From the question to the result, in the service itself" }) milliseconds!: number;
  @Field(() => [AppliedFilter], { description: "What narrowed the search, beside what the viewer may read" })
  filters!: AppliedFilter[];
  @Field(() => [Component], { description: "What was missing or too slow; the result was made without it" })
  degraded!: Component[];
  @Field(() => Problem, { nullable: true, description: "Set when the input breaks a rule; then nothing was searched" })
  problem!: Problem | null;
}
