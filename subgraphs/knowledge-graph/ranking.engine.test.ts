import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, chk, closeWorld, HR, NONE, openWorld, SALES } from "./tenancy-world.js";

beforeAll(() => openWorld(process.env));
afterAll(closeWorld);

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
