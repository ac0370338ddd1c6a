import { randomUUID } from "node:crypto";
import type { GraphDatabase } from "../../subgraphs/knowledge-graph/adapters/neo4j-database.js";

/** Chunks written in one transaction. */
const BATCH = 2000;
const MENTIONS = 12;
/** Entities that every so many chunks mention: what an organisation's own name is to its documents. */
const HUBS = [2, 5, 20] as const;

export interface SyntheticGraph {
  readonly tenantId: string;
  readonly scope: string;
  readonly chunkIds: (count: number, seed: number) => string[];
  /** A name of a hub and one of an entity that a dozen chunks mention. */
  readonly question: string;
}

/**
 * A graph of the usual shape without any text: each chunk names a dozen entities of its neighbourhood (each in about a dozen chunks), two of
 * its own, and some of three hubs that a half, a fifth and a twentieth of all chunks name. Written by plain statements: what the product's
 * writer would have left.
 */
export async function writeSynthetic(
  database: GraphDatabase,
  chunks: number,
  signal: AbortSignal,
): Promise<SyntheticGraph> {
  const tenantId = `bench-graph-${randomUUID().slice(0, 8)}`;
  const scope = `${tenantId}/@shared`;
  const entityOf = (key: string) => ({ id: `ent_${tenantId}_${key}`, key });
  const counts = new Map<string, number>();
  const mentionsOf = (i: number): string[] => {
    const near = Array.from({ length: MENTIONS - 2 }, (_, k) => `near ${Math.floor((i + k * 3) / 12) * 10 + k}`);
    return [...near, `own ${i} a`, `own ${i} b`, ...HUBS.filter((every) => i % every === 0).map((n) => `hub ${n}`)];
  };
  for (let i = 0; i < chunks; i++) for (const key of mentionsOf(i)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const entities = [...counts].map(([key, count]) => ({ ...entityOf(key), count }));
  for (let at = 0; at < entities.length; at += BATCH * 5)
    await database.write(
      (run) =>
        run(
          `UNWIND $rows AS row CREATE (:Entity {tenantId: $tenantId, id: row.id, key: row.key, scopes: [$scope],
             scopeCounts: [toInteger(row.count)], chunkCount: toInteger(row.count)})`,
          { rows: entities.slice(at, at + BATCH * 5), tenantId, scope },
        ),
      signal,
    );
  for (let at = 0; at < chunks; at += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, chunks - at) }, (_, k) => ({
      id: `chk_${tenantId}_${at + k}`,
      document: `doc_${tenantId}_${Math.floor((at + k) / 50)}`,
      entities: mentionsOf(at + k).map((key) => ({ id: entityOf(key).id, name: key, lead: key.startsWith("own") })),
    }));
    await database.write(
      (run) =>
        run(
          `UNWIND $rows AS row
           CREATE (c:Chunk {id: row.id, tenantId: $tenantId, scope: $scope, visible: true, documentId: row.document,
             generation: 1, generationKey: row.document + ":1", position: 0})
           WITH c, row UNWIND row.entities AS m MATCH (e:Entity {id: m.id})
           CREATE (c)-[:MENTIONS {count: 1, lead: m.lead, confidence: 0.9, surfaces: [m.name]}]->(e)`,
          { rows, tenantId, scope },
        ),
      signal,
    );
  }
  await database.write((run) => run("CREATE (:Scope {id: $scope, chunkCount: $chunks})", { scope, chunks }), signal);
  return {
    tenantId,
    scope,
    question: "Who runs Near 120 for Hub 2?",
    chunkIds: (count, seed) =>
      Array.from({ length: count }, (_, k) => `chk_${tenantId}_${(seed * 7919 + k * 104_729) % chunks}`),
  };
}

/** Removes it again, some nodes at a time. */
export async function removeSynthetic(
  database: GraphDatabase,
  graph: SyntheticGraph,
  signal: AbortSignal,
): Promise<void> {
  for (const label of ["Chunk", "Entity"])
    for (let left = 1; left > 0; ) {
      const rows = await database.write(
        (run) =>
          run<{ n: number }>(
            `MATCH (x:${label}) WHERE x.tenantId = $tenantId WITH x LIMIT 5000 DETACH DELETE x RETURN count(*) AS n`,
            { tenantId: graph.tenantId },
          ),
        signal,
      );
      left = rows[0]?.n ?? 0;
    }
  await database.write((run) => run("MATCH (s:Scope {id: $scope}) DELETE s", { scope: graph.scope }), signal);
}
