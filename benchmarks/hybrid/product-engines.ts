import { parseEnvelopeKeys } from "../../platform/auth/envelope.js";
import { createRoomClient, type RoomClient } from "../../platform/graphql/room-client.js";
import { createLogger } from "../../platform/logging/logger.js";
import { TeiEmbedder } from "../../platform/models/tei-embedder.js";
import { TeiReranker } from "../../platform/models/tei-reranker.js";
import { createRedis } from "../../platform/redis/redis.js";
import { createVisibilityFeed } from "../../platform/visibility/visibility.js";
import { createKnowledgeGraphRanker } from "../../subgraphs/retrieval/adapters/knowledge-graph-ranker.js";
import { createPassageCollections } from "../../subgraphs/retrieval/adapters/milvus-collection.js";
import { createMilvusConnection } from "../../subgraphs/retrieval/adapters/milvus-connection.js";
import { createMilvusPassageIndex } from "../../subgraphs/retrieval/adapters/milvus-passage-index.js";
import { embedderOf, rerankerOf } from "../../subgraphs/retrieval/adapters/models.js";
import type { SearchDependencies } from "../../subgraphs/retrieval/domain/search-run.js";
import type { RunningProduct } from "../running-product.js";

/** The running product's engines as its retrieval process has them, and the retrieval process itself. */
export interface ProductEngines {
  readonly dependencies: SearchDependencies;
  readonly retrieval: RoomClient;
  close(): Promise<void>;
}

/** Wires them as `subgraphs/retrieval/main.ts` does. */
export function productEngines({ env }: RunningProduct): ProductEngines {
  const given = (name: string): string => {
    const value = env[name];
    if (value === undefined) throw new Error(`the running product has no ${name}`);
    return value;
  };
  const room = (name: string, url: string, keyId: string): RoomClient => {
    const secret = parseEnvelopeKeys(given("ENVELOPE_KEYS")).get(keyId);
    if (!secret) throw new Error(`there is no key of ${keyId}`);
    return createRoomClient({ room: name, url: given(url), key: { keyId, secret } });
  };
  const connection = createMilvusConnection(given("MILVUS_ADDRESS"));
  const redis = createRedis(given("REDIS_URL"), "benchmark", createLogger("benchmark", "warn"));
  return {
    dependencies: {
      embedder: embedderOf(new TeiEmbedder({ url: given("TEI_EMBED_URL") })),
      index: createMilvusPassageIndex(connection, createPassageCollections(connection)),
      graph: createKnowledgeGraphRanker(room("knowledge-graph", "KNOWLEDGE_GRAPH_URL", "retrieval")),
      visibility: createVisibilityFeed(redis),
      reranker: rerankerOf(new TeiReranker({ url: given("TEI_RERANK_URL") })),
    },
    retrieval: room("retrieval", "RETRIEVAL_URL", "router"),
    async close() {
      redis.disconnect();
      await connection.close();
    },
  };
}
