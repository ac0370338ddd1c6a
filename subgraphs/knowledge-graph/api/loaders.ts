import DataLoader from "dataloader";
import { type GraphContext, loaderOf, requireViewer } from "../../../platform/graphql/context.js";
import { elementTypeOf } from "../../../platform/graphql/passages.js";
import { entityType } from "../domain/extraction/entity-type.js";
import { openReading, type ReadingSources } from "../domain/reading.js";
import type { ChunkRecord, EntityRecord, GraphReader, MentionRecord, NodeReader, Reading } from "../ports.js";
import type { Chunk, Entity } from "./types.js";

/** What the resolvers reach the graph through. */
export interface GraphServices {
  readonly readings: ReadingSources;
  readonly nodes: NodeReader;
  readonly graph: GraphReader;
}

const READING = Symbol.for("knowledge-graph:reading");

/** What the request's viewer may read; taken once per request. @throws RequestError UNAUTHENTICATED, UNAVAILABLE */
export const readingOf = ({ readings }: GraphServices, context: GraphContext): Promise<Reading> => {
  const viewer = requireViewer(context);
  return loaderOf(context, READING, () => openReading(readings, viewer, context.signal));
};

const BATCH = 500;

/**
 * Answers one kind of question (a field with its arguments) about all the nodes that one step of a request asks it of, in one go, so
 * that a list never costs a statement per row. Null for what the viewer may not know of.
 */
export const ask = <V>(
  services: GraphServices,
  context: GraphContext,
  kind: string,
  id: string,
  load: (ids: readonly string[], reading: Reading) => Promise<Map<string, V>>,
): Promise<V | null> =>
  loaderOf(
    context,
    Symbol.for(`knowledge-graph:${kind}`),
    () =>
      new DataLoader<string, V | null>(
        async (ids) => {
          const found = await load(ids, await readingOf(services, context));
          return ids.map((key) => found.get(key) ?? null);
        },
        { maxBatchSize: BATCH },
      ),
  ).load(id);

const chunkOf = (record: ChunkRecord): Chunk => ({
  id: record.id,
  document: { id: record.documentId },
  text: record.text,
  position: record.position,
  pages: [...record.pages],
  boxes: [...record.boxes],
  elementType: elementTypeOf(record.elementType),
  headingPath: [...record.headingPath],
});
const entityOf = (record: EntityRecord): Entity => ({
  id: record.id,
  name: record.surfaces[0] as string,
  type: entityType(record.surfaces[0] as string),
  aliases: record.surfaces.slice(1),
  mentionCount: record.chunkCount,
});

/** The chunk, or null when the viewer may not see it. */
export async function loadChunk(services: GraphServices, context: GraphContext, id: string): Promise<Chunk | null> {
  const record = await ask(services, context, "chunk", id, (ids, reading) => services.nodes.chunks(ids, reading));
  return record && chunkOf(record);
}

/** The entity, or null when no chunk that the viewer may read mentions it. */
export async function loadEntity(services: GraphServices, context: GraphContext, id: string): Promise<Entity | null> {
  const record = await ask(services, context, "entity", id, (ids, reading) => services.nodes.entities(ids, reading));
  return record && record.surfaces.length > 0 ? entityOf(record) : null;
}

/** A chunk's mentions, the most telling first. */
export const loadMentions = async (
  services: GraphServices,
  context: GraphContext,
  chunkId: string,
): Promise<MentionRecord[]> =>
  (await ask(services, context, "mentions", chunkId, (ids, reading) =>
    services.graph.mentionsOfChunks(ids, reading),
  )) ?? [];

/** The loaded things that are still there: one may have gone between the list and the load. */
export const present = <T>(things: readonly (T | null)[]): T[] => things.filter((thing): thing is T => thing !== null);
