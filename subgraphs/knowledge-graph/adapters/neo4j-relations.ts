import type { Reading, RelationRecord } from "../ports.js";
import type { GraphDatabase } from "./neo4j-database.js";
import { readerParams, sightOf } from "./neo4j-readable.js";

const MAX_EVIDENCE = 20;
/** Supports looked at around one entity; of a hub's relations the strongest of these are shown. */
const MAX_EDGES = 2000;
/** The strongest neighbours that a second hop goes over. */
const MAX_BRIDGES = 10;

type Row = RelationRecord & { readonly owner: string };

/** Relations of some entities, the strongest first, each through chunks that the reader may read, on both hops. */
export async function relationsAround(
  database: GraphDatabase,
  entityIds: readonly string[],
  maxHops: number,
  first: number,
  reading: Reading,
): Promise<Map<string, RelationRecord[]>> {
  const sight = sightOf(reading);
  const oneHop = async (ids: readonly string[]): Promise<Map<string, Row[]>> => {
    const rows = await database.read<Row>(
      `UNWIND $ids AS owner CALL (owner) {
         MATCH (e:Entity {id: owner, tenantId: $tenantId})-[r:RELATED_TO]-(o:Entity)
         WITH e, r, o LIMIT toInteger($edges)
         MATCH (c:Chunk {id: r.chunkId}) WHERE ${sight.chunk("c")}
         RETURN o.id AS entityId, r.relationType AS relationType, startNode(r) = e AS outgoing,
           sum(r.weight) AS weight, collect(DISTINCT c.id) AS chunks
       }
       RETURN owner, entityId, relationType, outgoing, weight, chunks[0..${MAX_EVIDENCE}] AS evidence, 1 AS hops
       ORDER BY owner, weight DESC, entityId, relationType`,
      { ids, edges: MAX_EDGES, ...readerParams(reading) },
      reading.signal,
    );
    const byOwner = new Map<string, Row[]>(ids.map((id) => [id, []]));
    for (const row of rows) byOwner.get(row.owner)?.push(row);
    return byOwner;
  };

  const near = await oneHop(entityIds);
  const bridges = new Map<string, string[]>(
    [...near].map(([owner, rows]) => [
      owner,
      rows.length < first ? [...new Set(rows.map((row) => row.entityId))].slice(0, MAX_BRIDGES) : [],
    ]),
  );
  const far = maxHops > 1 ? await oneHop([...new Set([...bridges.values()].flat())]) : new Map<string, Row[]>();
  return new Map(
    [...near].map(([owner, rows]) => {
      const known = new Set([owner, ...rows.map((row) => row.entityId)]);
      const found: RelationRecord[] = rows.slice(0, first);
      for (const row of (bridges.get(owner) ?? []).flatMap((bridge) => far.get(bridge) ?? [])) {
        if (found.length >= first) break;
        if (known.has(row.entityId)) continue;
        known.add(row.entityId);
        found.push({ ...row, hops: 2 });
      }
      return [owner, found];
    }),
  );
}
