import { mayReadDepartment, type Viewer } from "../../../platform/auth/viewer.js";
import { UnavailableError } from "../../../platform/errors/errors.js";
import type { DocumentVisibility, VisibilityFeed } from "../../../platform/visibility/visibility.js";
import type { GraphRanker, PassageIndex, PassageReranker, PassageTexts, QueryEmbedder } from "../ports.js";
import type { SearchListName, SearchSettings } from "./options.js";
import type { EmbeddingModel } from "./passage.js";
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
  TEXTS: 5000,
  RERANK: 5000,
};

export interface SearchDependencies {
  readonly embedder: QueryEmbedder;
  readonly index: PassageIndex;
  readonly graph: GraphRanker;
  readonly visibility: Pick<VisibilityFeed, "visible">;
  /** Gives the winners' texts while the index cannot. */
  readonly texts?: PassageTexts;
  readonly reranker?: PassageReranker;
  readonly limits?: SearchLimits;
  readonly onFailure?: (stage: StageName, error: unknown) => void;
}

/** How long full text waits for the embedder to name its model. */
const MODEL_WAIT_MS = 500;

export const indexAway = (): UnavailableError =>
  new UnavailableError("VECTOR_INDEX", "The search index does not answer just now. Try again shortly.");

/** What the steps of one search share: the request, its stages under their time limits, and who may see what. */
export class SearchRun {
  readonly log: StageLog;
  readonly #limits: SearchLimits;
  /** The generation in which each document was found. */
  readonly #found = new Map<string, number>();
  #missed = false;

  constructor(
    readonly dependencies: SearchDependencies,
    readonly request: SearchRequest,
    /** The last model that the embedder named. */
    public model: EmbeddingModel | undefined,
  ) {
    this.log = new StageLog(request.signal, dependencies.onFailure ?? (() => {}));
    this.#limits = dependencies.limits ?? SEARCH_LIMITS;
  }

  /** The work's value, or undefined when the stage failed or took too long. @throws the request's abort reason */
  stage<T>(name: StageName, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return this.log.run(name, this.#limits[name], work);
  }

  wants(list: SearchListName): boolean {
    return this.request.settings.lists.has(list);
  }

  /** Collections to look into: the model's in use, or, while nobody can name it, all there are. */
  async models(signal: AbortSignal): Promise<readonly EmbeddingModel[]> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(MODEL_WAIT_MS)]);
    this.model = await this.dependencies.embedder.model(limit).catch(() => this.model);
    return this.model ? [this.model] : this.dependencies.index.models(signal);
  }

  /** The documents among some that the viewer may see now, within the data sets asked for. @throws UnavailableError when nobody can tell */
  async readable(documentIds: readonly string[]): Promise<ReadonlyMap<string, DocumentVisibility>> {
    if (documentIds.length === 0) return new Map();
    const { viewer, settings } = this.request;
    const states = await this.stage("VISIBILITY", () =>
      this.dependencies.visibility.visible(viewer.tenantId, documentIds),
    );
    // Without it nobody can tell what is readable: fail closed.
    if (!states)
      throw new UnavailableError("VISIBILITY", "It cannot be checked just now who may read what. Try again shortly.");
    for (const [id, { generation }] of states) if (!this.#found.has(id)) this.#found.set(id, generation);
    const { datasetIds } = settings.filter;
    return new Map(
      [...states].filter(
        ([, { department, datasetId }]) =>
          mayReadDepartment(viewer, department) && (!datasetIds || datasetIds.includes(datasetId)),
      ),
    );
  }

  /** The rows that the viewer may see now: unknown documents, other generations and moved departments fall out. */
  async visible<T extends { readonly documentId: string; readonly generation: number }>(
    rows: readonly T[],
  ): Promise<readonly T[]> {
    const states = await this.readable(rows.map(({ documentId }) => documentId));
    return rows.filter(({ documentId, generation }) => states.get(documentId)?.generation === generation);
  }

  /** Notes that something of the order was gone when it was fetched. */
  missed(): void {
    this.#missed = true;
  }

  /** True when a document got a new generation meanwhile, so that what was found of the old one was gone when it was fetched. */
  async wasOvertaken(): Promise<boolean> {
    const ids = this.#missed ? [...this.#found.keys()] : [];
    const now = await this.dependencies.visibility.visible(this.request.viewer.tenantId, ids).catch(() => undefined);
    return ids.some((id) => now?.has(id) && now.get(id)?.generation !== this.#found.get(id));
  }
}
