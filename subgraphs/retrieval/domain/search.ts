import type { GraphRanking } from "../ports.js";
import { denseList, fullTextList } from "./candidate-lists.js";
import { namedIn } from "./entity-names.js";
import { baseScores, denseShare, MAX_CANDIDATES, type Scored } from "./fusion.js";
import { degradedBy, explain, type FoundPassage, orderOf, type RankedLists, type SearchOutcome } from "./outcome.js";
import type { EmbeddingModel } from "./passage.js";
import { type PreparedQuery, prepareByWords, prepareQuery } from "./preparation.js";
import { indexAway, type SearchDependencies, type SearchRequest, SearchRun } from "./search-run.js";
import { varied } from "./variety.js";
import { fetchWinners, POOL } from "./winners.js";

const NO_GRAPH: GraphRanking = { order: [], facts: [], questionEntities: [] };
/** Chunks that the walk returns; more where a filter may bar many of them. */
const WALKED = 50;
const WALKED_FILTERED = 400;

/**
 * Hybrid search: the dense and the full-text list side by side, the graph walk as the order, texts of the winners only,
 * then a reranker where there is one, and a cut that avoids copies.
 * A stage that fails or is too slow is left out and named; the graph alone answers while both lists are away. Only
 * without any list, or when nobody can say who may read what, the search itself is unavailable.
 */
export function createSearch(dependencies: SearchDependencies): (request: SearchRequest) => Promise<SearchOutcome> {
  /** The last model the embedder named: while its server is away, full text is still searched in the right collection. */
  let lastModel: EmbeddingModel | undefined;
  return async (request) => {
    const run = new SearchRun(dependencies, request, lastModel);
    const outcome = await searchOnce(run);
    lastModel = run.model ?? lastModel;
    return (await run.wasOvertaken()) ? searchOnce(new SearchRun(dependencies, request, run.model)) : outcome;
  };
}

async function searchOnce(run: SearchRun): Promise<SearchOutcome> {
  const started = performance.now();
  const { query, settings } = run.request;
  const prepared = (await run.stage("PREPARE", () => prepareQuery(query))) ?? prepareByWords(query);
  const [dense, fullText] = await Promise.all([denseList(run, prepared), fullTextList(run, prepared)]);
  const asked = [...(run.wants("VECTOR") ? [dense] : []), ...(run.wants("FULL_TEXT") ? [fullText] : [])];
  const noList = asked.length > 0 && asked.every((list) => list === undefined);
  if (noList && !run.wants("GRAPH")) throw indexAway();
  const base = baseScores(dense ?? [], fullText ?? [], denseShare(prepared.language)).slice(0, MAX_CANDIDATES);
  const graph = await walk(run, prepared, base);
  if (noList && !graph) throw indexAway();
  const lists: RankedLists = { dense: dense ?? [], fullText: fullText ?? [], base, graph: graph ?? NO_GRAPH };
  const order = orderOf(settings.fusion, lists);
  const winners = await fetchWinners(
    run,
    order.map(({ chunkId }) => chunkId),
    Math.max(POOL, settings.topK),
  );
  const explained = winners.map((passage) => explain(passage, order, lists));
  const passages = await cut(run, prepared, explained);
  const stages = run.log.reports;
  return {
    passages,
    facts: lists.graph.facts,
    preparation: { ...prepared, entities: namedIn(prepared.normalized, lists.graph.questionEntities) },
    stages,
    milliseconds: performance.now() - started,
    degraded: degradedBy(stages),
  };
}

/** undefined: the graph could not be asked. */
async function walk(
  run: SearchRun,
  prepared: PreparedQuery,
  candidates: readonly Scored[],
): Promise<GraphRanking | undefined> {
  if (!run.wants("GRAPH")) {
    run.log.skip("GRAPH");
    return NO_GRAPH;
  }
  const { topK, hops, filter } = run.request.settings;
  const input = {
    candidates,
    terms: prepared.terms,
    query: prepared.normalized,
    limit: Object.keys(filter).length > 0 ? WALKED_FILTERED : Math.max(WALKED, topK * 2),
    hops,
  };
  const ranking = await run.stage("GRAPH", (signal) => run.dependencies.graph.rank(input, run.request, signal));
  run.log.hits("GRAPH", ranking?.order ?? []);
  return ranking;
}

/** The passages to return: reranked where the model deserves it, then varied. Only a cross-encoder changes the order. */
async function cut(
  run: SearchRun,
  prepared: PreparedQuery,
  found: readonly FoundPassage[],
): Promise<readonly FoundPassage[]> {
  const { topK, rerank } = run.request.settings;
  const chosen = (order: readonly FoundPassage[], scoreOf: (passage: FoundPassage) => number): FoundPassage[] =>
    varied(
      order.map((passage) => ({ passage, score: scoreOf(passage) })),
      topK,
    ).map(({ passage }) => passage as FoundPassage);
  const fused = chosen(found, ({ score }) => score);
  const { reranker } = run.dependencies;
  if (!reranker || rerank === false || found.length === 0) {
    run.log.skip("RERANK");
    return fused;
  }
  const judged = await run.stage("RERANK", async (signal) => {
    const reorders = await reranker.reorders(signal);
    if (!reorders && !rerank) return undefined;
    const judgedPassages = reorders ? found : fused;
    const texts = judgedPassages.map(({ text }) => text);
    const scores = await reranker.rerank(prepared.normalized, texts, signal);
    return { reorders, passages: judgedPassages.map((passage, i) => ({ ...passage, rerankScore: scores[i] ?? 0 })) };
  });
  if (!judged) {
    if (!run.log.failed("RERANK")) run.log.skip("RERANK");
    return fused;
  }
  const byScore = [...judged.passages].sort((a, b) => b.rerankScore - a.rerankScore);
  run.log.hits(
    "RERANK",
    byScore.map(({ chunkId, rerankScore }) => ({ chunkId, score: rerankScore })),
  );
  return judged.reorders ? chosen(byScore, ({ rerankScore }) => rerankScore ?? 0) : judged.passages;
}
