import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../platform/logging/logger.js";
import { type GraphDatabase, openNeo4j } from "./adapters/neo4j-database.js";
import { ensureGraphSchema } from "./adapters/neo4j-schema.js";
import { neo4jWriter } from "./adapters/neo4j-writer.js";
import type { ExtractedChunk, GraphWriter } from "./ports.js";

const run = randomUUID().slice(0, 8);
const tenantId = `t-kg-write-${run}`;
const logger = createLogger("test", "silent");
const signal = (): AbortSignal => AbortSignal.timeout(30_000);
let database: GraphDatabase;
let writer: GraphWriter;

beforeAll(async () => {
  const env = process.env;
  database = openNeo4j({
    uri: env["NEO4J_URI"] ?? "",
    user: env["NEO4J_USER"] ?? "",
    password: env["NEO4J_PASSWORD"] ?? "",
    logger,
  });
  await ensureGraphSchema(database, AbortSignal.timeout(60_000));
  writer = neo4jWriter(database);
});
afterAll(async () => {
  await database.write(
    (cypher) => cypher("MATCH (n) WHERE n.tenantId = $tenantId DETACH DELETE n", { tenantId }),
    signal(),
  );
  await database.write(
    (cypher) => cypher("MATCH (s:Scope) WHERE s.id STARTS WITH $tenantId + '/' DELETE s", { tenantId }),
    signal(),
  );
  await database.close();
});

const doc = (name: string): string => `doc_${run}_${name}`;
const ref = (document: string, generation = 1) => ({ tenantId, documentId: doc(document), generation });
const chunk = (id: string, position: number, keys: string[], relation?: [string, string]): ExtractedChunk => ({
  chunk: {
    id: `chk_${run}_${id}`,
    position,
    text: id,
    elementType: "Table",
    headingPath: [],
    pages: [],
    boxes: [],
    tokens: 1,
  },
  extraction: {
    mentions: keys.map((key) => ({ key: `${key} ${run}`, surfaces: [key], count: 2, lead: true, confidence: 0.5 })),
    relations: relation
      ? [
          {
            subject: `${relation[0]} ${run}`,
            object: `${relation[1]} ${run}`,
            relationType: "OWNS",
            count: 1,
            subjectName: relation[0],
            objectName: relation[1],
          },
        ]
      : [],
  },
});
interface Snapshot {
  entities: Record<string, number>;
  chunks: Record<string, boolean>;
  mentions: number;
  relations: number;
}
async function snapshot(): Promise<Snapshot> {
  const [entities, chunks, edges] = await Promise.all([
    database.read<{ key: string; n: number }>(
      "MATCH (e:Entity {tenantId: $tenantId}) RETURN e.key AS key, e.chunkCount AS n ORDER BY key",
      { tenantId },
      signal(),
    ),
    database.read<{ id: string; visible: boolean }>(
      "MATCH (c:Chunk {tenantId: $tenantId}) RETURN c.id AS id, c.visible AS visible ORDER BY id",
      { tenantId },
      signal(),
    ),
    database.read<{ type: string; n: number }>(
      "MATCH (a {tenantId: $tenantId})-[r:MENTIONS|RELATED_TO]->() RETURN type(r) AS type, count(r) AS n",
      { tenantId },
      signal(),
    ),
  ]);
  return {
    entities: Object.fromEntries(entities.map((e) => [e.key.replace(` ${run}`, ""), e.n])),
    chunks: Object.fromEntries(chunks.map((c) => [c.id.replace(`chk_${run}_`, ""), c.visible])),
    mentions: edges.find((e) => e.type === "MENTIONS")?.n ?? 0,
    relations: edges.find((e) => e.type === "RELATED_TO")?.n ?? 0,
  };
}
let revision = 0;
const show = (generation: ReturnType<typeof ref>, department: string | null, at = ++revision): Promise<boolean> =>
  writer.show(generation, { department, revision: at }, signal());
const clear = () =>
  database.write((cypher) => cypher("MATCH (n) WHERE n.tenantId = $tenantId DETACH DELETE n", { tenantId }), signal());

describe("one generation of one document", () => {
  test("written twice is there once, and invisible until the switch", async () => {
    await clear();
    const chunks = [chunk("a1", 0, ["apple", "pear"], ["apple", "pear"]), chunk("a2", 1, ["pear"])];
    for (let time = 0; time < 2; time++) expect(await writer.write(ref("a"), "hr", chunks, signal())).toBe(true);
    expect(await snapshot()).toEqual({
      entities: { apple: 0, pear: 0 },
      chunks: { a1: false, a2: false },
      mentions: 3,
      relations: 1,
    });
    expect(await writer.count(ref("a"), signal())).toEqual({ chunks: 2, entities: 2, mentions: 3, relations: 1 });
    for (let time = 0; time < 2; time++) expect(await show(ref("a"), "hr")).toBe(true);
    expect(await snapshot()).toEqual({
      entities: { apple: 1, pear: 2 },
      chunks: { a1: true, a2: true },
      mentions: 3,
      relations: 1,
    });
  });

  test("replaces the older one at the switch, and what only the older one supported goes", async () => {
    await clear();
    await writer.write(ref("b", 1), null, [chunk("b1", 0, ["old", "kept"], ["old", "kept"])], signal());
    await show(ref("b", 1), null);
    await writer.write(ref("b", 2), null, [chunk("b2", 0, ["new", "kept"], ["new", "kept"])], signal());
    expect((await snapshot()).chunks).toEqual({ b1: true, b2: false });
    expect((await snapshot()).entities).toEqual({ old: 1, kept: 1, new: 0 });
    await show(ref("b", 2), null);
    expect(await snapshot()).toEqual({
      entities: { new: 1, kept: 1 },
      chunks: { b2: true },
      mentions: 2,
      relations: 1,
    });
  });

  test("that was called off goes alone, with what only it supported, and the visible one stays", async () => {
    await clear();
    await writer.write(ref("o", 1), null, [chunk("o1", 0, ["seen", "kept"], ["seen", "kept"])], signal());
    await show(ref("o", 1), null);
    await writer.write(ref("o", 2), null, [chunk("o2", 0, ["off", "kept"]), chunk("o3", 1, ["off"])], signal());
    const held = async () =>
      (await writer.inventory(tenantId, signal())).holdings.sort((a, b) => a.generation - b.generation);
    expect(await held()).toEqual([
      { documentId: doc("o"), generation: 1, items: 1 },
      { documentId: doc("o"), generation: 2, items: 2 },
    ]);
    expect(await writer.discard(ref("o", 1), signal())).toMatchObject({ chunks: 0 });
    expect(await writer.discard(ref("o", 2), signal())).toMatchObject({ chunks: 2, entities: 1 });
    expect(await snapshot()).toEqual({
      entities: { seen: 1, kept: 1 },
      chunks: { o1: true },
      mentions: 2,
      relations: 1,
    });
    expect(await held()).toEqual([{ documentId: doc("o"), generation: 1, items: 1 }]);
    expect((await writer.inventory(tenantId, signal())).loose).toBe(0);
  });

  test("that comes late, after a newer one is visible, leaves nothing", async () => {
    await clear();
    const before = ++revision;
    await show(ref("c", 2), null);
    expect(await writer.write(ref("c", 1), null, [chunk("c1", 0, ["late"])], signal())).toBe(false);
    expect(await show(ref("c", 1), null, before)).toBe(false);
    expect(await snapshot()).toEqual({ entities: {}, chunks: {}, mentions: 0, relations: 0 });
  });

  test("moves to another department with its counts", async () => {
    await clear();
    await writer.write(ref("d"), "hr", [chunk("d1", 0, ["moved"])], signal());
    await show(ref("d"), "hr");
    await show(ref("d"), "sales");
    const [row] = await database.read<{ scope: string; scopes: string[] }>(
      "MATCH (c:Chunk {tenantId: $tenantId})-[:MENTIONS]->(e) RETURN c.scope AS scope, e.scopes AS scopes",
      { tenantId },
      signal(),
    );
    expect(row).toEqual({ scope: `${tenantId}/sales`, scopes: [`${tenantId}/sales`] });
  });
});

test("of two moves that are applied in the wrong order the later one stays", async () => {
  await clear();
  await writer.write(ref("m"), "hr", [chunk("m1", 0, ["moving"])], signal());
  await show(ref("m"), "hr");
  const [first, second] = [++revision, ++revision];
  expect(await show(ref("m"), "legal", second)).toBe(true);
  expect(await show(ref("m"), "sales", first)).toBe(false);
  expect(await writer.hide(tenantId, doc("m"), first, signal())).toBe(false);
  const scopes = await database.read(
    "MATCH (c:Chunk {tenantId: $tenantId}) RETURN c.scope AS scope",
    { tenantId },
    signal(),
  );
  expect(scopes).toEqual([{ scope: `${tenantId}/legal` }]);
  expect(
    await writer.applied(
      tenantId,
      new Map([
        [doc("m"), second],
        [doc("x"), 1],
      ]),
      signal(),
    ),
  ).toEqual(new Set([doc("m")]));
});

test("a repeated extraction of a visible generation stays where the document was moved to", async () => {
  await clear();
  const chunks = [chunk("n1", 0, ["staying"])];
  await writer.write(ref("n"), "hr", chunks, signal());
  await show(ref("n"), "sales");
  await writer.write(ref("n"), "hr", chunks, signal());
  const scopes = await database.read(
    "MATCH (c:Chunk {tenantId: $tenantId}) RETURN c.scope AS scope",
    { tenantId },
    signal(),
  );
  expect(scopes).toEqual([{ scope: `${tenantId}/sales` }]);
});

describe("deleting a document", () => {
  test("removes exactly what only it supported, counts it, and a second time finds nothing", async () => {
    await clear();
    await writer.write(
      ref("e"),
      null,
      [chunk("e1", 0, ["mine", "ours"], ["mine", "ours"]), chunk("e2", 1, ["ours", "theirs"], ["ours", "theirs"])],
      signal(),
    );
    await writer.write(ref("f"), null, [chunk("f1", 0, ["ours", "theirs"], ["ours", "theirs"])], signal());
    await show(ref("e"), null);
    await show(ref("f"), null);
    expect(await writer.purge(tenantId, doc("e"), signal())).toEqual({
      chunks: 2,
      entities: 1,
      mentions: 4,
      relations: 2,
    });
    expect(await snapshot()).toEqual({
      entities: { ours: 1, theirs: 1 },
      chunks: { f1: true },
      mentions: 2,
      relations: 1,
    });
    expect(await writer.purge(tenantId, doc("e"), signal())).toEqual({
      chunks: 0,
      entities: 0,
      mentions: 0,
      relations: 0,
    });
  });

  test("is not undone by a worker that comes late", async () => {
    expect(await writer.write(ref("e"), null, [chunk("e1", 0, ["mine"])], signal())).toBe(false);
    expect(await show(ref("e"), null)).toBe(false);
    expect((await snapshot()).chunks).toEqual({ f1: true });
    const documents = await database.read(
      "MATCH (d:Document {tenantId: $tenantId, id: $id}) RETURN d",
      { tenantId, id: doc("e") },
      signal(),
    );
    expect(documents).toEqual([]);
  });

  test("of another tenant's document removes nothing", async () => {
    expect(await writer.purge(`${tenantId}-x`, doc("f"), signal())).toEqual({
      chunks: 0,
      entities: 0,
      mentions: 0,
      relations: 0,
    });
    expect((await snapshot()).chunks).toEqual({ f1: true });
    await database.write(
      (cypher) => cypher("MATCH (n) WHERE n.tenantId = $tenantId DETACH DELETE n", { tenantId: `${tenantId}-x` }),
      signal(),
    );
  });
});

test("writers that share every entity do not lose a count", async () => {
  await clear();
  const keys = ["k1", "k2", "k3", "k4"];
  const documents = ["p0", "p1", "p2", "p3", "p4", "p5"];
  await Promise.all(
    documents.map(async (name, i) => {
      const order = i % 2 ? keys : [...keys].reverse();
      await writer.write(ref(name), "hr", [chunk(`${name}c`, 0, order)], signal());
      await show(ref(name), "hr");
    }),
  );
  expect((await snapshot()).entities).toEqual({ k1: 6, k2: 6, k3: 6, k4: 6 });
  const [scope] = await database.read<{ n: number }>(
    "MATCH (s:Scope {id: $id}) RETURN s.chunkCount AS n",
    { id: `${tenantId}/hr` },
    signal(),
  );
  expect(scope?.n).toBe(6);
  await Promise.all(documents.slice(1).map((name) => writer.purge(tenantId, doc(name), signal())));
  expect((await snapshot()).entities).toEqual({ k1: 1, k2: 1, k3: 1, k4: 1 });
});

test("an aborted read ends at once", async () => {
  const controller = new AbortController();
  const started = performance.now();
  const slow = database.read(
    "UNWIND range(1, 20000) AS a UNWIND range(1, 20000) AS b RETURN sum(a * b) AS n",
    {},
    controller.signal,
  );
  controller.abort(new DOMException("gone", "AbortError"));
  await expect(slow).rejects.toThrow("gone");
  expect(performance.now() - started).toBeLessThan(1000);
});
