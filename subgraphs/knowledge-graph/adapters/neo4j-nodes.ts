import { randomBytes } from "node:crypto";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { execute, type GraphQLSchema, parse } from "graphql";
import type { Driver } from "neo4j-driver";
import type { Logger } from "../../../platform/logging/logger.js";
import type { ChunkRecord, EntityRecord, NodeReader, Reading } from "../ports.js";
import { READ_TIMEOUT_MS, type Replan, translate } from "./neo4j-database.js";
import { markedCount } from "./neo4j-readable.js";

/** The most nodes one call may ask for; the filter `id: { in: […] }` is the only one that is ever used. */
const MAX_NODES = 500;

const READABLE = `{
  tenantId: { eq: "$jwt.tenantId" }
  OR: [
    { scope: { in: "$jwt.scopes" }, visible: { eq: true }, NOT: { documentId: { in: "$jwt.changing" } } }
    { generationKey: { in: "$jwt.shown" } }
  ]
}`;
/** A list claim that is empty counts as missing, which would refuse everything. */
const claim = (values: readonly string[]): readonly string[] => (values.length > 0 ? values : ["-"]);

/**
 * The nodes as @neo4j/graphql serves them. Every type carries the tenant, and what makes it readable: a chunk is visible and of a
 * scope (tenant/department) of the viewer, or of a generation that was published to them and that the store does not show yet; an
 * entity is mentioned by such a chunk. What depends on the viewer is computed from those
 * chunks alone. Mutations and subscriptions are not generated, and nothing of this schema is published: it is this room's store.
 */
const TYPES = /* GraphQL */ `
  extend schema @mutation(operations: [])
  extend schema @subscription(events: [])

  type JWT @jwt {
    tenantId: String!
    scopes: [String!]!
    changing: [String!]!
    shown: [String!]!
  }

  type Chunk
    @node
    @query(read: true, connection: false, aggregate: false)
    @limit(default: ${MAX_NODES}, max: ${MAX_NODES})
    @authorization(
      filter: [{ where: { node: ${READABLE} } }]
    ) {
    id: ID!
    tenantId: String!
    scope: String!
    visible: Boolean!
    generationKey: String!
    documentId: ID!
    text: String!
    position: Int!
    pages: [Int!]!
    boxes: [Float!]!
    elementType: String!
    headingPath: [String!]!
    mentions: [Entity!]! @relationship(type: "MENTIONS", direction: OUT)
  }

  type Entity
    @node
    @query(read: true, connection: false, aggregate: false)
    @limit(default: ${MAX_NODES}, max: ${MAX_NODES})
    @authorization(
      filter: [
        {
          where: {
            node: {
              tenantId: { eq: "$jwt.tenantId" }
              mentionedBy: { some: ${READABLE} }
            }
          }
        }
      ]
    ) {
    id: ID!
    tenantId: String!
    mentionedBy: [Chunk!]! @relationship(type: "MENTIONS", direction: IN)
    surfaces: [String!]!
      @cypher(
        statement: """
        MATCH (this)<-[m:MENTIONS]-(c:Chunk)
        WHERE CASE WHEN c.documentId IN $jwt.changing THEN c.generationKey IN $jwt.shown ELSE c.visible AND c.scope IN $jwt.scopes END
        WITH m LIMIT 500
        UNWIND m.surfaces AS surface
        WITH surface, count(*) AS n ORDER BY n DESC, surface LIMIT 20
        RETURN collect(surface) AS surfaces
        """
        columnName: "surfaces"
      )
    readableChunkCount: Int!
      @cypher(
        statement: """
        RETURN coalesce($jwt.counts[this.id], ${markedCount("this").replaceAll("$scopes", "$jwt.scopes")}) AS readable
        """
        columnName: "readable"
      )
  }
`;

const CHUNKS = parse(
  "query ($ids: [ID!]!) { chunks(where: { id: { in: $ids } }) { id documentId text position pages boxes elementType headingPath } }",
);
const ENTITIES = parse(
  "query ($ids: [ID!]!) { entities(where: { id: { in: $ids } }) { id surfaces readableChunkCount } }",
);

/** Builds the store's schema over a driver; nothing is sent to the database yet. */
export const buildNodeSchema = (driver: Driver): Promise<GraphQLSchema> =>
  new Neo4jGraphQL({
    typeDefs: TYPES,
    driver,
    // Verified claims are passed as `context.jwt`; no token is ever decoded here, so the key is one that signs nothing.
    features: { authorization: { key: randomBytes(32).toString("hex") } },
  }).getSchema();

/** Reads nodes by id through @neo4j/graphql, one statement for any number of ids. */
export function neo4jNodes(
  schema: GraphQLSchema,
  logger: Logger,
  timeoutMs = READ_TIMEOUT_MS,
  replan: Replan = "skip",
): NodeReader {
  async function query<T>(
    document: typeof CHUNKS,
    field: string,
    ids: readonly string[],
    reading: Reading,
  ): Promise<T[]> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return [];
    if (wanted.length > MAX_NODES) {
      const parts: T[] = [];
      for (let at = 0; at < wanted.length; at += MAX_NODES)
        parts.push(...(await query<T>(document, field, wanted.slice(at, at + MAX_NODES), reading)));
      return parts;
    }
    reading.signal.throwIfAborted();
    const result = Promise.resolve(
      execute({
        schema,
        document,
        variableValues: { ids: wanted },
        contextValue: {
          jwt: {
            tenantId: reading.tenantId,
            scopes: claim(reading.scopes),
            changing: claim(reading.overlay?.changing ?? []),
            shown: claim(reading.overlay?.shown ?? []),
            counts: reading.overlay?.counts ?? {},
          },
          transaction: { timeout: timeoutMs },
          cypherQueryOptions: { replan },
        },
      }),
    );
    let onAbort = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(reading.signal.reason);
      reading.signal.addEventListener("abort", onAbort, { once: true });
    });
    result.catch(() => {}); // the race may have been decided before
    try {
      const { data, errors } = await Promise.race([result, aborted]);
      const failure = errors?.[0];
      if (failure) throw translate(failure.originalError ?? failure, logger);
      return (data?.[field] ?? []) as T[];
    } finally {
      reading.signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    async chunks(ids, reading) {
      const rows = await query<Omit<ChunkRecord, "boxes"> & { boxes: number[] }>(CHUNKS, "chunks", ids, reading);
      return new Map(rows.map((row) => [row.id, { ...row, boxes: boxesOf(row.boxes) }]));
    },
    async entities(ids, reading) {
      const rows = await query<{ id: string; surfaces: string[]; readableChunkCount: number }>(
        ENTITIES,
        "entities",
        ids,
        reading,
      );
      return new Map(
        rows.map((row) => [
          row.id,
          { id: row.id, surfaces: row.surfaces, chunkCount: row.readableChunkCount } satisfies EntityRecord,
        ]),
      );
    },
  };
}

/** The store keeps no lists of maps: five numbers a box. */
function boxesOf(flat: readonly number[]): ChunkRecord["boxes"] {
  const boxes: { page: number; x0: number; y0: number; x1: number; y1: number }[] = [];
  for (let at = 0; at + 4 < flat.length; at += 5) {
    const [page, x0, y0, x1, y1] = flat.slice(at, at + 5) as [number, number, number, number, number];
    boxes.push({ page, x0, y0, x1, y1 });
  }
  return boxes;
}
