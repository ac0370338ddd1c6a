import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from "type-graphql";
import { RequestError } from "../../../platform/errors/errors.js";
import { type Connection, decodeCursor, pageSize, toConnection } from "../../../platform/graphql/connection.js";
import { type GraphContext, loaderOf, requireViewer } from "../../../platform/graphql/context.js";
import { elementTypeOf } from "../../../platform/graphql/passages.js";
import type { Corrections, EditableChunk } from "../domain/corrections.js";
import type { Document } from "../domain/document.js";
import { writeRefusal } from "../domain/permission.js";
import { EditableChunkConnection, EditableChunkType, LapsedChunkEdit } from "./chunk-edit-types.js";
import { CorrectChunkInput, SetChunkEnabledInput } from "./inputs.js";
import type { Operation } from "./operation.js";
import { DocumentPayload, instance } from "./payloads.js";
import { DocumentType } from "./types.js";

const toChunk = ({ id, chunk, edit }: EditableChunk): EditableChunkType =>
  instance(EditableChunkType, {
    id,
    position: chunk.position,
    text: edit?.correctedText ?? chunk.text,
    originalText: edit?.correctedText == null ? null : chunk.text,
    elementType: elementTypeOf(chunk.elementType),
    headingPath: chunk.headingPath,
    pages: chunk.pages,
    boxes: chunk.boxes,
    tokens: chunk.tokens,
    disabled: edit?.disabled ?? false,
    corrected: edit?.correctedText != null,
    editedBy: edit ? { id: edit.editedBy } : null,
    editedAt: edit?.editedAt ?? null,
  });

@Resolver(() => DocumentType)
export class ChunkEditResolver {
  private readonly key = Symbol("chunks with their edits");

  constructor(
    private readonly corrections: Corrections,
    private readonly operation: Operation,
  ) {}

  @FieldResolver(() => EditableChunkConnection, {
    description:
      "All chunks of the version that can be found, in their order, for editors. Needs the role admin or editor",
  })
  async editableChunks(
    @Ctx() context: GraphContext,
    @Root() document: Document,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string | null,
  ): Promise<Connection<EditableChunkType>> {
    const size = pageSize(first);
    const from = after == null ? -1 : Number(decodeCursor(after, 1)[0]);
    const { chunks } = await this.read(context, document);
    const page = chunks.filter(({ chunk }) => chunk.position > from).slice(0, size + 1);
    return toConnection(page.map(toChunk), first, after, chunks.length, ({ position }) => [position]);
  }

  @FieldResolver(() => [LapsedChunkEdit], {
    description:
      "Decisions about chunks that the version that can be found no longer has. Needs the role admin or editor",
  })
  async lapsedChunkEdits(@Ctx() context: GraphContext, @Root() document: Document): Promise<LapsedChunkEdit[]> {
    const { lapsed } = await this.read(context, document);
    return lapsed.map((edit) => instance(LapsedChunkEdit, { ...edit, editedBy: { id: edit.editedBy } }));
  }

  @Mutation(() => DocumentPayload, {
    description:
      "Gives a chunk another text. Personal data in it is treated as the data set asks; a new version of the document with it is built at once. The correction is kept through re-indexing as long as the text it corrects still stands",
  })
  async correctChunk(@Ctx() context: GraphContext, @Arg("input") input: CorrectChunkInput): Promise<object> {
    const about = { action: "chunk.correct", objectType: "Document", objectId: input.documentId };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.corrections.correct({ ...context, viewer }, input.documentId, input.chunkId, input.text ?? null),
    );
    return { document: value, problem };
  }

  @Mutation(() => DocumentPayload, {
    description: "Takes a chunk out of searches and the knowledge graph, or back in; kept through re-indexing",
  })
  async setChunkEnabled(@Ctx() context: GraphContext, @Arg("input") input: SetChunkEnabledInput): Promise<object> {
    const action = input.enabled ? "chunk.enable" : "chunk.disable";
    const about = { action, objectType: "Document", objectId: input.documentId };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.corrections.setEnabled({ ...context, viewer }, input.documentId, input.chunkId, input.enabled),
    );
    return { document: value, problem };
  }

  /** Once per request and document. */
  private read(context: GraphContext, document: Document): ReturnType<Corrections["chunksOf"]> {
    const viewer = requireViewer(context);
    if (writeRefusal(viewer, document.department))
      throw new RequestError("FORBIDDEN", "Chunks are edited by admins and editors of the document's department.");
    const read = loaderOf(context, this.key, () => new Map<string, ReturnType<Corrections["chunksOf"]>>());
    const known = read.get(document.id) ?? this.corrections.chunksOf(document, { ...context, viewer });
    read.set(document.id, known);
    return known;
  }
}
