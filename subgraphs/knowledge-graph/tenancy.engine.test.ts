import { randomUUID } from "node:crypto";
import { type GraphQLSchema, graphql } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import type { GraphContext } from "../../platform/graphql/context.js";
import { createLogger } from "../../platform/logging/logger.js";
import { type GraphDatabase, openNeo4j } from "./adapters/neo4j-database.js";
import { buildNodeSchema, neo4jNodes } from "./adapters/neo4j-nodes.js";
import { neo4jReader } from "./adapters/neo4j-reader.js";
import { ensureGraphSchema } from "./adapters/neo4j-schema.js";
import { neo4jWalkReader } from "./adapters/neo4j-walk.js";
import { entityId, neo4jWriter } from "./adapters/neo4j-writer.js";
import { buildKnowledgeGraphSchema } from "./api/schema.js";
import type { ExtractedChunk } from "./ports.js";

const run = randomUUID().slice(0, 8);
const TENANT = `t-kg-${run}`;
const OTHER = `t-kg-other-${run}`;
const logger = createLogger("test", "silent");
let database: GraphDatabase;
let schema: GraphQLSchema;

const viewer = (tenantId: string, ...departments: string[]): Viewer => ({
  tenantId,
  userId: "u",
  departments,
  roles: ["member"],
  expiresAt: Date.now() / 1000 + 600,
});
const HR = viewer(TENANT, "hr");
const SALES = viewer(TENANT, "sales");
const NONE = viewer(TENANT);
const STRANGER = viewer(OTHER, "hr", "sales");

interface Sentence {
  mentions: string[];
  relation?: [string, string, string];
}
const chunkOf = (id: string, position: number, { mentions, relation }: Sentence): ExtractedChunk => ({
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
const ent = (key: string, tenant = TENANT): string => entityId(tenant, key);
const chk = (name: string): string => `chk_${run}_${name}`;
const doc = (name: string): string => `doc_${run}_${name}`;

async function publish(
  tenantId: string,
  document: string,
  department: string | null,
  chunks: Record<string, Sentence>,
): Promise<void> {
  const writer = neo4jWriter(database);
  const ref = { tenantId, documentId: doc(document), generation: 1 };
  const signal = AbortSignal.timeout(20_000);
  await writer.write(
    ref,
    department,
    Object.entries(chunks).map(([id, sentence], i) => chunkOf(chk(id), i, sentence)),
    signal,
  );
  await writer.switchTo(ref, department, signal);
}

async function ask<T = Record<string, never>>(
  who: Viewer,
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<T> {
  const contextValue: GraphContext = {
    viewer: who,
    caller: "router",
    traceId: "t",
    signal: AbortSignal.timeout(30_000),
    logger,
    loaders: new Map(),
  };
  const result = await graphql({ schema, source, contextValue, variableValues });
  if (result.errors) throw result.errors[0]?.originalError ?? result.errors[0];
  return JSON.parse(JSON.stringify(result.data)) as T;
}

beforeAll(async () => {
  const env = process.env;
  database = openNeo4j({
    uri: env["NEO4J_URI"] ?? "",
    user: env["NEO4J_USER"] ?? "",
    password: env["NEO4J_PASSWORD"] ?? "",
    logger,
  });
  await ensureGraphSchema(database, AbortSignal.timeout(60_000));
  schema = (
    await buildKnowledgeGraphSchema({
      nodes: neo4jNodes(await buildNodeSchema(database.driver), logger),
      graph: neo4jReader(database),
      walk: neo4jWalkReader(database),
      rankTimeoutMs: 30_000,
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
});
afterAll(async () => {
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
});

const ENTITY =
  "name aliases mentionCount relatedTo(maxHops: 2) { entity { id } relationType hops weight evidence { id } } chunks { totalCount edges { node { id } } }";

describe("an entity that only another department's passages support does not exist", () => {
  test.each([
    ["another department", SALES],
    ["no department", NONE],
  ])("for %s: by id", async (_, who) => {
    expect(await ask(who, "query($id: ID!) { entity(id: $id) { id } }", { id: ent("severance") })).toEqual({
      entity: null,
    });
  });
  test("by reference", async () => {
    const query =
      "query($r: [_Any!]!) { _entities(representations: $r) { ... on Entity { id name } ... on Chunk { id text } } }";
    const r = [
      { __typename: "Entity", id: ent("severance") },
      { __typename: "Chunk", id: chk("h1") },
      { __typename: "Chunk", id: chk("s1") },
    ];
    expect(await ask(SALES, query, { r })).toEqual({
      _entities: [null, null, { id: chk("s1"), text: `text of ${chk("s1")}` }],
    });
    expect(await ask(HR, query, { r })).toMatchObject({
      _entities: [{ name: "Severance" }, { id: chk("h1") }, { id: chk("s1") }],
    });
  });
  test("in lists and their totals", async () => {
    const names = async (who: Viewer, search = "") => {
      const { entities } = await ask<{ entities: { totalCount: number; edges: { node: { name: string } }[] } }>(
        who,
        "query($s: String!) { entities(search: $s) { totalCount edges { node { name } } } }",
        { s: search },
      );
      expect(entities.totalCount).toBe(entities.edges.length);
      return entities.edges.map((edge) => edge.node.name).sort();
    };
    expect(await names(SALES)).toEqual(["Discount", "Leave", "Portal"]);
    expect(await names(NONE)).toEqual(["Leave", "Portal"]);
    expect(await names(HR, "sever")).toEqual(["Severance"]);
    expect(await names(SALES, "sever")).toEqual([]);
  });
  test("as a relation, over one hop or two, or as its evidence", async () => {
    const { entity } = await ask<{ entity: { relatedTo: { entity: { id: string } }[] } }>(
      NONE,
      `query($id: ID!) { entity(id: $id) { ${ENTITY} } }`,
      { id: ent("leave") },
    );
    expect(entity.relatedTo).toMatchObject([
      { entity: { id: ent("portal") }, relationType: "REQUESTED_THROUGH", evidence: [{ id: chk("s1") }] },
    ]);
    const own = await ask<{ entity: { relatedTo: { entity: { id: string } }[] } }>(
      HR,
      `query($id: ID!) { entity(id: $id) { ${ENTITY} } }`,
      { id: ent("leave") },
    );
    expect(own.entity.relatedTo.map((relation) => relation.entity.id)).toContain(ent("severance"));
  });
});

test("spellings and counts are those of the viewer's own passages", async () => {
  const query = `query($id: ID!) { entity(id: $id) { ${ENTITY} } }`;
  expect(await ask(NONE, query, { id: ent("leave") })).toMatchObject({
    entity: {
      name: "Leave",
      aliases: [],
      mentionCount: 1,
      chunks: { totalCount: 1, edges: [{ node: { id: chk("s1") } }] },
    },
  });
  expect(await ask(HR, query, { id: ent("leave") })).toMatchObject({
    entity: { aliases: [expect.stringMatching(/leave/i)], mentionCount: 2, chunks: { totalCount: 2 } },
  });
});

test("a document of another department has empty lists, and is related to nothing", async () => {
  const query =
    "query($r: [_Any!]!) { _entities(representations: $r) { ... on Document { id chunks { totalCount edges { node { id } } } entities { totalCount edges { node { id } } } related { document { id } sharedEntityCount } } } }";
  const of = (document: string) => ({ r: [{ __typename: "Document", id: doc(document) }] });
  const nothing = { totalCount: 0, edges: [] };
  expect(await ask(SALES, query, of("hr"))).toEqual({
    _entities: [{ id: doc("hr"), chunks: nothing, entities: nothing, related: [] }],
  });
  expect(await ask(SALES, query, of("shared"))).toMatchObject({
    _entities: [{ chunks: { totalCount: 2 }, related: [{ document: { id: doc("sales") }, sharedEntityCount: 1 }] }],
  });
  expect(await ask(HR, query, of("shared"))).toMatchObject({
    _entities: [{ related: [{ document: { id: doc("hr") }, sharedEntityCount: 2 }] }],
  });
});

describe("the walk", () => {
  const RANK =
    "query($input: GraphRankInput!) { rankByGraph(input: $input) { order { chunkId entities fromCandidates score } facts { subject relationType object weight evidence } questionEntities { id name } milliseconds } }";
  const input = {
    candidates: [{ chunkId: chk("s1"), score: 1 }],
    terms: [],
    query: "What does Severance have to do with Leave?",
    limit: 20,
    hops: 2,
  };
  interface Ranked {
    rankByGraph: {
      order: { chunkId: string; fromCandidates: boolean; entities: string[] }[];
      facts: { subject: string; object: string; evidence: string[] }[];
      questionEntities: { name: string }[];
    };
  }

  test("leads to passages that share an entity, and says by which", async () => {
    const { rankByGraph } = await ask<Ranked>(HR, RANK, { input });
    expect(rankByGraph.order.map((chunk) => chunk.chunkId)).toEqual(
      expect.arrayContaining([chk("s1"), chk("h1"), chk("h2"), chk("s2")]),
    );
    expect(rankByGraph.order.find((chunk) => chunk.chunkId === chk("h1"))).toMatchObject({
      fromCandidates: false,
      entities: expect.arrayContaining(["Severance"]),
    });
    expect(rankByGraph.questionEntities.map((entity) => entity.name.toLowerCase()).sort()).toEqual([
      "leave",
      "severance",
    ]);
    expect(rankByGraph.facts).toContainEqual(
      expect.objectContaining({ subject: "Severance", object: "Portal", evidence: [chk("h2")] }),
    );
  });
  test("never passes through or ends in what the viewer may not read, nor names or counts it", async () => {
    for (const who of [SALES, NONE]) {
      const { rankByGraph } = await ask<Ranked>(who, RANK, { input });
      expect(rankByGraph.order.filter((chunk) => chunk.chunkId.includes("_h"))).toEqual([]);
      expect(JSON.stringify(rankByGraph)).not.toMatch(/severance/i);
    }
  });
  test("candidates that the viewer may not read open no path", async () => {
    const { rankByGraph } = await ask<Ranked>(SALES, RANK, {
      input: { ...input, candidates: [{ chunkId: chk("h1"), score: 1 }], query: "Severance" },
    });
    expect(rankByGraph).toMatchObject({
      order: [{ chunkId: chk("h1"), entities: [] }],
      facts: [],
      questionEntities: [],
    });
  });
  test.each([
    [{ hops: 3 }],
    [{ limit: 0 }],
    [{ query: "x".repeat(2001) }],
    [{ candidates: Array.from({ length: 201 }, (_, i) => ({ chunkId: `c${i}`, score: 1 })) }],
  ])("refuses what exceeds its limits %#", async (change) => {
    await expect(ask(HR, RANK, { input: { ...input, ...change } })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

test("another tenant sees its own entities under the same names and nothing else", async () => {
  for (const key of ["leave", "severance", "portal"])
    expect(await ask(STRANGER, "query($id: ID!) { entity(id: $id) { id } }", { id: ent(key) })).toEqual({
      entity: null,
    });
  expect(await ask(STRANGER, "query($id: ID!) { chunk(id: $id) { id } }", { id: chk("s1") })).toEqual({ chunk: null });
  expect(
    await ask(STRANGER, `query($id: ID!) { entity(id: $id) { ${ENTITY} } }`, { id: ent("leave", OTHER) }),
  ).toMatchObject({ entity: { mentionCount: 1, relatedTo: [], chunks: { totalCount: 1 } } });
});

test("pages join without gaps or repeats, and a foreign cursor is refused", async () => {
  const query =
    "query($after: String) { entities(first: 1, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id } } } }";
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const {
      entities,
    }: { entities: { pageInfo: { hasNextPage: boolean; endCursor: string }; edges: { node: { id: string } }[] } } =
      await ask(HR, query, { after });
    seen.push(...entities.edges.map((edge) => edge.node.id));
    after = entities.pageInfo.hasNextPage ? entities.pageInfo.endCursor : null;
  } while (after);
  expect(seen.sort()).toEqual([ent("leave"), ent("portal"), ent("severance")].sort());
  await expect(ask(HR, query, { after: "bm90" })).rejects.toMatchObject({ code: "BAD_CURSOR" });
});

test("a passage tells its place and its mentions", async () => {
  expect(
    await ask(
      NONE,
      "query($id: ID!) { chunk(id: $id) { document { id } pages boxes { page x0 y1 } elementType headingPath mentions { count lead confidence entity { name } } } }",
      { id: chk("s1") },
    ),
  ).toMatchObject({
    chunk: {
      document: { id: doc("shared") },
      pages: [1],
      boxes: [{ page: 1, x0: 0.1, y1: 0.4 }],
      elementType: "NARRATIVE_TEXT",
      headingPath: ["H"],
      mentions: [{ count: 1, entity: { name: expect.any(String) } }, { count: 1 }],
    },
  });
});

test("without a viewer nothing is read", async () => {
  const contextValue = {
    viewer: undefined,
    caller: "router",
    traceId: "t",
    signal: AbortSignal.timeout(5000),
    logger,
    loaders: new Map(),
  };
  const { errors } = await graphql({ schema, source: "{ entities { totalCount } }", contextValue });
  expect(errors?.[0]?.originalError).toMatchObject({ code: "UNAUTHENTICATED" });
});
