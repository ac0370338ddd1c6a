import { mayReadDepartment, type Viewer } from "../../../platform/auth/viewer.js";
import { UnavailableError } from "../../../platform/errors/errors.js";
import type { VisibilityFeed } from "../../../platform/visibility/visibility.js";
import type { GraphRanker, GraphRanking, PassageIndex, PassageReranker, QueryEmbedder } from "../ports.js";
import { baseScores, MAX_CANDIDATES, type Scored } from "./fusion.js";
import type { SearchListName, SearchSettings } from "./options.js";
import { degradedBy, explain, type FoundPassage, orderOf, type RankedLists, type SearchOutcome } from "./outcome.js";
import type { Candidate, EmbeddingModel, IndexedPassage } from "./passage.js";
import { type PreparedQuery, prepareByWords, prepareQuery } from "./preparation.js";
import { StageLog, type StageName } from "./stages.js";

export interface SearchRequest {
  readonly viewer: Viewer;
  readonly traceId: string;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  readonly query: string;
  readonly settings: SearchSettings;
}

/** Milliseconds that each stage may take before the search goes on without it. */
export type SearchLimits = Readonly<Record<StageName, number>>;
export const SEARCH_LIMITS: SearchLimits = {
  PREPARE: 2000,
  EMBED: 5000,
  VECTOR: 5000,
  FULL_TEXT: 5000,
  VISIBILITY: 2000,
  GRAPH: 5000,
  FETCH: 5000,
  RERANK: 5000,
};

export interface SearchDependencies {
  readonly embedder: QueryEmbedder;
  readonly index: PassageIndex;
  readonly graph: GraphRanker;
  readonly visibility: Pick<VisibilityFeed, "visible">;
  readonly reranker?: PassageReranker;
  readonly limits?: SearchLimits;
  readonly onFailure?: (stage: StageName, error: unknown) => void;
}

const NO_GRAPH: GraphRanking = { order: [], facts: [], questionEntities: [] };
/** A list is asked for a few more hits than wanted, because some may belong to a generation that is not the visible one… */
const OVERFETCH = 1.25;
/** …and once for many more, when so many did (a large re-index is under way). */
const DEEP_OVERFETCH = 4;
const FETCH_ROUNDS = 4;
/** How long full text waits for the embedder to name its model. */
const MODEL_WAIT_MS = 500;
const indexAway = (): UnavailableError =>
  new UnavailableError("VECTOR_INDEX", "The search index does not answer just now. Try again shortly.");

/**
 * Hybrid search: the dense and the full-text list side by side, the graph walk as the order, texts of the winners only.
 * A stage that fails or is too slow is left out and named; without any list, or when nobody can say who may read what,
 * the search itself is unavailable.
 */
export function createSearch(dependencies: SearchDependencies): (request: SearchRequest) => Promise<SearchOutcome> {
  /** The last model the embedder named: while its server is away, full text is still searched in the right collection. */
  let lastModel: EmbeddingModel | undefined;
  return async (request) => {
    const run = new SearchRun(dependencies, request, lastModel);
    const outcome = await run.outcome();
    lastModel = run.model ?? lastModel;
    return (await run.wasOvertaken()) ? new SearchRun(dependencies, request, run.model).outcome() : outcome;
  };
}

class SearchRun {
  readonly #log: StageLog;
  readonly #limits: SearchLimits;
  /** The generation in which each document was found. */
  readonly #found = new Map<string, number>();
  #missed = false;
  model: EmbeddingModel | undefined;

  constructor(
    private readonly dependencies: SearchDependencies,
    private readonly request: SearchRequest,
    model: EmbeddingModel | undefined,
  ) {
    this.model = model;
    this.#log = new StageLog(request.signal, dependencies.onFailure ?? (() => {}));
    this.#limits = dependencies.limits ?? SEARCH_LIMITS;
  }

  async outcome(): Promise<SearchOutcome> {
    const { settings } = this.request;
    const prepared =
      (await this.#stage("PREPARE", () => prepareQuery(this.request.query))) ?? prepareByWords(this.request.query);
    const [dense, fullText] = await Promise.all([this.#dense(prepared), this.#fullText(prepared)]);
    const asked = [...(this.#wants("VECTOR") ? [dense] : []), ...(this.#wants("FULL_TEXT") ? [fullText] : [])];
    if (asked.length > 0 && asked.every((list) => list === undefined)) throw indexAway();
    const base = baseScores(dense ?? [], fullText ?? []).slice(0, MAX_CANDIDATES);
    const graph = await this.#graph(prepared, base);
    const lists: RankedLists = { dense: dense ?? [], fullText: fullText ?? [], base, graph };
    const order = orderOf(settings.fusion, lists);
    const winners = await this.#fetch(order.map(({ chunkId }) => chunkId));
    const passages = await this.#rerank(
      prepared,
      winners.map((passage) => explain(passage, order, lists)),
    );
    const stages = this.#log.reports;
    return {
      passages,
      facts: graph.facts,
      preparation: { ...prepared, entities: graph.questionEntities.map(({ name }) => name) },
      stages,
      degraded: degradedBy(stages),
    };
  }

  /** True when a document got a new generation meanwhile, so that what was found of the old one was gone when it was fetched. */
  async wasOvertaken(): Promise<boolean> {
    const ids = this.#missed ? [...this.#found.keys()] : [];
    const now = await this.dependencies.visibility.visible(this.request.viewer.tenantId, ids).catch(() => undefined);
    return ids.some((id) => now?.has(id) && now.get(id)?.generation !== this.#found.get(id));
  }

  #stage<T>(name: StageName, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return this.#log.run(name, this.#limits[name], work);
  }

  #wants(list: SearchListName): boolean {
    return this.request.settings.lists.has(list);
  }

  /** Collections to look into: the model's in use, or, while nobody can name it, all there are. */
  async #models(signal: AbortSignal): Promise<readonly EmbeddingModel[]> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(MODEL_WAIT_MS)]);
    this.model = await this.dependencies.embedder.model(limit).catch(() => this.model);
    return this.model ? [this.model] : this.dependencies.index.models(signal);
  }

  /** undefined: the list could not be made. */
  async #dense(prepared: PreparedQuery): Promise<readonly Candidate[] | undefined> {
    if (!this.#wants("VECTOR")) {
      this.#log.skip("VECTOR");
      return [];
    }
    const embedded = await this.#stage("EMBED", async (signal) => {
      const [model, vector] = await Promise.all([
        this.dependencies.embedder.model(signal),
        this.dependencies.embedder.embedQuery(prepared.normalized, signal),
      ]);
      this.model = model;
      return { model, vector };
    });
    if (!embedded) {
      this.#log.skip("VECTOR");
      return undefined;
    }
    const { filter } = this.request.settings;
    return this.#list("VECTOR", (limit, signal) =>
      this.dependencies.index.dense(
        this.request.viewer,
        embedded.model,
        { vector: embedded.vector, limit, filter },
        signal,
      ),
    );
  }

  async #fullText(prepared: PreparedQuery): Promise<readonly Candidate[] | undefined> {
    if (!this.#wants("FULL_TEXT")) {
      this.#log.skip("FULL_TEXT");
      return [];
    }
    const { filter } = this.request.settings;
    return this.#list("FULL_TEXT", async (limit, signal) => {
      const models = await this.#models(signal);
      const lists = await Promise.all(
        models.map((model) =>
          this.dependencies.index.fullText(
            this.request.viewer,
            model,
            { text: prepared.searchText, limit, filter },
            signal,
          ),
        ),
      );
      return lists.length === 1
        ? (lists[0] ?? [])
        : lists
            .flat()
            .sort((a, b) => b.score - a.score)
            .slice(0, limit);
    });
  }

  async #list(
    name: "VECTOR" | "FULL_TEXT",
    ask: (limit: number, signal: AbortSignal) => Promise<readonly Candidate[]>,
  ): Promise<readonly Candidate[] | undefined> {
    const wanted = this.request.settings.candidatesPerList;
    let seen: readonly Candidate[] = [];
    for (const factor of [OVERFETCH, DEEP_OVERFETCH]) {
      const limit = Math.ceil(wanted * factor);
      const hits = await this.#stage(name, (signal) => ask(limit, signal));
      if (!hits) return undefined;
      seen = (await this.#visible(hits)).slice(0, wanted);
      if (seen.length >= wanted || hits.length < limit) break;
    }
    this.#log.hits(name, seen);
    return seen;
  }

  /** The rows that the viewer may see now: unknown documents, other generations and moved departments fall out. */
  async #visible<T extends { readonly documentId: string; readonly generation: number }>(
    rows: readonly T[],
  ): Promise<readonly T[]> {
    if (rows.length === 0) return [];
    const { viewer, settings } = this.request;
    const documentIds = rows.map(({ documentId }) => documentId);
    const states = await this.#stage("VISIBILITY", () =>
      this.dependencies.visibility.visible(viewer.tenantId, documentIds),
    );
    // Without it nobody can tell what is readable: fail closed.
    if (!states)
      throw new UnavailableError("VISIBILITY", "It cannot be checked just now who may read what. Try again shortly.");
    for (const [id, { generation }] of states) if (!this.#found.has(id)) this.#found.set(id, generation);
    const { datasetIds } = settings.filter;
    return rows.filter(({ documentId, generation }) => {
      const state = states.get(documentId);
      return (
        state?.generation === generation &&
        mayReadDepartment(viewer, state.department) &&
        (!datasetIds || datasetIds.includes(state.datasetId))
      );
    });
  }

  async #graph(prepared: PreparedQuery, candidates: readonly Scored[]): Promise<GraphRanking> {
    if (!this.#wants("GRAPH")) {
      this.#log.skip("GRAPH");
      return NO_GRAPH;
    }
    const { topK, hops } = this.request.settings;
    const input = {
      candidates,
      terms: prepared.terms,
      query: prepared.normalized,
      limit: Math.max(50, topK * 2),
      hops,
    };
    const ranking = await this.#stage("GRAPH", (signal) => this.dependencies.graph.rank(input, this.request, signal));
    this.#log.hits("GRAPH", ranking?.order ?? []);
    return ranking ?? NO_GRAPH;
  }

  /** The first `topK` passages of the order that the viewer may read; what the graph brought is checked here for the first time. */
  async #fetch(order: readonly string[]): Promise<IndexedPassage[]> {
    const { viewer, settings } = this.request;
    const winners: IndexedPassage[] = [];
    const size = settings.topK * 2;
    for (let round = 0; round < FETCH_ROUNDS && winners.length < settings.topK; round++) {
      const ids = order.slice(round * size, (round + 1) * size);
      if (ids.length === 0) break;
      const rows = await this.#stage("FETCH", async (signal) => {
        const models = await this.#models(signal);
        const found = models.map((model) => this.dependencies.index.fetch(viewer, model, ids, settings.filter, signal));
        return (await Promise.all(found)).flat();
      });
      if (!rows) throw indexAway();
      const readable = new Map((await this.#visible(rows)).map((row) => [row.chunkId, row]));
      winners.push(...ids.flatMap((id) => readable.get(id) ?? []));
      this.#missed ||= readable.size < ids.length;
    }
    return winners.slice(0, settings.topK);
  }

  /** Scores by the reranker, where the caller wants them or the model deserves it; only a cross-encoder changes the order. */
  async #rerank(prepared: PreparedQuery, found: readonly FoundPassage[]): Promise<readonly FoundPassage[]> {
    const { reranker } = this.dependencies;
    const { rerank } = this.request.settings;
    if (!reranker || rerank === false || found.length === 0) {
      this.#log.skip("RERANK");
      return found;
    }
    const judged = await this.#stage("RERANK", async (signal) => {
      const reorders = await reranker.reorders(signal);
      if (!reorders && !rerank) return { reorders, scores: [] };
      const texts = found.map(({ text }) => text);
      return { reorders, scores: await reranker.rerank(prepared.normalized, texts, signal) };
    });
    if (!judged || judged.scores.length === 0) {
      if (judged) this.#log.skip("RERANK");
      return found;
    }
    const scored = found.map((passage, i) => ({ ...passage, rerankScore: judged.scores[i] ?? 0 }));
    const byScore = [...scored].sort((a, b) => b.rerankScore - a.rerankScore);
    this.#log.hits(
      "RERANK",
      byScore.map(({ chunkId, rerankScore }) => ({ chunkId, score: rerankScore })),
    );
    return judged.reorders ? byScore : scored;
  }
}
