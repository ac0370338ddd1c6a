import { graphql } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import {
  ask,
  chk,
  closeWorld,
  doc,
  ent,
  HR,
  logger,
  NONE,
  OTHER,
  openWorld,
  SALES,
  STRANGER,
  schema,
} from "./tenancy-world.js";

beforeAll(() => openWorld(process.env));
afterAll(closeWorld);

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

test("a document's statistics count what the viewer may read of it", async () => {
  const query =
    "query($r: [_Any!]!) { _entities(representations: $r) { ... on Document { statistics { chunks tokens elements { elementType chunks } entities mentions } } } }";
  const of = (document: string) => ({ r: [{ __typename: "Document", id: doc(document) }] });
  const own = {
    chunks: 2,
    tokens: 10,
    elements: [{ elementType: "NARRATIVE_TEXT", chunks: 2 }],
    entities: 3,
    mentions: 4,
  };
  expect(await ask(HR, query, of("hr"))).toEqual({ _entities: [{ statistics: own }] });
  const nothing = { chunks: 0, tokens: 0, elements: [], entities: 0, mentions: 0 };
  for (const who of [SALES, STRANGER])
    expect(await ask(who, query, of("hr"))).toEqual({ _entities: [{ statistics: nothing }] });
});
