import { PROBLEMS } from "../../../platform/graphql/problems.js";
import { buildRoomSchema, type SubgraphSchema } from "../../../platform/graphql/schema.js";
import type { SearchOutcome } from "../domain/outcome.js";
import type { SearchRequest } from "../domain/search-run.js";
import { SearchResolver } from "./search-resolver.js";

/** The room's subgraph over its one service. */
export function buildRetrievalSchema(deps: {
  readonly search: (request: SearchRequest) => Promise<SearchOutcome>;
}): Promise<SubgraphSchema> {
  const resolver = new SearchResolver(deps.search);
  return buildRoomSchema({
    resolvers: [SearchResolver],
    container: { get: () => resolver },
    orphanedTypes: [...PROBLEMS],
  });
}
