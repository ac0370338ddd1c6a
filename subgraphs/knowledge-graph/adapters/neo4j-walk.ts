import type { OtherMentions } from "../domain/walk.js";
import type { FactRecord, NamedEntity, NeighbourChunk, Reading, WalkReader } from "../ports.js";
import type { GraphDatabase } from "./neo4j-database.js";
import { readerParams, sightOf } from "./neo4j-readable.js";

/** What the graph walk reads: no path leads through a chunk that the viewer may not read, and every count is the viewer's own. */
export function neo4jWalkReader(database: GraphDatabase): WalkReader {
  const read = <R extends object>(cypher: string, params: Record<string, unknown>, reading: Reading): Promise<R[]> =>
    database.read<R>(cypher, { ...params, ...readerParams(reading) }, reading.signal);

  return {
    async survey(keys, reading) {
      const sight = sightOf(reading);
      const [row] = await read<{ totalChunks: number; named: NamedEntity[] }>(
        `CALL () { MATCH (s:Scope) WHERE s.id IN $scopes RETURN coalesce(sum(s.chunkCount), 0) AS totalChunks }
         CALL () {
           UNWIND $keys AS key
           MATCH (e:Entity {tenantId: $tenantId, key: key})
           WITH e, ${sight.count("e")} AS n WHERE n > 0
           CALL (e) { MATCH (e)<-[m:MENTIONS]-(c:Chunk) WHERE ${sight.chunk("c")} RETURN m.surfaces[0] AS name LIMIT 1 }
           RETURN collect({id: e.id, key: e.key, name: name, chunkCount: n}) AS named
         }
         RETURN totalChunks, named`,
        { keys },
        reading,
      );
      return { named: row?.named ?? [], totalChunks: (row?.totalChunks ?? 0) + (reading.overlay?.chunkDelta ?? 0) };
    },

    async links(seeds, entityIds, maxChunks, reading) {
      const sight = sightOf(reading);
      const rows = await read<{ id: string; links: number }>(
        `CALL () {
           MATCH (s:Chunk)-[:MENTIONS]->(e:Entity) WHERE s.id IN $seeds AND ${sight.chunk("s")} RETURN e
           UNION
           MATCH (e:Entity) WHERE e.id IN $entityIds AND e.tenantId = $tenantId RETURN e
         }
         WITH e WHERE ${sight.count("e")} <= $maxChunks
         MATCH (e)<-[:MENTIONS]-(c:Chunk) WHERE ${sight.chunk("c")}
         RETURN c.id AS id, count(*) AS links`,
        { seeds, entityIds, maxChunks },
        reading,
      );
      return new Map(rows.map((row) => [row.id, row.links]));
    },

    async neighbourhood(chunkIds, seeds, entityIds, maxChunks, reading) {
      const sight = sightOf(reading);
      // Grouped by entity: an id travels once, and what cannot conduct travels as a few counts. Names are read where they may be shown.
      const rows = await read<{
        id: string | null;
        n: number;
        at: [number, boolean, string][] | null;
        chunk: number | null;
        lead: boolean | null;
        count: number;
      }>(
        `UNWIND range(0, size($chunkIds) - 1) AS i
         MATCH (c:Chunk {id: $chunkIds[i]}) WHERE ${sight.chunk("c")}
         OPTIONAL MATCH (c)-[m:MENTIONS]->(e:Entity)
         WITH e, collect([i, m]) AS at
         WITH e, at, CASE WHEN e IS NULL THEN 0 ELSE ${sight.knownCount("e")} END AS n WHERE n <= $maxChunks
         WITH e, at, n, e IS NULL OR size(at) > 1 OR at[0][0] < $seeds OR e.id IN $entityIds AS conducts
         RETURN CASE WHEN conducts THEN e.id END AS id, n, CASE WHEN conducts THEN [x IN at | [x[0], x[1].lead, x[1].surfaces[0]]] END AS at,
           CASE WHEN NOT conducts THEN at[0][0] END AS chunk, CASE WHEN NOT conducts THEN at[0][1].lead END AS lead, count(*) AS count`,
        { chunkIds, seeds, entityIds, maxChunks },
        reading,
      );
      const chunks = new Map<
        number,
        { id: string; mentions: NeighbourChunk["mentions"][number][]; others: OtherMentions[] }
      >();
      const chunkAt = (i: number) => {
        const chunk = chunks.get(i) ?? { id: chunkIds[i] as string, mentions: [], others: [] };
        chunks.set(i, chunk);
        return chunk;
      };
      for (const row of rows) {
        if (row.chunk !== null)
          chunkAt(row.chunk).others.push({ chunkCount: row.n, lead: row.lead === true, count: row.count });
        for (const [i, lead, name] of row.at ?? []) {
          const chunk = chunkAt(i); // a chunk without any entity is walked too: its mass comes back to it
          if (row.id !== null) chunk.mentions.push({ entityId: row.id, chunkCount: row.n, lead, name });
        }
      }
      return [...chunks.entries()].sort(([a], [b]) => a - b).map(([, chunk]) => chunk);
    },

    facts(chunkIds, entityIds, limit, reading) {
      const sight = sightOf(reading);
      return read<FactRecord>(
        `MATCH (a:Entity)-[r:RELATED_TO]->(b:Entity) WHERE r.chunkId IN $chunkIds
         MATCH (c:Chunk {id: r.chunkId}) WHERE ${sight.chunk("c")}
         WITH a, b, r.relationType AS relationType, min(r.subjectName) AS subject, min(r.objectName) AS object, sum(r.weight) AS near
         WITH *, CASE WHEN a.id IN $entityIds THEN 2 ELSE 0 END + CASE WHEN b.id IN $entityIds THEN 2 ELSE 0 END
           + CASE WHEN relationType <> "RELATED_TO" THEN 1 ELSE 0 END AS relevance
         ORDER BY relevance DESC, near DESC, subject, object LIMIT toInteger($limit)
         MATCH (a)-[every:RELATED_TO {relationType: relationType}]->(b)
         MATCH (c:Chunk {id: every.chunkId}) WHERE ${sight.chunk("c")}
         WITH a, b, relationType, subject, object, relevance, sum(every.weight) AS weight, collect(DISTINCT c.id) AS evidence
         RETURN subject, relationType, object, toFloat(weight) AS weight, evidence[0..10] AS evidence
         ORDER BY relevance DESC, weight DESC, subject, object`,
        { chunkIds, entityIds, limit },
        reading,
      );
    },
  };
}
