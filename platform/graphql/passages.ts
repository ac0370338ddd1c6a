import "reflect-metadata";
import { Directive, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DateTime } from "./scalars.js";

export enum ElementType {
  TITLE = "TITLE",
  NARRATIVE_TEXT = "NARRATIVE_TEXT",
  LIST_ITEM = "LIST_ITEM",
  TABLE = "TABLE",
  IMAGE = "IMAGE",
  OTHER = "OTHER",
}
registerEnumType(ElementType, {
  name: "ElementType",
  description: "What kind of element of a document a chunk was made from",
});

const BY_NAME: Readonly<Record<string, ElementType>> = {
  Title: ElementType.TITLE,
  NarrativeText: ElementType.NARRATIVE_TEXT,
  ListItem: ElementType.LIST_ITEM,
  Table: ElementType.TABLE,
  Image: ElementType.IMAGE,
};
/** The GraphQL name of a parser's element type ("NarrativeText" → NARRATIVE_TEXT). */
export const elementTypeOf = (name: string): ElementType => BY_NAME[name] ?? ElementType.OTHER;

@ObjectType({ description: "A rectangle on a page; coordinates run from 0 to 1, from the page's upper left corner" })
@Directive("@shareable")
export class PageBox {
  @Field(() => Int) page!: number;
  @Field(() => Float) x0!: number;
  @Field(() => Float) y0!: number;
  @Field(() => Float) x1!: number;
  @Field(() => Float) y1!: number;
}

@ObjectType({ description: "A triple of the knowledge graph, supported by at least one chunk the viewer may read" })
@Directive("@shareable")
export class Fact {
  @Field() subject!: string;
  @Field({ description: "E.g. MANAGED_BY, or RELATED_TO when nothing more is known" }) relationType!: string;
  @Field() object!: string;
  @Field(() => Float, { description: "How strongly the visible chunks support it; higher is stronger" })
  weight!: number;
  @Field(() => [ID], { description: "Ids of chunks that support it" }) evidence!: string[];
}

@InputType({ description: "Narrows a search" })
export class PassageFilter {
  @Field(() => [ElementType], { nullable: true }) elementTypes?: ElementType[] | null;
  @Field(() => [ID], { nullable: true, description: "Only these documents" }) documentIds?: string[] | null;
  @Field(() => DateTime, { nullable: true, description: "Only documents created at or after" })
  createdAfter?: Date | null;
  @Field(() => DateTime, { nullable: true, description: "Only documents created before" })
  createdBefore?: Date | null;
  @Field(() => String, {
    nullable: true,
    description: "YYYY-MM-DD: only documents that hold from this day or an earlier one, and those that name no day",
  })
  effectiveOn?: string | null;
}
