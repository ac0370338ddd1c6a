import { z } from "zod";
import { ElementType } from "../../../platform/graphql/passages.js";
import type { RoomClient } from "../../../platform/graphql/room-client.js";
import type { PassageTexts } from "../ports.js";

const CHUNKS = `query Texts($of: [_Any!]!) { _entities(representations: $of) { ... on Chunk {
  id text position pages boxes { page x0 y0 x1 y1 } elementType headingPath document { id }
} } }`;
const DOCUMENTS = `query Names($of: [_Any!]!) { _entities(representations: $of) { ... on Document {
  id name version effectiveDate createdAt
} } }`;

const chunk = z.object({
  id: z.string(),
  text: z.string(),
  position: z.number(),
  pages: z.array(z.number()),
  boxes: z.array(z.object({ page: z.number(), x0: z.number(), y0: z.number(), x1: z.number(), y1: z.number() })),
  elementType: z.enum(ElementType),
  headingPath: z.array(z.string()),
  document: z.object({ id: z.string() }),
});
const document = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  effectiveDate: z.string().nullable(),
  createdAt: z.coerce.date(),
});
const entities = <T>(item: z.ZodType<T>) => z.object({ _entities: z.array(item.nullable()) });
const found = <T>(items: readonly (T | null)[]): T[] => items.flatMap((item) => item ?? []);

/**
 * Texts from the room of the chunks and names from the room of the documents, asked as the viewer: what either does not
 * show falls out.
 */
export function createRoomTexts(chunksRoom: RoomClient, documentsRoom: RoomClient): PassageTexts {
  return {
    async fetch(chunkIds, { viewer, traceId }, signal) {
      if (chunkIds.length === 0) return [];
      const ask = async <T>(
        room: RoomClient,
        query: string,
        type: string,
        ids: readonly string[],
        item: z.ZodType<T>,
      ) => {
        const of = ids.map((id) => ({ __typename: type, id }));
        return found(
          entities(item).parse(await room.request({ query, variables: { of }, viewer, traceId, signal }))._entities,
        );
      };
      const chunks = await ask(chunksRoom, CHUNKS, "Chunk", chunkIds, chunk);
      const documentIds = [...new Set(chunks.map((each) => each.document.id))];
      const documents = new Map(
        (documentIds.length > 0 ? await ask(documentsRoom, DOCUMENTS, "Document", documentIds, document) : []).map(
          (each) => [each.id, each],
        ),
      );
      return chunks.flatMap(({ id: chunkId, document: { id: documentId }, ...shown }) => {
        const card = documents.get(documentId);
        if (!card) return [];
        return {
          ...shown,
          chunkId,
          documentId,
          fileName: card.name,
          documentVersion: card.version,
          effectiveDate: card.effectiveDate,
          createdAt: card.createdAt.getTime(),
        };
      });
    },
  };
}
