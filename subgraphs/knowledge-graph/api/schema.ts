import { requireViewer } from "../../../platform/graphql/context.js";
import { buildRoomSchema, type SubgraphSchema } from "../../../platform/graphql/schema.js";
import { rankByGraph } from "../domain/rank.js";
import type { WalkReader } from "../ports.js";
import { type GraphServices, loadChunk, loadEntity } from "./loaders.js";
import { RankingResolver } from "./ranking.js";
import { ChunkResolver, DocumentResolver, EntityResolver } from "./resolvers.js";

const RANK_TIMEOUT_MS = 3000;

export interface KnowledgeGraphDeps extends GraphServices {
  readonly walk: WalkReader;
  /** How long a walk may take: retrieval goes on without the graph after it. */
  readonly rankTimeoutMs?: number;
}

/** The room's subgraph over the graph's readers. */
export function buildKnowledgeGraphSchema(deps: KnowledgeGraphDeps): Promise<SubgraphSchema> {
  const instances = new Map<unknown, object>([
    [ChunkResolver, new ChunkResolver(deps)],
    [EntityResolver, new EntityResolver(deps)],
    [DocumentResolver, new DocumentResolver(deps)],
    [
      RankingResolver,
      new RankingResolver(
        deps,
        (request, reading) => rankByGraph(request, deps.walk, reading),
        deps.rankTimeoutMs ?? RANK_TIMEOUT_MS,
      ),
    ],
  ]);
  return buildRoomSchema(
    {
      resolvers: [ChunkResolver, EntityResolver, DocumentResolver, RankingResolver],
      container: { get: (resolver) => instances.get(resolver) },
    },
    {
      Chunk: ({ id }, context) => loadChunk(deps, context, id),
      Entity: ({ id }, context) => loadEntity(deps, context, id),
      // A document without anything readable in the graph is one with empty lists: whether it exists is its owner's to say.
      Document: ({ id }, context) => {
        requireViewer(context);
        return { id };
      },
    },
  );
}
