import { Field, ID, InputType, Int } from "type-graphql";
import { ByteCount, Json } from "../../../platform/graphql/scalars.js";
import { DocumentStatusName, PiiPolicyName } from "./types.js";

@InputType({ description: "How documents are cut; what is left out keeps its default" })
export class IndexingSettingsInput {
  @Field(() => Int, { nullable: true, description: "64 to 480, by default 400" }) chunkTokens?: number;
  @Field(() => Int, { nullable: true, description: "0 to half of chunkTokens, by default 50" }) overlapTokens?: number;
}

@InputType()
export class CreateDatasetInput {
  @Field({ description: "1 to 200 characters, unique in the department" }) name!: string;
  @Field(() => String, { nullable: true }) description?: string | null;
  @Field(() => String, {
    nullable: true,
    description: "One of the viewer's departments; left out: shared with the tenant",
  })
  department?: string | null;
  @Field(() => IndexingSettingsInput, { nullable: true }) indexing?: IndexingSettingsInput | null;
  @Field(() => PiiPolicyName, { nullable: true, description: "By default MASK; KEEP needs the role admin" })
  piiPolicy?: PiiPolicyName | null;
}

@InputType({ description: "What is left out stays as it is" })
export class UpdateDatasetInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) name?: string | null;
  @Field(() => String, { nullable: true, description: "null removes it" }) description?: string | null;
  @Field(() => String, {
    nullable: true,
    description: "Moves it and its documents at once; null shares it with the tenant",
  })
  department?: string | null;
  @Field(() => PiiPolicyName, {
    nullable: true,
    description: "For what is indexed from now on; re-index what is there. KEEP needs the role admin",
  })
  piiPolicy?: PiiPolicyName | null;
}

@InputType()
export class CreateUploadInput {
  @Field(() => ID) datasetId!: string;
  @Field({ description: "The file's name, 1 to 255 characters" }) name!: string;
  @Field({ description: "The type the file is sent with; what it really is decides" }) mimeType!: string;
  @Field(() => ByteCount, { description: "The file's exact size" }) size!: number;
  @Field(() => ID, {
    nullable: true,
    description:
      "A document of the data set: the file becomes its next version, and the one before is found until that is whole",
  })
  replaces?: string | null;
  @Field(() => Json, { nullable: true, description: "A JSON object of at most 16 KiB" })
  metadata?: Record<string, unknown> | null;
}

@InputType()
export class AddTextInput {
  @Field(() => ID) datasetId!: string;
  @Field({ description: 'A file name; its ending tells Markdown ("note.md") and HTML from plain text' }) name!: string;
  @Field({ description: "At most 1 MiB in UTF-8" }) text!: string;
  @Field(() => Json, { nullable: true, description: "A JSON object of at most 16 KiB" })
  metadata?: Record<string, unknown> | null;
}

@InputType()
export class CorrectChunkInput {
  @Field(() => ID) documentId!: string;
  @Field(() => ID, { description: "Of the version that can be found" }) chunkId!: string;
  @Field(() => String, { nullable: true, description: "null: the text as it was cut comes back" })
  text!: string | null;
}

@InputType()
export class SetChunkEnabledInput {
  @Field(() => ID) documentId!: string;
  @Field(() => ID, { description: "Of the version that can be found" }) chunkId!: string;
  @Field({ description: "false: searches and the knowledge graph no longer know it" }) enabled!: boolean;
}

@InputType()
export class AddUrlInput {
  @Field(() => ID) datasetId!: string;
  @Field({ description: "A public http or https address; at most 20 MiB are fetched" }) url!: string;
  @Field(() => String, { nullable: true, description: "A file name; left out: the last part of the address" })
  name?: string | null;
  @Field(() => Json, { nullable: true, description: "A JSON object of at most 16 KiB" })
  metadata?: Record<string, unknown> | null;
}

@InputType()
export class DatasetFilter {
  @Field(() => String, { nullable: true }) nameContains?: string | null;
}

@InputType()
export class DocumentFilter {
  @Field(() => [DocumentStatusName], { nullable: true, description: "By default all but those being deleted" })
  status?: DocumentStatusName[] | null;
  @Field(() => String, { nullable: true }) nameContains?: string | null;
}
