import { Field, ID, Int, ObjectType } from "type-graphql";
import { connectionOf } from "../../../platform/graphql/connection.js";
import { ElementType, PageBox } from "../../../platform/graphql/passages.js";
import { DateTime } from "../../../platform/graphql/scalars.js";
import { UserStub } from "./types.js";

@ObjectType("EditableChunk", {
  description:
    "A chunk of the version that can be found, with what editors decided about it; disabled ones are here too",
})
export class EditableChunkType {
  @Field(() => ID, { description: "The chunk's id in this version; it changes with the version" }) id!: string;
  @Field(() => Int, { description: "Place in the document, from 0" }) position!: number;
  @Field({ description: "As decided last: the correction, or the text as it was cut" }) text!: string;
  @Field(() => String, { nullable: true, description: "The text as it was cut, where it was corrected" })
  originalText!: string | null;
  @Field(() => ElementType) elementType!: ElementType;
  @Field(() => [String], { description: "Headings above it, the outermost first" }) headingPath!: string[];
  @Field(() => [Int], { description: "Pages it stands on, from 1; empty where a format has no pages" })
  pages!: number[];
  @Field(() => [PageBox], { description: "Where on these pages" }) boxes!: PageBox[];
  @Field(() => Int, { description: "Of the text as it was cut, by the embedder's tokenizer" }) tokens!: number;
  @Field() disabled!: boolean;
  @Field() corrected!: boolean;
  @Field(() => UserStub, { nullable: true, description: "Who decided last" }) editedBy!: UserStub | null;
  @Field(() => DateTime, { nullable: true }) editedAt!: Date | null;
}

@ObjectType("LapsedChunkEdit", {
  description: "A decision about a chunk whose text no longer stands in the document; it comes back with the text",
})
export class LapsedChunkEdit {
  @Field({ description: "The text it was decided about" }) originalText!: string;
  @Field(() => String, { nullable: true }) correctedText!: string | null;
  @Field() disabled!: boolean;
  @Field(() => UserStub) editedBy!: UserStub;
  @Field(() => DateTime) editedAt!: Date;
}

export const EditableChunkConnection = connectionOf("EditableChunk", EditableChunkType);
