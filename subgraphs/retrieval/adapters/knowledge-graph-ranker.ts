import { z } from "zod";
import type { RoomClient } from "../../../platform/graphql/room-client.js";
import type { GraphRanker } from "../ports.js";

const RANK = `query RankByGraph($input: GraphRankInput!) {
  rankByGraph(input: $input) {
    order { chunkId score entities fromCandidates }
    facts { subject relationType object weight evidence }
    questionEntities { id name }
  }
}`;

const answer = z.object({
  rankByGraph: z.object({
    order: z.array(
      z.object({ chunkId: z.string(), score: z.number(), entities: z.array(z.string()), fromCandidates: z.boolean() }),
    ),
    facts: z.array(
      z.object({
        subject: z.string(),
        relationType: z.string(),
        object: z.string(),
        weight: z.number(),
        evidence: z.array(z.string()),
      }),
    ),
    questionEntities: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
});

/** Asks the room that owns the graph, as the viewer: the walk leads only through chunks that the viewer may read. */
export const createKnowledgeGraphRanker = (client: RoomClient): GraphRanker => ({
  async rank(input, { viewer, traceId }, signal) {
    const { rankByGraph } = answer.parse(
      await client.request({ query: RANK, variables: { input }, viewer, traceId, signal }),
    );
    return rankByGraph;
  },
});
