import { z } from "zod";
import { UnavailableError } from "../../../platform/errors/errors.js";
import { Component } from "../../../platform/graphql/problems.js";
import type { RoomClient } from "../../../platform/graphql/room-client.js";
import type { PassageSearch } from "../ports.js";

const TIME_LIMIT_MS = 15_000;
/** How long the asker's rights travel with one search, in seconds. */
const VIEWER_LIFETIME_SECONDS = 60;

const SEARCH = /* GraphQL */ `
  query PassagesForAnswer($query: String!, $options: SearchOptions) {
    search(query: $query, options: $options) {
      passages {
        score text fileName documentVersion effectiveDate pages headingPath elementType
        boxes { page x0 y0 x1 y1 }
        chunk { id }
        document { id }
      }
      facts { subject relationType object weight evidence }
      degraded
      stages { name status milliseconds }
      problem { code message }
    }
  }
`;

const box = z.object({ page: z.number(), x0: z.number(), y0: z.number(), x1: z.number(), y1: z.number() });
const reference = z.object({ id: z.string() }).nullable();
const found = z.object({
  search: z.object({
    passages: z.array(
      z.object({
        score: z.number(),
        text: z.string(),
        fileName: z.string(),
        documentVersion: z.number(),
        effectiveDate: z.string().nullable(),
        pages: z.array(z.number()),
        headingPath: z.array(z.string()),
        elementType: z.string(),
        boxes: z.array(box),
        chunk: reference,
        document: reference,
      }),
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
    degraded: z.array(z.enum(Component)),
    stages: z.array(z.object({ name: z.string(), status: z.string(), milliseconds: z.number() })).default([]),
    problem: z.object({ code: z.string(), message: z.string() }).nullish(),
  }),
});

/** Searches through the retrieval room's published API, as the asker. */
export const createPassageSearch = (client: RoomClient): PassageSearch => ({
  async search(scope, query, { datasetIds, limit, traceId, spanId, signal }) {
    const data = await client.request<unknown>({
      query: SEARCH,
      variables: { query, options: { topK: limit, ...(datasetIds.length > 0 ? { datasetIds } : {}) } },
      viewer: { ...scope, roles: [], expiresAt: Math.floor(Date.now() / 1000) + VIEWER_LIFETIME_SECONDS },
      traceId,
      spanId,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT_MS)]),
    });
    const parsed = found.safeParse(data);
    if (!parsed.success)
      throw new UnavailableError("retrieval", "The search answered in a form that is not understood.", {
        cause: parsed.error,
      });
    const { passages, facts, degraded, stages, problem } = parsed.data.search;
    if (problem) throw new UnavailableError("retrieval", problem.message);
    return {
      facts,
      degraded,
      stages,
      // A passage without its chunk or document cannot be cited.
      passages: passages.flatMap(({ chunk, document, ...passage }) =>
        chunk && document ? [{ ...passage, chunkId: chunk.id, documentId: document.id }] : [],
      ),
    };
  },
});
