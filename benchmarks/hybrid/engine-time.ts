import type { SearchDependencies } from "../../subgraphs/retrieval/domain/search-run.js";
import type { Interval } from "../samples.js";

/** Which engine was busy when, in milliseconds of `performance.now()`. */
export interface Busy extends Interval {
  readonly engine: string;
}

/** The same engines, each call of which is noted from its start to its end. */
export function timed(dependencies: SearchDependencies, busy: Busy[]): SearchDependencies {
  const { embedder, graph, index, reranker, visibility } = dependencies;
  const noting =
    <Arguments extends unknown[], Result>(engine: string, call: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      const start = performance.now();
      try {
        return await call(...args);
      } finally {
        busy.push({ engine, start, end: performance.now() });
      }
    };
  return {
    ...dependencies,
    embedder: {
      model: noting("embedder", (signal) => embedder.model(signal)),
      embedQuery: noting("embedder", (text, signal) => embedder.embedQuery(text, signal)),
    },
    index: {
      models: noting("index", (signal) => index.models(signal)),
      dense: noting("vectors", (...args) => index.dense(...args)),
      fullText: noting("full text", (...args) => index.fullText(...args)),
      fetch: noting("texts", (...args) => index.fetch(...args)),
    },
    graph: { rank: noting("graph", (...args) => graph.rank(...args)) },
    visibility: { visible: noting("visibility", (...args) => visibility.visible(...args)) },
    ...(reranker
      ? {
          reranker: {
            reorders: noting("reranker", (signal: AbortSignal) => reranker.reorders(signal)),
            rerank: noting("reranker", (...args: Parameters<typeof reranker.rerank>) => reranker.rerank(...args)),
          },
        }
      : {}),
  };
}
