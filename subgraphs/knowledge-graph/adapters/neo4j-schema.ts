import type { GraphDatabase } from "./neo4j-database.js";

/** Constraints and indexes; the unique ones also make MERGE safe among parallel workers. */
const STATEMENTS = [
  "CREATE CONSTRAINT chunk_id IF NOT EXISTS FOR (c:Chunk) REQUIRE c.id IS UNIQUE",
  "CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (e:Entity) REQUIRE e.id IS UNIQUE",
  "CREATE CONSTRAINT entity_key IF NOT EXISTS FOR (e:Entity) REQUIRE (e.tenantId, e.key) IS UNIQUE",
  "CREATE CONSTRAINT document_id IF NOT EXISTS FOR (d:Document) REQUIRE (d.tenantId, d.id) IS UNIQUE",
  "CREATE CONSTRAINT deleted_document_id IF NOT EXISTS FOR (d:DeletedDocument) REQUIRE (d.tenantId, d.id) IS UNIQUE",
  "CREATE CONSTRAINT scope_id IF NOT EXISTS FOR (s:Scope) REQUIRE s.id IS UNIQUE",
  "CREATE INDEX chunk_document IF NOT EXISTS FOR (c:Chunk) ON (c.documentId)",
  "CREATE INDEX chunk_scope IF NOT EXISTS FOR (c:Chunk) ON (c.scope, c.visible)",
  "CREATE INDEX relation_chunk IF NOT EXISTS FOR ()-[r:RELATED_TO]-() ON (r.chunkId)",
] as const;

/** Brings an empty or older database to the present shape; safe to run at every start and by several workers at once. */
export async function ensureGraphSchema(database: GraphDatabase, signal: AbortSignal): Promise<void> {
  for (const statement of STATEMENTS)
    await database
      .write((run) => run(statement), signal)
      .catch((error: unknown) => {
        // "IF NOT EXISTS" looks before it takes the lock: of two workers that start together one meets the other's rule.
        if (!/^Neo\.ClientError\.Schema\..*AlreadyExists$/.test(String((error as { code?: unknown }).code)))
          throw error;
      });
  await markGenerations(database, signal);
  await database.read("CALL db.awaitIndexes(60)", {}, signal).catch(() => {
    // Indexes of a large old graph may still be filling; queries are right without them, only slower.
  });
}

/** Chunks of before this mark existed get it, some at a time. */
async function markGenerations(database: GraphDatabase, signal: AbortSignal): Promise<void> {
  for (let left = 1; left > 0; ) {
    const [row] = await database.write(
      (run) =>
        run<{ marked: number }>(
          `MATCH (c:Chunk) WHERE c.generationKey IS NULL WITH c LIMIT 5000
           SET c.generationKey = c.documentId + ":" + c.generation RETURN count(c) AS marked`,
        ),
      signal,
    );
    left = row?.marked ?? 0;
  }
}
