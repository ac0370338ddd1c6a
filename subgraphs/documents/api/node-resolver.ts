import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { type IdKind, kindOfId } from "../../../platform/graphql/ids.js";
import { Node } from "../../../platform/graphql/problems.js";
import type { Lookups } from "./lookups.js";
import { instance } from "./payloads.js";
import {
  AnswerStub,
  ChunkStub,
  ConversationStub,
  DatasetType,
  DeletionType,
  DocumentType,
  EntityStub,
} from "./types.js";

/** Kinds that other rooms own: the router asks them, and null fields come back for what the viewer may not see. */
const ELSEWHERE: Partial<Record<IdKind, new () => Node>> = {
  Chunk: ChunkStub,
  Entity: EntityStub,
  Conversation: ConversationStub,
  Answer: AnswerStub,
};

@Resolver()
export class NodeResolver {
  constructor(private readonly lookups: Lookups) {}

  @Query(() => Node, { nullable: true, description: "Anything by its id" })
  async node(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<Node | null> {
    requireViewer(context);
    const kind = kindOfId(id);
    if (!kind) return null;
    const stub = ELSEWHERE[kind];
    if (stub) return instance(stub, { id });
    if (kind === "Dataset") {
      const dataset = await this.lookups.dataset(context, id);
      return dataset?.status === "ACTIVE" ? instance(DatasetType, dataset) : null;
    }
    if (kind === "Document") {
      const document = await this.lookups.document(context, id);
      return document && instance(DocumentType, document);
    }
    if (kind === "Deletion") {
      const deletion = await this.lookups.deletion(context, id);
      return deletion && instance(DeletionType, deletion);
    }
    return null;
  }
}
