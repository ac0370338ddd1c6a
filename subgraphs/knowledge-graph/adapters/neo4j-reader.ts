import { entityKey } from "../domain/extraction/entity-key.js";
import type {
  GraphReader,
  IdPage,
  MentionRecord,
  PageRequest,
  Reading,
  RelatedDocumentRecord,
  StatisticsRecord,
} from "../ports.js";
import type { GraphDatabase } from "./neo4j-database.js";
import { readerParams, sightOf } from "./neo4j-readable.js";
import { relationsAround } from "./neo4j-relations.js";

/** A mention in a chunk's heading or opening outweighs any number of passing ones. */
const LEAD_WEIGHT = 1000;

/** Keyset: rows after the cursor, for an order by a number (descending) and the id. */
const AFTER_WEIGHT = (id: string): string =>
  `($after IS NULL OR n < $after[0] OR (n = $after[0] AND ${id} > $after[1]))`;

const grouped = <R extends { owner: string }, T>(
  owners: readonly string[],
  rows: readonly R[],
  of: (rows: R[]) => T,
): Map<string, T> => {
  const byOwner = new Map<string, R[]>(owners.map((owner) => [owner, []]));
  for (const row of rows) byOwner.get(row.owner)?.push(row);
  return new Map([...byOwner].map(([owner, group]) => [owner, of(group)]));
};

/** Lists and neighbourhoods on Neo4j. Every statement passes through readable chunks, or through counts by readable scope. */
export function neo4jReader(database: GraphDatabase): GraphReader {
  /**
   * One page for each owner. `rows` sees `owner`, binds `id` and `key` (a list) and orders by that key; `count` returns `total`.
   * Both run at once.
   */
  async function pages(
    owners: readonly string[],
    rows: string,
    count: string,
    request: PageRequest,
    reading: Reading,
    extra: Record<string, unknown> = {},
  ): Promise<Map<string, IdPage>> {
    const values = {
      ...extra,
      ...readerParams(reading),
      owners,
      after: request.after ?? null,
      limit: request.first + 1,
    };
    const [found, totals] = await Promise.all([
      database.read<{ owner: string; id: string; key: (string | number)[] }>(
        `UNWIND $owners AS owner CALL (owner) { ${rows} LIMIT toInteger($limit) } RETURN owner, id, key`,
        values,
        reading.signal,
      ),
      database.read<{ owner: string; total: number }>(
        `UNWIND $owners AS owner CALL (owner) { ${count} } RETURN owner, total`,
        values,
        reading.signal,
      ),
    ]);
    const total = new Map(totals.map((row) => [row.owner, row.total]));
    return new Map(
      [...grouped(owners, found, (group) => group)].map(([owner, group]) => [
        owner,
        { rows: group, total: total.get(owner) ?? 0 },
      ]),
    );
  }

  return {
    chunksOfDocuments(documentIds, request, reading) {
      const sight = sightOf(reading);
      return pages(
        documentIds,
        `MATCH (c:Chunk {documentId: owner}) WHERE ${sight.chunk("c")}
         AND ($after IS NULL OR c.position > $after[0] OR (c.position = $after[0] AND c.id > $after[1]))
         RETURN c.id AS id, [c.position, c.id] AS key ORDER BY c.position, c.id`,
        `MATCH (c:Chunk {documentId: owner}) WHERE ${sight.chunk("c")} RETURN count(c) AS total`,
        request,
        reading,
      );
    },

    entitiesOfDocuments(documentIds, request, reading) {
      const sight = sightOf(reading);
      return pages(
        documentIds,
        `MATCH (c:Chunk {documentId: owner})-[m:MENTIONS]->(e:Entity) WHERE ${sight.chunk("c")}
         WITH e, sum(m.count) AS n WHERE ${AFTER_WEIGHT("e.id")}
         RETURN e.id AS id, [n, e.id] AS key ORDER BY n DESC, id`,
        `MATCH (c:Chunk {documentId: owner})-[:MENTIONS]->(e:Entity) WHERE ${sight.chunk("c")} RETURN count(DISTINCT e) AS total`,
        request,
        reading,
      );
    },

    chunksOfEntities(entityIds, request, reading) {
      const sight = sightOf(reading);
      return pages(
        entityIds,
        `MATCH (e:Entity {id: owner, tenantId: $tenantId})<-[m:MENTIONS]-(c:Chunk) WHERE ${sight.chunk("c")}
         WITH c, m.count + CASE WHEN m.lead THEN ${LEAD_WEIGHT} ELSE 0 END AS n WHERE ${AFTER_WEIGHT("c.id")}
         RETURN c.id AS id, [n, c.id] AS key ORDER BY n DESC, id`,
        `MATCH (e:Entity {id: owner, tenantId: $tenantId})<-[:MENTIONS]-(c:Chunk) WHERE ${sight.chunk("c")} RETURN count(c) AS total`,
        request,
        reading,
      );
    },

    async entitiesNamed(search, request, reading) {
      const sight = sightOf(reading);
      const key = entityKey(search);
      const nothing: IdPage = { rows: [], total: 0 };
      if (!key && search.trim() !== "") return nothing;
      // Every spelling of an entity has its key, so matching the key matches exactly what the viewer may read of its names.
      const match = `MATCH (e:Entity) WHERE e.tenantId = $tenantId AND e.key CONTAINS owner WITH e, ${sight.count("e")} AS n WHERE n > 0`;
      const found = await pages(
        [key],
        `${match} AND ${AFTER_WEIGHT("e.id")} RETURN e.id AS id, [n, e.id] AS key ORDER BY n DESC, id`,
        `${match} RETURN count(e) AS total`,
        request,
        reading,
      );
      return found.get(key) ?? nothing;
    },

    async mentionsOfChunks(chunkIds, reading) {
      const sight = sightOf(reading);
      const rows = await database.read<MentionRecord & { owner: string }>(
        `MATCH (c:Chunk)-[m:MENTIONS]->(e:Entity) WHERE c.id IN $chunkIds AND ${sight.chunk("c")}
         RETURN c.id AS owner, e.id AS entityId, m.count AS count, m.lead AS lead, m.confidence AS confidence
         ORDER BY lead DESC, count DESC, confidence DESC, entityId`,
        { chunkIds, ...readerParams(reading) },
        reading.signal,
      );
      return grouped(chunkIds, rows, (group) => group);
    },

    relationsOf: (entityIds, maxHops, first, reading) => relationsAround(database, entityIds, maxHops, first, reading),

    async statisticsOf(documentIds, reading) {
      const sight = sightOf(reading);
      const rows = await database.read<StatisticsRecord & { owner: string }>(
        `UNWIND $owners AS owner
         CALL (owner) {
           MATCH (c:Chunk {documentId: owner}) WHERE ${sight.chunk("c")}
           WITH c.elementType AS elementType, count(c) AS n, count(c.tokens) AS counted, sum(c.tokens) AS tokens
           ORDER BY n DESC, elementType
           RETURN coalesce(sum(n), 0) AS chunks, collect({elementType: elementType, chunks: n}) AS elements,
             CASE WHEN sum(counted) = sum(n) THEN toInteger(sum(tokens)) END AS tokens
         }
         CALL (owner) {
           MATCH (c:Chunk {documentId: owner})-[m:MENTIONS]->(e:Entity) WHERE ${sight.chunk("c")}
           RETURN count(DISTINCT e) AS entities, coalesce(sum(m.count), 0) AS mentions
         }
         RETURN owner, chunks, tokens, elements, entities, mentions`,
        { owners: documentIds, ...readerParams(reading) },
        reading.signal,
      );
      return new Map(rows.map((row) => [row.owner, row]));
    },

    async documentsRelatedTo(documentIds, first, reading) {
      const sight = sightOf(reading);
      const rows = await database.read<RelatedDocumentRecord & { owner: string }>(
        `UNWIND $owners AS owner CALL (owner) {
           MATCH (c:Chunk {documentId: owner})-[:MENTIONS]->(e:Entity) WHERE ${sight.chunk("c")}
           WITH DISTINCT owner, e, ${sight.count("e")} AS n WHERE n > 1 AND n <= 30
           MATCH (e)<-[:MENTIONS]-(o:Chunk) WHERE ${sight.chunk("o")} AND o.documentId <> owner
           WITH o.documentId AS other, e, n, count(*) AS chunks
           WITH other, sum(1.0 / n) AS strength, count(e) AS shared, collect(e.id) AS entities
           RETURN other AS documentId, shared AS sharedEntities, entities[0..10] AS entityIds
           ORDER BY strength DESC, other LIMIT toInteger($first)
         } RETURN owner, documentId, sharedEntities, entityIds`,
        { owners: documentIds, first, ...readerParams(reading) },
        reading.signal,
      );
      return grouped(documentIds, rows, (group) => group);
    },
  };
}
