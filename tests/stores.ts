import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { Redis } from "ioredis";
import neo4j from "neo4j-driver";
import pg from "pg";
import { variable } from "./product.js";

/** How much of a document lies in each store. */
export interface Traces {
  readonly postgres: number;
  readonly objects: number;
  readonly vectors: number;
  readonly graph: number;
  readonly redis: number;
}

export interface AuditRow {
  readonly user_id: string | null;
  readonly service: string;
  readonly action: string;
  readonly object_type: string | null;
  readonly object_id: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly trace_id: string;
}

export interface StoredChunk {
  readonly id: string;
  readonly generation: number;
  readonly text: string;
}

/** The stores themselves, past the product: for what its API must never say. */
export interface Stores {
  tracesOf(tenant: string, documentId: string): Promise<Traces>;
  /** Rows of the vector index, of any generation. */
  vectorsOf(documentId: string): Promise<StoredChunk[]>;
  /** Chunk nodes of the graph, of any generation. */
  graphChunksOf(documentId: string): Promise<StoredChunk[]>;
  auditOf(tenant: string | null, traceId: string): Promise<AuditRow[]>;
  close(): Promise<void>;
}

/** Tables in which a trace of a deleted document stays on purpose: its receipt. */
const RECEIPTS = ["deletions"];

export async function openStores(): Promise<Stores> {
  const postgres = new pg.Pool({ connectionString: variable("DATABASE_URL"), max: 2 });
  const milvus = new MilvusClient({ address: variable("MILVUS_ADDRESS"), logLevel: "error" });
  const driver = neo4j.driver(
    variable("NEO4J_URI"),
    neo4j.auth.basic(variable("NEO4J_USER"), variable("NEO4J_PASSWORD")),
    { disableLosslessIntegers: true },
  );
  const redis = new Redis(variable("REDIS_URL"), { commandTimeout: 5000 });
  const s3 = new S3Client({
    endpoint: variable("S3_ENDPOINT"),
    region: variable("S3_REGION"),
    forcePathStyle: true,
    credentials: { accessKeyId: variable("S3_ACCESS_KEY_ID"), secretAccessKey: variable("S3_SECRET_ACCESS_KEY") },
  });
  await milvus.connectPromise;

  const vectorsOf = async (documentId: string): Promise<StoredChunk[]> => {
    const { data } = await milvus.listCollections({ timeout: 10_000 });
    const names = (data as readonly { name: string }[]).map(({ name }) => name);
    const found = await Promise.all(
      names
        .filter((name) => name.startsWith("documents_"))
        .map((collection_name) =>
          milvus.query({
            collection_name,
            filter: `document_id == "${documentId}"`,
            output_fields: ["chunk_id", "generation", "content"],
            limit: 10_000,
            timeout: 10_000,
          }),
        ),
    );
    return found
      .flatMap(({ data }) => data)
      .map((row) => ({
        id: String(row["chunk_id"]),
        generation: Number(row["generation"]),
        text: String(row["content"]),
      }));
  };
  const graph = async <R>(cypher: string, parameters: object): Promise<R[]> =>
    (await driver.executeQuery(cypher, parameters)).records.map((record) => record.toObject() as R);

  const inPostgres = async (documentId: string): Promise<number> => {
    const tables = await postgres.query<{ table_name: string }>(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'documents' AND table_type = 'BASE TABLE'",
    );
    let count = 0;
    for (const { table_name } of tables.rows.filter((row) => !RECEIPTS.includes(row.table_name))) {
      const table = `documents."${table_name}"`;
      const { rows } = await postgres.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${table} t WHERE t::text LIKE $1`,
        [`%${documentId}%`],
      );
      count += rows[0]?.n ?? 0;
    }
    return count;
  };
  const inS3 = async (tenant: string, documentId: string): Promise<number> => {
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: variable("S3_BUCKET"), Prefix: `documents/${tenant}/` }),
      { abortSignal: AbortSignal.timeout(10_000) },
    );
    return Contents.filter(({ Key }) => Key?.includes(documentId)).length;
  };
  const inRedis = async (tenant: string, documentId: string): Promise<number> => {
    let keys = 0;
    for await (const page of redis.scanStream({ match: `t:${tenant}:*${documentId}*`, count: 1000 }))
      keys += (page as string[]).filter((key) => !key.includes(":purged:")).length;
    // Marks that the document is hidden and purged stay, so that no late writer can bring it back.
    const state = await redis.hget(`t:${tenant}:visibility`, documentId);
    return keys + (state !== null && !(JSON.parse(state) as { hidden?: boolean }).hidden ? 1 : 0);
  };

  return {
    vectorsOf,
    graphChunksOf: (documentId) =>
      graph("MATCH (c:Chunk {documentId: $documentId}) RETURN c.id AS id, c.generation AS generation, c.text AS text", {
        documentId,
      }),
    async tracesOf(tenant, documentId) {
      const [rows, objects, vectors, nodes, keys] = await Promise.all([
        inPostgres(documentId),
        inS3(tenant, documentId),
        vectorsOf(documentId),
        graph<{ n: number }>(
          `OPTIONAL MATCH (d:Document {id: $documentId}) WITH count(d) AS documents
           OPTIONAL MATCH (c:Chunk {documentId: $documentId}) WITH documents, count(c) AS chunks
           RETURN documents + chunks AS n`,
          { documentId },
        ),
        inRedis(tenant, documentId),
      ]);
      return { postgres: rows, objects, vectors: vectors.length, graph: nodes[0]?.n ?? 0, redis: keys };
    },
    async auditOf(tenant, traceId) {
      const { rows } = await postgres.query<AuditRow>(
        `SELECT user_id, service, action, object_type, object_id, outcome, reason, trace_id
         FROM audit.events WHERE tenant_id IS NOT DISTINCT FROM $1 AND trace_id = $2 ORDER BY id`,
        [tenant, traceId],
      );
      return rows;
    },
    async close() {
      redis.disconnect();
      s3.destroy();
      await Promise.all([postgres.end(), driver.close(), milvus.closeConnection()]);
    },
  };
}
