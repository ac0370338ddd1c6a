import { ConsistencyLevelEnum } from "@zilliz/milvus2-sdk-node";
import type { Candidate, EmbeddingModel } from "../domain/passage.js";
import type { PassageIndex } from "../ports.js";
import { collectionName, modelOfCollection, type PassageCollections } from "./milvus-collection.js";
import type { MilvusConnection } from "./milvus-connection.js";
import { readable, type ScopedFilter } from "./milvus-filter.js";
import { PASSAGE_FIELDS, passageOf } from "./milvus-rows.js";

/** Width of the HNSW search; at least the number of hits wanted. */
const EF = 200;

interface Hit {
  readonly id: string | number;
  readonly score: number;
  readonly document_id?: string;
  readonly generation?: string | number;
}

const candidateOf = (hit: Hit, metric: "COSINE" | "BM25"): Candidate => ({
  chunkId: String(hit.id),
  documentId: String(hit.document_id),
  generation: Number(hit.generation),
  // Milvus Lite scores BM25 with negative numbers, the best the most so; Milvus itself with positive ones.
  score: metric === "BM25" ? Math.abs(hit.score) : hit.score,
});

/** Dense and full-text search in Milvus, for readers: every call takes the scope and can see nothing beside it. */
export function createMilvusPassageIndex(connection: MilvusConnection, collections: PassageCollections): PassageIndex {
  async function search(
    model: EmbeddingModel,
    list: {
      field: string;
      data: readonly number[] | string;
      metric: "COSINE" | "BM25";
      limit: number;
      filter: ScopedFilter;
    },
    signal: AbortSignal,
  ): Promise<readonly Candidate[]> {
    const name = collectionName(model);
    const answer = await collections.use(name, signal, () =>
      connection.call("search", signal, (client, timeout) =>
        client.search({
          collection_name: name,
          data: [typeof list.data === "string" ? list.data : [...list.data]],
          anns_field: list.field,
          metric_type: list.metric,
          limit: list.limit,
          filter: list.filter,
          output_fields: ["id", "document_id", "generation"],
          ...(list.metric === "COSINE" ? { params: { ef: Math.max(EF, list.limit) } } : {}),
          timeout,
        }),
      ),
    );
    return ((answer?.results ?? []) as unknown as Hit[]).map((hit) => candidateOf(hit, list.metric));
  }

  return {
    async models(signal) {
      return (await collections.names(signal)).flatMap((name) => modelOfCollection(name) ?? []);
    },
    dense: (scope, model, query, signal) =>
      search(
        model,
        {
          field: "embedding",
          data: query.vector,
          metric: "COSINE",
          limit: query.limit,
          filter: readable(scope, query.filter),
        },
        signal,
      ),
    async fullText(scope, model, query, signal) {
      if (query.text === "") return [];
      return search(
        model,
        {
          field: "sparse",
          data: query.text,
          metric: "BM25",
          limit: query.limit,
          filter: readable(scope, query.filter),
        },
        signal,
      );
    },
    async fetch(scope, model, chunkIds, filter, signal) {
      if (chunkIds.length === 0) return [];
      const name = collectionName(model);
      const answer = await collections.use(name, signal, () =>
        connection.call("query", signal, (client, timeout) =>
          client.query({
            collection_name: name,
            filter: readable(scope, filter, chunkIds),
            output_fields: PASSAGE_FIELDS,
            limit: chunkIds.length,
            consistency_level: ConsistencyLevelEnum.Bounded,
            timeout,
          }),
        ),
      );
      return (answer?.data ?? []).map(passageOf);
    },
  };
}
