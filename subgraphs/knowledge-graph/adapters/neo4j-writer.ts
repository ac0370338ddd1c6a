import { createHash } from "node:crypto";
import { scopeKey } from "../../../platform/auth/viewer.js";
import { type Inventory, MAX_HOLDINGS } from "../../../platform/queue/catalogue.js";
import { PermanentFailure } from "../../../platform/queue/worker.js";
import { generationKey } from "../domain/reading.js";
import type { ExtractedChunk, GenerationRef, GraphCounts, GraphWriter } from "../ports.js";
import type { GraphDatabase, Run } from "./neo4j-database.js";
import { affected, DROP_ORPHANS, recount, sweep } from "./neo4j-upkeep.js";

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
// Two changes of one document may be applied in any order: the later one stays.
const MAY_APPLY = `
  MATCH (d:Document {tenantId: $tenantId, id: $documentId})
  RETURN NOT EXISTS { MATCH (:DeletedDocument {tenantId: $tenantId, id: $documentId}) }
    AND coalesce(d.revision, 0) <= $revision AS may`;
const DROP_EMPTY_DOCUMENT = `
  MATCH (d:Document {tenantId: $tenantId, id: $documentId})
  WHERE d.visibleGeneration IS NULL AND d.revision IS NULL AND NOT EXISTS { (d)-[:HAS_CHUNK]->() } DELETE d`;

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
  SET c.tenantId = $tenantId, c.scope = CASE WHEN c.visible THEN c.scope ELSE $scope END, c.generationKey = $generationKey, c.documentId = $documentId, c.generation = toInteger($generation),
      c.position = toInteger(row.position), c.text = row.text, c.elementType = row.elementType, c.headingPath = row.headingPath,
      c.pages = [page IN row.pages | toInteger(page)], c.boxes = row.boxes, c.tokens = toInteger(row.tokens)
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

/** The graph's writer on Neo4j. */
export function neo4jWriter(database: GraphDatabase): GraphWriter {
  return {
    write: (ref, department, chunks, signal) =>
      database.write(async (run) => {
        // Not for a deleted document, nor for a generation older than the visible one.
        if (!(await may(run, MAY_WRITE, params(ref)))) return false;
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

    async applied(tenantId, revisions, signal) {
      const rows = await database.read<{ id: string }>(
        `UNWIND $documents AS row MATCH (d:Document {tenantId: $tenantId, id: row.id}) WHERE d.revision >= row.revision RETURN d.id AS id`,
        { tenantId, documents: [...revisions].map(([id, revision]) => ({ id, revision })) },
        signal,
      );
      return new Set(rows.map(({ id }) => id));
    },

    async show(ref, { department, revision }, signal) {
      const values = { ...params(ref), revision, scope: scopeKey(ref.tenantId, department) };
      const applied = await database.write(async (run) => {
        if (!(await may(run, MAY_APPLY, values))) return false;
        const touched = await affected(run, ref.tenantId, ref.documentId);
        await run(
          `MATCH (d:Document {tenantId: $tenantId, id: $documentId})
           SET d.visibleGeneration = toInteger($generation), d.scope = $scope, d.revision = toInteger($revision)`,
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
      if (applied) await sweep(database, ref.tenantId, ref.documentId, ref.generation, signal);
      return applied;
    },

    hide: (tenantId, documentId, revision, signal) =>
      database.write(async (run) => {
        const values = { tenantId, documentId, revision };
        if (!(await may(run, MAY_APPLY, values))) return false;
        await hideChunks(run, tenantId, documentId);
        await run(
          "MATCH (d:Document {tenantId: $tenantId, id: $documentId}) SET d.revision = toInteger($revision)",
          values,
        );
        return true;
      }, signal),
    discard: (ref, signal) => sweep(database, ref.tenantId, ref.documentId, null, signal, ref.generation),

    async inventory(tenantId, signal) {
      const holdings = await database.read<Inventory["holdings"][number]>(
        `MATCH (d:Document {tenantId: $tenantId}) OPTIONAL MATCH (d)-[:HAS_CHUNK]->(c:Chunk)
         RETURN d.id AS documentId, coalesce(c.generation, d.visibleGeneration, 0) AS generation, count(c) AS items
         LIMIT toInteger($limit)`,
        { tenantId, limit: MAX_HOLDINGS + 1 },
        signal,
      );
      if (holdings.length > MAX_HOLDINGS) throw new PermanentFailure("INVENTORY_TOO_LARGE", `over ${MAX_HOLDINGS}`);
      const [loose] = await database.read<{ entities: number }>(
        "MATCH (e:Entity {tenantId: $tenantId}) WHERE NOT EXISTS { (e)<-[:MENTIONS]-() } RETURN count(e) AS entities",
        { tenantId },
        signal,
      );
      return { holdings, loose: loose?.entities ?? 0 };
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
        await hideChunks(run, tenantId, documentId);
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

/** Locks the document and asks `rule`; a refusal leaves no trace. */
async function may(run: Run, rule: string, values: Record<string, unknown>): Promise<boolean> {
  await run(LOCK_DOCUMENT, values);
  const [row] = await run<{ may: boolean }>(rule, values);
  if (row?.may) return true;
  await run(DROP_EMPTY_DOCUMENT, values);
  return false;
}

async function hideChunks(run: Run, tenantId: string, documentId: string): Promise<void> {
  const touched = await affected(run, tenantId, documentId);
  await run("MATCH (c:Chunk {documentId: $documentId}) WHERE c.tenantId = $tenantId SET c.visible = false", {
    tenantId,
    documentId,
  });
  await recount(run, touched.entityIds, touched.scopes);
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
    generationKey: generationKey(ref.documentId, ref.generation),
    chunks: chunks.map(({ chunk }) => ({
      id: chunk.id,
      position: chunk.position,
      text: chunk.text,
      elementType: chunk.elementType,
      headingPath: chunk.headingPath,
      pages: chunk.pages,
      tokens: chunk.tokens,
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
