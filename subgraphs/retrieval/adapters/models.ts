import type { Embedder, Reranker } from "../../../platform/models/ports.js";
import type { PassageEmbedder, PassageReranker, QueryEmbedder } from "../ports.js";

/** The platform's embedder in the room's words; its model is the one remembered. */
export function embedderOf(embedder: Embedder): QueryEmbedder & PassageEmbedder {
  return {
    async model(signal) {
      const { model, dimension } = await embedder.info({ signal });
      return { model, dimension };
    },
    embedQuery: (text, signal) => embedder.embedQuery(text, { signal }),
    embedPassages: (texts, signal, onEmbedded) => embedder.embedPassages(texts, { signal, onBatch: onEmbedded }),
  };
}

/** The embedder for indexing: which model runs is asked of its server each time, so that vectors of two never mix. */
export function passageEmbedderOf(embedder: Embedder): PassageEmbedder {
  return {
    ...embedderOf(embedder),
    async model(signal) {
      const { model, dimension } = await embedder.info({ signal, fresh: true });
      return { model, dimension };
    },
  };
}

/** Rerankers that are no cross-encoders: the local one is the embedder's own cosine and ranks worse than the walk. */
const BI_ENCODER = /cosine/i;

export function rerankerOf(reranker: Reranker): PassageReranker {
  return {
    reorders: async (signal) => !BI_ENCODER.test((await reranker.info({ signal })).model),
    async rerank(query, texts, signal) {
      const scores = new Array<number>(texts.length).fill(0);
      for (const { index, score } of await reranker.rerank(query, texts, { signal })) scores[index] = score;
      return scores;
    },
  };
}
