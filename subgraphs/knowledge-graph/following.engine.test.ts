import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../platform/auth/viewer.js";
import { followDocument } from "./jobs/follow.js";
import {
  ask,
  chk,
  chunkOf,
  closeWorld,
  doc,
  ent,
  feed,
  follower,
  HR,
  NONE,
  openWorld,
  SALES,
  TENANT,
  writer,
} from "./tenancy-world.js";

/** Nothing here waits: what is published is asked for while the store still bears the marks of before. */
const signal = (): AbortSignal => AbortSignal.timeout(30_000);
const document = doc("new");
let revision = 1;
const publish = (generation: number, department: string | null): Promise<void> =>
  feed.publish(TENANT, document, { generation, department, datasetId: "ds", revision: ++revision });
const write = (generation: number, id: string, mentions: string[]): Promise<boolean> =>
  writer.write(
    { tenantId: TENANT, documentId: document, generation },
    "hr",
    [
      chunkOf(chk(id), 0, { mentions, relation: [mentions[0] as string, "OWNS", mentions[1] as string] }),
      chunkOf(chk(`${id}-second`), 1, { mentions: [mentions[0] as string] }),
    ],
    signal(),
  );

interface Seen {
  entities: Record<string, number>;
  chunks: string[];
  ofDocument: number;
  related: string[];
  facts: string[];
  order: string[];
}
/** Everything that the graph says of "Wolfram …" and "Portal" to somebody. */
async function seenBy(who: Viewer): Promise<Seen> {
  const data = await ask<{
    entities: {
      totalCount: number;
      edges: {
        node: {
          name: string;
          mentionCount: number;
          chunks: { totalCount: number; edges: { node: { id: string } }[] };
          relatedTo: { entity: { name: string }; evidence: { id: string }[] }[];
        };
      }[];
    };
    _entities: { chunks: { totalCount: number; edges: unknown[] }; entities: { totalCount: number } }[];
    rankByGraph: { order: { chunkId: string }[]; facts: { subject: string; object: string }[] };
  }>(
    who,
    `query ($r: [_Any!]!, $input: GraphRankInput!) {
      entities(search: "wolfram") { totalCount edges { node { name mentionCount chunks { totalCount edges { node { id } } }
        relatedTo { entity { name } evidence { id } } } } }
      _entities(representations: $r) { ... on Document { chunks { totalCount edges { node { id } } } entities { totalCount } } }
      rankByGraph(input: $input) { order { chunkId } facts { subject object } }
    }`,
    {
      r: [{ __typename: "Document", id: document }],
      input: {
        candidates: [{ chunkId: chk("s1"), score: 0.5 }],
        terms: [],
        query: "Who owns Wolfram Desk?",
        limit: 20,
      },
    },
  );
  const nodes = data.entities.edges.map(({ node }) => node);
  expect(data.entities.totalCount).toBe(nodes.length);
  for (const node of nodes) {
    expect(node.chunks.totalCount).toBe(node.mentionCount);
    expect(node.chunks.edges).toHaveLength(node.mentionCount);
  }
  const [mine] = data._entities;
  expect(mine?.chunks.edges).toHaveLength(mine?.chunks.totalCount ?? -1);
  return {
    entities: Object.fromEntries(nodes.map(({ name, mentionCount }) => [name, mentionCount])),
    chunks: [...new Set(nodes.flatMap(({ chunks }) => chunks.edges.map(({ node }) => node.id)))].sort(),
    ofDocument: mine?.chunks.totalCount ?? 0,
    related: nodes.flatMap(({ relatedTo }) => relatedTo.map(({ entity }) => entity.name)).sort(),
    facts: data.rankByGraph.facts
      .map(({ subject, object }) => `${subject} ${object}`)
      .filter((fact) => fact.includes("Wolfram")),
    order: data.rankByGraph.order.map(({ chunkId }) => chunkId).filter((id) => id.includes("_w")),
  };
}
const NOTHING: Seen = { entities: {}, chunks: [], ofDocument: 0, related: [], facts: [], order: [] };
const DESK = {
  entities: { "Wolfram Desk": 2, "Wolfram Team": 1 },
  chunks: [chk("w1"), chk("w1-second")],
  ofDocument: 2,
  related: ["Wolfram Desk", "Wolfram Team"],
  facts: ["Wolfram Desk Wolfram Team"],
  order: expect.arrayContaining([chk("w1"), chk("w1-second")]),
};
const isPending = async (): Promise<boolean> => (await follower.pending(TENANT, 10)).changes.has(document);
const catchUp = (): Promise<boolean> => followDocument({ feed: follower, writer }, TENANT, document, signal());

beforeAll(async () => {
  await openWorld(process.env);
  await write(1, "w1", ["Wolfram Desk", "Wolfram Team"]);
});
afterAll(closeWorld);

describe("what is published is what the graph says, before the store shows it and after", () => {
  const both = async (check: () => Promise<void>): Promise<void> => {
    expect(await isPending()).toBe(true);
    await check();
    await catchUp();
    expect(await isPending()).toBe(false);
    await check();
  };

  test("nothing before the document is completed", async () => {
    expect(await seenBy(HR)).toEqual(NOTHING);
  });
  test("a completed document, to its department alone", async () => {
    await publish(1, "hr");
    await both(async () => {
      expect(await seenBy(HR)).toEqual(DESK);
      expect(await seenBy(SALES)).toEqual(NOTHING);
      expect(await seenBy(NONE)).toEqual(NOTHING);
    });
  });
  test("a move, to those whom it now belongs to", async () => {
    await publish(1, "sales");
    await both(async () => {
      expect(await seenBy(HR)).toEqual(NOTHING);
      expect(await seenBy(SALES)).toEqual(DESK);
    });
  });
  test("two quick moves, of which the last counts", async () => {
    await publish(1, "hr");
    await publish(1, null);
    await both(async () => {
      expect(await seenBy(HR)).toEqual(DESK);
      expect(await seenBy(NONE)).toEqual(DESK);
    });
  });
  test("a new generation, whole and in place of the old one", async () => {
    await write(2, "w2", ["Wolfram Office", "Wolfram Team"]);
    expect(await seenBy(NONE)).toEqual(DESK);
    await publish(2, null);
    await both(async () => {
      expect(await seenBy(NONE)).toMatchObject({
        entities: { "Wolfram Office": 2, "Wolfram Team": 1 },
        chunks: [chk("w2"), chk("w2-second")],
        ofDocument: 2,
        related: ["Wolfram Office", "Wolfram Team"],
      });
    });
  });
  test("a deletion", async () => {
    await feed.hide(TENANT, document, ++revision);
    await both(async () => expect(await seenBy(NONE)).toEqual(NOTHING));
  });
});

test("an entity that a changing document shares is counted once, with its other passages", async () => {
  const shared = doc("sharing");
  const count = async (): Promise<number | undefined> =>
    (
      await ask<{ entity: { mentionCount: number } | null }>(
        NONE,
        "query($id: ID!) { entity(id: $id) { mentionCount } }",
        { id: ent("portal") },
      )
    ).entity?.mentionCount;
  const before = (await count()) as number;
  const ref = { tenantId: TENANT, documentId: shared, generation: 1 };
  await writer.write(ref, null, [chunkOf(chk("p1"), 0, { mentions: ["Portal"] })], signal());
  await feed.publish(TENANT, shared, { generation: 1, department: null, datasetId: "ds", revision: 1 });
  expect(await count()).toBe(before + 1);
  // The store catches up, the feed has not heard of it yet: the same document must not count twice.
  await writer.show(ref, { department: null, revision: 1 }, signal());
  expect(await count()).toBe(before + 1);
  await follower.caughtUp(TENANT, [{ id: shared, revision: 1 }]);
  expect(await count()).toBe(before + 1);
});
