import type { OverlayReader } from "../ports.js";
import type { GraphDatabase } from "./neo4j-database.js";
import { marked, markedCount } from "./neo4j-readable.js";

/**
 * Recounts around changing documents. Chunks are read before the entities' counts: a change that is applied in between makes a count
 * too small for a moment, never shows what is hidden.
 */
export const neo4jOverlay = (database: GraphDatabase): OverlayReader => ({
  async recount({ tenantId, scopes, changing, shown, signal }) {
    const [row] = await database.read<{ chunkDelta: number; counts: [string, number][] }>(
      `CALL () {
         MATCH (c:Chunk) WHERE c.documentId IN $changing AND c.tenantId = $tenantId
         WITH c, CASE WHEN c.generationKey IN $shown THEN 1 ELSE 0 END - CASE WHEN ${marked("c")} THEN 1 ELSE 0 END AS delta
         WHERE delta <> 0 RETURN collect([c, delta]) AS changed, coalesce(sum(delta), 0) AS chunkDelta
       }
       CALL (changed) {
         UNWIND changed AS one WITH one[0] AS c, one[1] AS delta
         MATCH (c)-[:MENTIONS]->(e:Entity)
         WITH e, sum(delta) AS delta
         RETURN collect([e.id, ${markedCount("e")} + delta]) AS counts
       }
       RETURN chunkDelta, counts`,
      { tenantId, scopes, changing, shown },
      signal,
    );
    return { chunkDelta: row?.chunkDelta ?? 0, counts: Object.fromEntries(row?.counts ?? []) };
  },
});
