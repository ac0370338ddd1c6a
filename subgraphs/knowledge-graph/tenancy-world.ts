import { randomUUID } from "node:crypto";
import { type GraphQLSchema, graphql } from "graphql";
import type { Viewer } from "../../platform/auth/viewer.js";
import type { GraphContext } from "../../platform/graphql/context.js";
import { createLogger } from "../../platform/logging/logger.js";
import { createRedis, type Redis } from "../../platform/redis/redis.js";
import { createVisibilityFollower, type VisibilityFollower } from "../../platform/visibility/follower.js";
import { pendingKey, visibilityKey } from "../../platform/visibility/keys.js";
import { createVisibilityFeed, type VisibilityFeed } from "../../platform/visibility/visibility.js";
import { type GraphDatabase, openNeo4j } from "./adapters/neo4j-database.js";
import { buildNodeSchema, neo4jNodes } from "./adapters/neo4j-nodes.js";
import { neo4jOverlay } from "./adapters/neo4j-overlay.js";
import { neo4jReader } from "./adapters/neo4j-reader.js";
import { ensureGraphSchema } from "./adapters/neo4j-schema.js";
import { neo4jWalkReader } from "./adapters/neo4j-walk.js";
import { entityId, neo4jWriter } from "./adapters/neo4j-writer.js";
import { buildKnowledgeGraphSchema } from "./api/schema.js";
import type { ExtractedChunk, GraphWriter } from "./ports.js";

const run = randomUUID().slice(0, 8);
export const TENANT = `t-kg-${run}`;
export const OTHER = `t-kg-other-${run}`;
/** The suite asks what is right, not how fast: a busy machine must not turn an answer into a time-out. */
const PATIENCE_MS = 50_000;
export const logger = createLogger("test", "silent");
let database: GraphDatabase;
let redis: Redis;
export let feed: VisibilityFeed;
export let follower: VisibilityFollower;
export let writer: GraphWriter;
export let schema: GraphQLSchema;

const viewer = (tenantId: string, ...departments: string[]): Viewer => ({
  tenantId,
  userId: "u",
  departments,
  roles: ["member"],
  expiresAt: Date.now() / 1000 + 600,
});
export const HR = viewer(TENANT, "hr");
export const SALES = viewer(TENANT, "sales");
export const NONE = viewer(TENANT);
export const STRANGER = viewer(OTHER, "hr", "sales");

export interface Sentence {
  mentions: string[];
  relation?: [string, string, string];
}
export const chunkOf = (id: string, position: number, { mentions, relation }: Sentence): ExtractedChunk => ({
  chunk: {
    id,
    position,
    text: `text of ${id}`,
    elementType: "NarrativeText",
    headingPath: ["H"],
    pages: [1],
    boxes: [{ page: 1, x0: 0.1, y0: 0.2, x1: 0.3, y1: 0.4 }],
    tokens: 5,
  },
  extraction: {
    mentions: mentions.map((surface) => ({
      key: surface.toLowerCase(),
      surfaces: [surface],
      count: 1,
      lead: false,
      confidence: 0.9,
    })),
    relations: relation
      ? [
          {
            subject: relation[0].toLowerCase(),
            relationType: relation[1],
            object: relation[2].toLowerCase(),
            count: 1,
            subjectName: relation[0],
            objectName: relation[2],
          },
        ]
      : [],
  },
});
export const ent = (key: string, tenant = TENANT): string => entityId(tenant, key);
export const chk = (name: string): string => `chk_${run}_${name}`;
export const doc = (name: string): string => `doc_${run}_${name}`;

export async function publish(
  tenantId: string,
  document: string,
  department: string | null,
  chunks: Record<string, Sentence>,
): Promise<void> {
  const ref = { tenantId, documentId: doc(document), generation: 1 };
  const signal = AbortSignal.timeout(20_000);
  await writer.write(
    ref,
    department,
    Object.entries(chunks).map(([id, sentence], i) => chunkOf(chk(id), i, sentence)),
    signal,
  );
  const state = { generation: 1, department, datasetId: "ds", revision: 1 };
  await feed.publish(tenantId, ref.documentId, state);
  await writer.show(ref, state, signal);
  await follower.caughtUp(tenantId, [{ id: ref.documentId, revision: 1 }]);
}

/** Runs an operation as a viewer; throws its first error. */
export async function ask<T = Record<string, never>>(
  who: Viewer,
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<T> {
  const contextValue: GraphContext = {
    viewer: who,
    caller: "router",
    traceId: "t",
    signal: AbortSignal.timeout(PATIENCE_MS),
    logger,
    loaders: new Map(),
  };
  const result = await graphql({ schema, source, contextValue, variableValues });
  if (result.errors) throw result.errors[0]?.originalError ?? result.errors[0];
  return JSON.parse(JSON.stringify(result.data)) as T;
}

/** Fills a graph of two tenants, with passages of two departments and shared ones. */
export async function openWorld(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  database = openNeo4j({
    uri: env["NEO4J_URI"] ?? "",
    user: env["NEO4J_USER"] ?? "",
    password: env["NEO4J_PASSWORD"] ?? "",
    logger,
    readTimeoutMs: PATIENCE_MS,
  });
  redis = createRedis(env["REDIS_URL"] ?? "", "knowledge-graph-suite", logger);
  feed = createVisibilityFeed(redis);
  follower = createVisibilityFollower(redis, "knowledge-graph");
  writer = neo4jWriter(database);
  await ensureGraphSchema(database, AbortSignal.timeout(60_000));
  schema = (
    await buildKnowledgeGraphSchema({
      nodes: neo4jNodes(await buildNodeSchema(database.driver), logger, PATIENCE_MS),
      graph: neo4jReader(database),
      walk: neo4jWalkReader(database),
      readings: { pending: follower.pending, store: neo4jOverlay(database) },
      rankTimeoutMs: PATIENCE_MS,
    })
  ).schema;
  await publish(TENANT, "shared", null, {
    s1: { mentions: ["Leave", "Portal"], relation: ["Leave", "REQUESTED_THROUGH", "Portal"] },
    s2: { mentions: ["Portal"] },
  });
  await publish(TENANT, "hr", "hr", {
    h1: { mentions: ["LEAVE", "Severance"], relation: ["Leave", "RELATED_TO", "Severance"] },
    h2: { mentions: ["Severance", "Portal"], relation: ["Severance", "MANAGED_BY", "Portal"] },
  });
  await publish(TENANT, "sales", "sales", { a1: { mentions: ["Discount", "Portal"] } });
  await publish(OTHER, "foreign", null, { f1: { mentions: ["Leave", "Severance"] } });
}
/** Removes all of it. */
export async function closeWorld(): Promise<void> {
  await database.write(
    (cypher) => cypher("MATCH (n) WHERE n.tenantId IN $tenants DETACH DELETE n", { tenants: [TENANT, OTHER] }),
    AbortSignal.timeout(20_000),
  );
  await database.write(
    (cypher) =>
      cypher("MATCH (s:Scope) WHERE any(t IN $tenants WHERE s.id STARTS WITH t + '/') DELETE s", {
        tenants: [TENANT, OTHER],
      }),
    AbortSignal.timeout(20_000),
  );
  await database.close();
  await redis.del(
    ...[TENANT, OTHER].flatMap((tenant) => [visibilityKey(tenant), pendingKey(tenant, "knowledge-graph")]),
  );
  redis.disconnect();
}
