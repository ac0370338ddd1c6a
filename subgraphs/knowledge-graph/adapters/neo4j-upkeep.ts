import type { GraphCounts } from "../ports.js";
import type { GraphDatabase, Run } from "./neo4j-database.js";

/** Chunks removed in one transaction, so that a large document neither fills the store's memory nor locks the graph for long. */
const SWEEP_CHUNKS = 100;

// Counts by scope stand on the entity, so that a viewer's count is a sum over two short lists and never walks a hub's edges.
// The lock comes first: a second writer counts only after the first has committed.
const LOCK_ENTITIES = "UNWIND $entityIds AS id MATCH (e:Entity {id: id}) SET e.lock = true";
const RECOUNT = `
  UNWIND $entityIds AS id
  MATCH (e:Entity {id: id})
  CALL (e) {
    OPTIONAL MATCH (e)<-[:MENTIONS]-(c:Chunk) WHERE c.visible
    WITH c.scope AS scope, count(c) AS n WHERE n > 0
    RETURN collect(scope) AS scopes, collect(n) AS counts
  }
  SET e.scopes = scopes, e.scopeCounts = counts, e.chunkCount = reduce(sum = 0, n IN counts | sum + n)`;
export const DROP_ORPHANS = `
  MATCH (e:Entity) WHERE e.id IN $entityIds AND NOT EXISTS { (e)<-[:MENTIONS]-() }
  DETACH DELETE e RETURN count(*) AS removed`;

/** The entities and scopes of everything a document has in the graph. */
export async function affected(
  run: Run,
  tenantId: string,
  documentId: string,
): Promise<{ entityIds: string[]; scopes: string[] }> {
  const [row] = await run<{ entityIds: string[]; scopes: string[] }>(
    `MATCH (c:Chunk {documentId: $documentId}) WHERE c.tenantId = $tenantId
     OPTIONAL MATCH (c)-[:MENTIONS]->(e:Entity)
     RETURN collect(DISTINCT e.id) AS entityIds, collect(DISTINCT c.scope) AS scopes`,
    { tenantId, documentId },
  );
  return { entityIds: (row?.entityIds ?? []).sort(), scopes: row?.scopes ?? [] };
}

export async function recount(run: Run, entityIds: readonly string[], scopes: readonly string[]): Promise<void> {
  await run(LOCK_ENTITIES, { entityIds });
  await run(RECOUNT, { entityIds });
  const ids = [...new Set(scopes)].sort();
  await run("UNWIND $ids AS id MERGE (s:Scope {id: id}) SET s.lock = true", { ids });
  await run(
    "UNWIND $ids AS id MATCH (s:Scope {id: id}) SET s.chunkCount = COUNT { MATCH (c:Chunk {scope: id, visible: true}) }",
    { ids },
  );
}

/** Removes a document's chunks of every generation but `keep` (null: all), batch by batch, with what only they supported. */
export async function sweep(
  database: GraphDatabase,
  tenantId: string,
  documentId: string,
  keep: number | null,
  signal: AbortSignal,
  only: number | null = null,
): Promise<GraphCounts> {
  const removed = { chunks: 0, entities: 0, mentions: 0, relations: 0 };
  for (;;) {
    const batch = await database.write(async (run) => {
      const chunks = await run<{ id: string }>(
        `MATCH (c:Chunk {documentId: $documentId}) WHERE c.tenantId = $tenantId AND NOT c.visible AND ($keep IS NULL OR c.generation < $keep) AND ($only IS NULL OR c.generation = $only)
         RETURN c.id AS id LIMIT toInteger($limit)`,
        { tenantId, documentId, keep, only, limit: SWEEP_CHUNKS },
      );
      const chunkIds = chunks.map((chunk) => chunk.id);
      if (chunkIds.length === 0) return undefined;
      const [found] = await run<{ entityIds: string[]; mentions: number }>(
        "MATCH (c:Chunk)-[m:MENTIONS]->(e) WHERE c.id IN $chunkIds RETURN collect(DISTINCT e.id) AS entityIds, count(m) AS mentions",
        { chunkIds },
      );
      const entityIds = (found?.entityIds ?? []).sort();
      await run(LOCK_ENTITIES, { entityIds });
      const [relations] = await run<{ removed: number }>(
        "MATCH ()-[r:RELATED_TO]->() WHERE r.chunkId IN $chunkIds DELETE r RETURN count(*) AS removed",
        { chunkIds },
      );
      await run("MATCH (c:Chunk) WHERE c.id IN $chunkIds DETACH DELETE c", { chunkIds });
      const [entities] = await run<{ removed: number }>(DROP_ORPHANS, { entityIds });
      return {
        chunks: chunkIds.length,
        mentions: found?.mentions ?? 0,
        relations: relations?.removed ?? 0,
        entities: entities?.removed ?? 0,
      };
    }, signal);
    if (!batch) return removed;
    removed.chunks += batch.chunks;
    removed.mentions += batch.mentions;
    removed.relations += batch.relations;
    removed.entities += batch.entities;
  }
}
