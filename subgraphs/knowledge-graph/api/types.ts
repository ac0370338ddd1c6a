import { Directive, Field, Float, ID, InputType, Int, ObjectType } from "type-graphql";
import { connectionOf } from "../../../platform/graphql/connection.js";
import { ElementType, Fact, PageBox } from "../../../platform/graphql/passages.js";
import { Node } from "../../../platform/graphql/problems.js";

@Directive('@key(fields: "id")')
@ObjectType({ description: "A document; this part of the graph adds what was extracted from it" })
export class Document {
  @Field(() => ID) id!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ implements: Node, description: "A passage of a document, as it was indexed: personal data is masked" })
export class Chunk extends Node {
  @Field(() => Document) document!: Document;
  @Field() text!: string;
  @Field(() => Int, { description: "Place in the document, from 0" }) position!: number;
  @Field(() => [Int], { description: "Pages it stands on, from 1; empty where a format has no pages" })
  pages!: number[];
  @Field(() => [PageBox], { description: "Where on these pages" }) boxes!: PageBox[];
  @Field(() => ElementType) elementType!: ElementType;
  @Field(() => [String], { description: "Headings above it, the outermost first" }) headingPath!: string[];
}

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  description:
    "A thing that documents name. Its names, counts and relations are those of the passages the viewer may read",
})
export class Entity extends Node {
  @Field({ description: "Its most frequent spelling" }) name!: string;
  @Field({ description: "ORGANIZATION, POLICY, SYSTEM, LOCATION, PERSON, PRODUCT, EVENT or CONCEPT" }) type!: string;
  @Field(() => [String], { description: "Other spellings" }) aliases!: string[];
  @Field(() => Int, { description: "How many passages name it" }) mentionCount!: number;
}

@ObjectType({ description: "An entity named in a passage" })
export class Mention {
  @Field(() => Entity) entity!: Entity;
  @Field(() => Int, { description: "How often the passage names it" }) count!: number;
  @Field({ description: "The passage is about it: its heading names it, or its text opens with it" }) lead!: boolean;
  @Field(() => Float, { description: "How sure the extraction is, from 0 to 1" }) confidence!: number;
}

@ObjectType({ description: "How two entities belong together" })
export class Relation {
  @Field({ description: "E.g. MANAGED_BY, or RELATED_TO when nothing more is known" }) relationType!: string;
  @Field({ description: "The entity it was asked of is the subject (on two hops: the one in between)" })
  outgoing!: boolean;
  @Field(() => Int, { description: "1: related directly; 2: over another entity" }) hops!: number;
  @Field(() => Float, { description: "In how many sentences of readable passages" }) weight!: number;
  @Field(() => Entity, { description: "The other one" }) entity!: Entity;
  @Field(() => [Chunk], { description: "Passages that support it; at most 20" }) evidence!: Chunk[];
}

@ObjectType({ description: "A document that names the same things" })
export class RelatedDocument {
  @Field(() => Document) document!: Document;
  @Field(() => Int) sharedEntityCount!: number;
  @Field(() => [Entity], { description: "Some of what both name; at most 10" }) sharedEntities!: Entity[];
}

@ObjectType({ description: "How many passages were made from one kind of element" })
export class ElementCount {
  @Field(() => ElementType) elementType!: ElementType;
  @Field(() => Int) chunks!: number;
}

@ObjectType({ description: "What a document's passages hold, as far as the viewer may read them" })
export class DocumentStatistics {
  @Field(() => Int) chunks!: number;
  @Field(() => Int, {
    nullable: true,
    description: "Of the embedding model; null for a document that was indexed before they were counted",
  })
  tokens!: number | null;
  @Field(() => [ElementCount], { description: "By the element they were made from, the most frequent first" })
  elements!: ElementCount[];
  @Field(() => Int, { description: "Different entities" }) entities!: number;
  @Field(() => Int, { description: "How often entities are named" }) mentions!: number;
}

@InputType({ description: "A hybrid search hit" })
@Directive("@inaccessible")
export class GraphCandidateInput {
  @Field(() => ID) chunkId!: string;
  @Field(() => Float, { description: "Combined base score, about 0 to 1" }) score!: number;
}

@InputType({ description: "What to order by the graph" })
@Directive("@inaccessible")
export class GraphRankInput {
  @Field(() => [GraphCandidateInput], { description: "At most 200" }) candidates!: GraphCandidateInput[];
  @Field(() => [String], { description: "The question's terms; at most 100" }) terms!: string[];
  @Field({ description: "The question itself; at most 2,000 characters" }) query!: string;
  @Field(() => Int, { description: "How many passages to return, from 1 to 400" }) limit!: number;
  @Field(() => Int, { nullable: true, description: "1 or 2; 2 when left out" }) hops?: number | null;
}

@ObjectType()
@Directive("@inaccessible")
export class GraphRankedChunk {
  @Field(() => ID) chunkId!: string;
  @Field(() => Float, { description: "Probability mass of the walk; 0 for hits that it did not reach" }) score!: number;
  @Field(() => [String], { description: "Names of the entities that led to it; at most 5" }) entities!: string[];
  @Field({ description: "False: the graph brought it" }) fromCandidates!: boolean;
}

@ObjectType()
@Directive("@inaccessible")
export class NamedInQuestion {
  @Field(() => ID) id!: string;
  @Field() name!: string;
}

@ObjectType()
@Directive("@inaccessible")
export class GraphRanking {
  @Field(() => [GraphRankedChunk]) order!: GraphRankedChunk[];
  @Field(() => [Fact], { description: "At most 20" }) facts!: Fact[];
  @Field(() => [NamedInQuestion]) questionEntities!: NamedInQuestion[];
  @Field(() => Float) milliseconds!: number;
}

export const ChunkConnection = connectionOf("Chunk", Chunk);
export const EntityConnection = connectionOf("Entity", Entity);
