import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { RequestError } from "../../../platform/errors/errors.js";
import type { Connection } from "../../../platform/graphql/connection.js";
import type { GraphContext } from "../../../platform/graphql/context.js";
import { type ElementType, elementTypeOf } from "../../../platform/graphql/passages.js";
import { ask, type GraphServices, loadChunk, loadEntity, loadMentions, present, readingOf } from "./loaders.js";
import { pageOf } from "./pages.js";
import {
  Chunk,
  ChunkConnection,
  Document,
  DocumentStatistics,
  Entity,
  EntityConnection,
  Mention,
  RelatedDocument,
  Relation,
} from "./types.js";

const MAX_LIST = 50;
const MAX_SEARCH_CHARACTERS = 200;

/** A plain list has a small bound of its own. @throws RequestError BAD_REQUEST */
function within(name: string, value: number, max: number): void {
  if (value < 1 || value > max) throw new RequestError("BAD_REQUEST", `"${name}" must be from 1 to ${max}.`);
}

@Resolver(() => Chunk)
export class ChunkResolver {
  constructor(private readonly services: GraphServices) {}

  @Query(() => Chunk, {
    nullable: true,
    description: "A passage by its id; null when there is none that the viewer may read",
  })
  chunk(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<Chunk | null> {
    return loadChunk(this.services, context, id);
  }

  @FieldResolver(() => [Mention], { description: "What it names, the most telling first" })
  async mentions(
    @Root() chunk: Chunk,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Ctx() context: GraphContext,
  ): Promise<Mention[]> {
    within("first", first, 100);
    const mentions = (await loadMentions(this.services, context, chunk.id)).slice(0, first);
    const entities = await Promise.all(mentions.map((mention) => loadEntity(this.services, context, mention.entityId)));
    return mentions.flatMap(({ count, lead, confidence }, i) => {
      const entity = entities[i];
      return entity ? [{ entity, count, lead, confidence }] : [];
    });
  }
}

@Resolver(() => Entity)
export class EntityResolver {
  constructor(private readonly services: GraphServices) {}

  @Query(() => Entity, {
    nullable: true,
    description: "An entity by its id; null when no passage that the viewer may read names it",
  })
  entity(@Arg("id", () => ID) id: string, @Ctx() context: GraphContext): Promise<Entity | null> {
    return loadEntity(this.services, context, id);
  }

  @Query(() => EntityConnection, { description: "Entities by a part of their name, the most mentioned first" })
  async entities(
    @Arg("search", () => String, {
      defaultValue: "",
      description: "Spacing, case and accents do not matter; at most 200 characters",
    })
    search: string,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Ctx() context: GraphContext,
  ): Promise<Connection<Entity>> {
    if (search.length > MAX_SEARCH_CHARACTERS)
      throw new RequestError("BAD_REQUEST", `"search" may have at most ${MAX_SEARCH_CHARACTERS} characters.`);
    const reading = await readingOf(this.services, context);
    return pageOf(
      { first, after },
      (page) => this.services.graph.entitiesNamed(search, page, reading),
      (id) => loadEntity(this.services, context, id),
    );
  }

  @FieldResolver(() => [Relation], { description: "Related entities, the strongest first" })
  async relatedTo(
    @Root() entity: Entity,
    @Arg("maxHops", () => Int, { defaultValue: 1, description: "1 or 2" }) maxHops: number,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Ctx() context: GraphContext,
  ): Promise<Relation[]> {
    within("maxHops", maxHops, 2);
    within("first", first, MAX_LIST);
    const relations =
      (await ask(this.services, context, `relationsOf:${maxHops}:${first}`, entity.id, (ids, reading) =>
        this.services.graph.relationsOf(ids, maxHops, first, reading),
      )) ?? [];
    return present(
      await Promise.all(
        relations.map(async ({ entityId, evidence, ...relation }) => {
          const [other, chunks] = await Promise.all([
            loadEntity(this.services, context, entityId),
            Promise.all(evidence.map((id) => loadChunk(this.services, context, id))),
          ]);
          return other && { ...relation, entity: other, evidence: present(chunks) };
        }),
      ),
    );
  }

  @FieldResolver(() => ChunkConnection, { description: "Passages that name it; those that are about it first" })
  chunks(
    @Root() entity: Entity,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Ctx() context: GraphContext,
  ): Promise<Connection<Chunk>> {
    return pageOf(
      { first, after },
      (page) =>
        ask(this.services, context, `chunksOfEntities:${first}:${after}`, entity.id, (ids, reading) =>
          this.services.graph.chunksOfEntities(ids, page, reading),
        ),
      (id) => loadChunk(this.services, context, id),
    );
  }
}

@Resolver(() => Document)
export class DocumentResolver {
  constructor(private readonly services: GraphServices) {}

  @FieldResolver(() => ChunkConnection, { description: "Its passages, in order" })
  chunks(
    @Root() document: Document,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Ctx() context: GraphContext,
  ): Promise<Connection<Chunk>> {
    return pageOf(
      { first, after },
      (page) =>
        ask(this.services, context, `chunksOfDocuments:${first}:${after}`, document.id, (ids, reading) =>
          this.services.graph.chunksOfDocuments(ids, page, reading),
        ),
      (id) => loadChunk(this.services, context, id),
    );
  }

  @FieldResolver(() => EntityConnection, { description: "What it names, the most frequent first" })
  entities(
    @Root() document: Document,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Ctx() context: GraphContext,
  ): Promise<Connection<Entity>> {
    return pageOf(
      { first, after },
      (page) =>
        ask(this.services, context, `entitiesOfDocuments:${first}:${after}`, document.id, (ids, reading) =>
          this.services.graph.entitiesOfDocuments(ids, page, reading),
        ),
      (id) => loadEntity(this.services, context, id),
    );
  }

  @FieldResolver(() => DocumentStatistics, { description: "What its passages hold" })
  async statistics(@Root() document: Document, @Ctx() context: GraphContext): Promise<DocumentStatistics> {
    const found = await ask(this.services, context, "statisticsOf", document.id, (ids, reading) =>
      this.services.graph.statisticsOf(ids, reading),
    );
    if (!found) return { chunks: 0, tokens: 0, elements: [], entities: 0, mentions: 0 };
    const elements = new Map<ElementType, number>();
    for (const { elementType, chunks } of found.elements) {
      const type = elementTypeOf(elementType);
      elements.set(type, (elements.get(type) ?? 0) + chunks);
    }
    const { chunks, tokens, entities, mentions } = found;
    return {
      chunks,
      tokens,
      entities,
      mentions,
      elements: [...elements].map(([elementType, n]) => ({ elementType, chunks: n })),
    };
  }

  @FieldResolver(() => [RelatedDocument], { description: "Documents that name the same things, the closest first" })
  async related(
    @Root() document: Document,
    @Arg("first", () => Int, { defaultValue: 10 }) first: number,
    @Ctx() context: GraphContext,
  ): Promise<RelatedDocument[]> {
    within("first", first, MAX_LIST);
    const found =
      (await ask(this.services, context, `documentsRelatedTo:${first}`, document.id, (ids, reading) =>
        this.services.graph.documentsRelatedTo(ids, first, reading),
      )) ?? [];
    return Promise.all(
      found.map(async ({ documentId, sharedEntities, entityIds }) => ({
        document: { id: documentId },
        sharedEntityCount: sharedEntities,
        sharedEntities: present(await Promise.all(entityIds.map((id) => loadEntity(this.services, context, id)))),
      })),
    );
  }
}
