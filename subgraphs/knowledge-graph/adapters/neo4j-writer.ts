import { createHash } from "node:crypto";
import { scopeKey } from "../../../platform/auth/viewer.js";
import type { ExtractedChunk, GenerationRef, GraphCounts, GraphWriter } from "../ports.js";
import type { GraphDatabase, Run } from "./neo4j-database.js";

/** Chunks removed in one transaction, so that a large document neither fills the store's memory nor locks the graph for long. */
const SWEEP_CHUNKS = 100;
/** How long a deleted document's id is remembered, so that a late worker cannot bring it back. */
const REMEMBER_DELETED_DAYS = 30;

/** The same name in the same tenant is the same entity, wherever and whenever it is extracted. */
export const entityId = (tenantId: string, key: string): string =>
  `ent_${createHash("sha256")
    .update(JSON.stringify([tenantId, key]))
    .digest("hex")
    .slice(0, 32)}`;

// The lock makes writers, switches and deletion of one document take turns; only then is it asked whether this one still may.
const LOCK_DOCUMENT = "MERGE (d:Document {tenantId: $tenantId, id: $documentId}) SET d.lock = true";
const MAY_WRITE = `
  MATCH (d:Document {tenantId: $tenantId, id: $documentId})
  RETURN NOT EXISTS { MATCH (:DeletedDocument {tenantId: $tenantId, id: $documentId}) }
    AND coalesce(d.visibleGeneration, 0) <= $generation AS may`;
const DROP_EMPTY_DOCUMENT = `
  MATCH (d:Document {tenantId: $tenantId, id: $documentId})
  WHERE d.visibleGeneration IS NULL AND NOT EXISTS { (d)-[:HAS_CHUNK]->() } DELETE d`;

// What an earlier run of the same job wrote for these chunks goes first: the second run leaves the same graph as the first.
const CLEAR = [
  "MATCH (c:Chunk)-[m:MENTIONS]->() WHERE c.id IN $chunkIds DELETE m",
  "MATCH ()-[r:RELATED_TO]->() WHERE r.chunkId IN $chunkIds DELETE r",
] as const;

const CHUNKS = `
  MATCH (d:Document {tenantId: $tenantId, id: $documentId})
  UNWIND $chunks AS row
  MERGE (c:Chunk {id: row.id})
  ON CREATE SET c.visible = false
  SET c.tenantId = $tenantId, c.scope = $scope, c.documentId = $documentId, c.generation = toInteger($generation),
      c.position = toInteger(row.position), c.text = row.text, c.elementType = row.elementType, c.headingPath = row.headingPath,
      c.pages = [page IN row.pages | toInteger(page)], c.boxes = row.boxes
  MERGE (d)-[:HAS_CHUNK]->(c)`;

const ENTITIES = `
  UNWIND $entities AS row
  MERGE (e:Entity {tenantId: $tenantId, key: row.key})
  ON CREATE SET e.id = row.id, e.scopes = [], e.scopeCounts = [], e.chunkCount = 0
  SET e.lock = true`;

const MENTIONS = `
  UNWIND $mentions AS row
  MATCH (c:Chunk {id: row.chunkId}) MATCH (e:Entity {id: row.entityId})
  CREATE (c)-[:MENTIONS {count: toInteger(row.count), lead: row.lead, confidence: row.confidence, surfaces: row.surfaces}]->(e)`;

const RELATIONS = `
  UNWIND $relations AS row
  MATCH (a:Entity {id: row.subject}) MATCH (b:Entity {id: row.object})
  CREATE (a)-[:RELATED_TO {relationType: row.relationType, weight: toInteger(row.count), chunkId: row.chunkId,
    subjectName: row.subjectName, objectName: row.objectName}]->(b)`;

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
const DROP_ORPHANS = `
  MATCH (e:Entity) WHERE e.id IN $entityIds AND NOT EXISTS { (e)<-[:MENTIONS]-() }
  DETACH DELETE e RETURN count(*) AS removed`;

/** The graph's writer on Neo4j. */
export function neo4jWriter(database: GraphDatabase): GraphWriter {
  return {
    write: (ref, department, chunks, signal) =>
      database.write(async (run) => {
        if (!(await mayWrite(run, ref))) return false;
        await writeChunks(run, ref, department, chunks);
        return true;
      }, signal),

    async count(ref, signal) {
      const [counts] = await database.read<GraphCounts>(
        `MATCH (c:Chunk {documentId: $documentId}) WHERE c.tenantId = $tenantId AND c.generation = toInteger($generation)
         WITH collect(c) AS chunks, collect(c.id) AS ids
         CALL (chunks) { UNWIND chunks AS c MATCH (c)-[m:MENTIONS]->(e) RETURN count(m) AS mentions, count(DISTINCT e) AS entities }
         CALL (ids) { MATCH ()-[r:RELATED_TO]->() WHERE r.chunkId IN ids RETURN count(r) AS relations }
         RETURN size(chunks) AS chunks, mentions, entities, relations`,
        params(ref),
        signal,
      );
      return counts ?? { chunks: 0, entities: 0, mentions: 0, relations: 0 };
    },

    async isVisible(ref, signal) {
      const [row] = await database.read<{ generation: number | null }>(
        "MATCH (d:Document {tenantId: $tenantId, id: $documentId}) RETURN d.visibleGeneration AS generation",
        params(ref),
        signal,
      );
      return row?.generation === ref.generation;
    },

    async switchTo(ref, department, signal) {
      const switched = await database.write(async (run) => {
        const values = { ...params(ref), scope: scopeKey(ref.tenantId, department) };
        if (!(await mayWrite(run, ref))) return false;
        const touched = await affected(run, ref.tenantId, ref.documentId);
        await run(
          "MATCH (d:Document {tenantId: $tenantId, id: $documentId}) SET d.visibleGeneration = toInteger($generation), d.scope = $scope",
          values,
        );
        await run(
          `MATCH (c:Chunk {documentId: $documentId}) WHERE c.tenantId = $tenantId
           SET c.visible = (c.generation = toInteger($generation)), c.scope = CASE WHEN c.generation = toInteger($generation) THEN $scope ELSE c.scope END`,
          values,
        );
        await recount(run, touched.entityIds, [...touched.scopes, values.scope]);
        return true;
      }, signal);
      if (switched) await sweep(database, ref.tenantId, ref.documentId, ref.generation, signal);
      return switched;
    },

    async purge(tenantId, documentId, signal) {
      const values = { tenantId, documentId };
      await database.write(async (run) => {
        await run(LOCK_DOCUMENT, values);
        await run("MERGE (g:DeletedDocument {tenantId: $tenantId, id: $documentId}) SET g.at = datetime()", values);
        await run(
          "MATCH (g:DeletedDocument {tenantId: $tenantId}) WHERE g.at < datetime() - duration({days: $days}) DELETE g",
          { tenantId, days: REMEMBER_DELETED_DAYS },
        );
        const touched = await affected(run, tenantId, documentId);
        await run(
          "MATCH (c:Chunk {documentId: $documentId}) WHERE c.tenantId = $tenantId SET c.visible = false",
          values,
        );
        await recount(run, touched.entityIds, touched.scopes);
      }, signal);
      const removed = await sweep(database, tenantId, documentId, null, signal);
      await database.write(
        (run) => run("MATCH (d:Document {tenantId: $tenantId, id: $documentId}) DETACH DELETE d", values),
        signal,
      );
      return removed;
    },
  };
}

const params = (ref: GenerationRef): Record<string, unknown> => ({ ...ref });

/** False for a deleted document and for a generation older than the visible one. */
async function mayWrite(run: Run, ref: GenerationRef): Promise<boolean> {
  await run(LOCK_DOCUMENT, params(ref));
  const [row] = await run<{ may: boolean }>(MAY_WRITE, params(ref));
  if (row?.may) return true;
  await run(DROP_EMPTY_DOCUMENT, params(ref));
  return false;
}

async function writeChunks(
  run: Run,
  ref: GenerationRef,
  department: string | null,
  chunks: readonly ExtractedChunk[],
): Promise<void> {
  const idOf = (key: string): string => entityId(ref.tenantId, key);
  const keys = new Set(chunks.flatMap(({ extraction }) => extraction.mentions.map((mention) => mention.key)));
  const chunkIds = chunks.map(({ chunk }) => chunk.id);
  const before = await run<{ id: string }>(
    "MATCH (c:Chunk)-[:MENTIONS]->(e) WHERE c.id IN $chunkIds RETURN DISTINCT e.id AS id",
    { chunkIds },
  );
  for (const statement of CLEAR) await run(statement, { chunkIds });
  await run(CHUNKS, {
    ...params(ref),
    scope: scopeKey(ref.tenantId, department),
    chunks: chunks.map(({ chunk }) => ({
      id: chunk.id,
      position: chunk.position,
      text: chunk.text,
      elementType: chunk.elementType,
      headingPath: chunk.headingPath,
      pages: chunk.pages,
      boxes: chunk.boxes.flatMap((box) => [box.page, box.x0, box.y0, box.x1, box.y1]),
    })),
  });
  // In one order everywhere: two writers that share entities wait for each other instead of deadlocking.
  await run(ENTITIES, { tenantId: ref.tenantId, entities: [...keys].sort().map((key) => ({ key, id: idOf(key) })) });
  await run(MENTIONS, {
    mentions: chunks.flatMap(({ chunk, extraction }) =>
      extraction.mentions.map((m) => ({
        chunkId: chunk.id,
        entityId: idOf(m.key),
        count: m.count,
        lead: m.lead,
        confidence: m.confidence,
        surfaces: m.surfaces,
      })),
    ),
  });
  await run(RELATIONS, {
    relations: chunks.flatMap(({ chunk, extraction }) =>
      extraction.relations.map((r) => ({ ...r, chunkId: chunk.id, subject: idOf(r.subject), object: idOf(r.object) })),
    ),
  });
  const dropped = before.map((row) => row.id).filter((id) => ![...keys].some((key) => idOf(key) === id));
  if (dropped.length > 0) await run(DROP_ORPHANS, { entityIds: dropped });
}

/** The entities and scopes of everything a document has in the graph. */
async function affected(
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

async function recount(run: Run, entityIds: readonly string[], scopes: readonly string[]): Promise<void> {
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
async function sweep(
  database: GraphDatabase,
  tenantId: string,
  documentId: string,
  keep: number | null,
  signal: AbortSignal,
): Promise<GraphCounts> {
  const removed = { chunks: 0, entities: 0, mentions: 0, relations: 0 };
  for (;;) {
    const batch = await database.write(async (run) => {
      const chunks = await run<{ id: string }>(
        `MATCH (c:Chunk {documentId: $documentId}) WHERE c.tenantId = $tenantId AND NOT c.visible AND ($keep IS NULL OR c.generation < $keep)
         RETURN c.id AS id LIMIT toInteger($limit)`,
        { tenantId, documentId, keep, limit: SWEEP_CHUNKS },
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
