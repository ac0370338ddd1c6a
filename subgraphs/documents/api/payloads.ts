import { type ClassType, Field, ID, Int, ObjectType } from "type-graphql";
import { Problem } from "../../../platform/graphql/problems.js";
import { DateTime } from "../../../platform/graphql/scalars.js";
import { DatasetType, DeletionType, DocumentType } from "./types.js";

@ObjectType({ description: "A header to send along" })
export class UploadHeader {
  @Field() name!: string;
  @Field() value!: string;
}

@ObjectType({ description: "Where to PUT the file; then call `completeUpload`" })
export class Upload {
  @Field(() => ID) id!: string;
  @Field({ description: "Signed for exactly this size and type" }) url!: string;
  @Field(() => [UploadHeader]) headers!: UploadHeader[];
  @Field(() => DateTime) expiresAt!: Date;
}

/** The result of a mutation: the thing, or the problem that kept it from being done. */
export interface Payload {
  problem: Problem | null;
}

@ObjectType()
export class DatasetPayload implements Payload {
  @Field(() => DatasetType, { nullable: true }) dataset!: DatasetType | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class ReindexPayload implements Payload {
  @Field(() => DatasetType, { nullable: true }) dataset!: DatasetType | null;
  @Field(() => Int, { description: "Documents that are built anew; those under way are left alone" }) started!: number;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class DocumentPayload implements Payload {
  @Field(() => DocumentType, { nullable: true }) document!: DocumentType | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class CreateUploadPayload implements Payload {
  @Field(() => Upload, { nullable: true }) upload!: Upload | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

@ObjectType()
export class DeletionPayload implements Payload {
  @Field(() => DeletionType, { nullable: true }) deletion!: DeletionType | null;
  @Field(() => Problem, { nullable: true }) problem!: Problem | null;
}

/** Instances, not bare objects: interfaces are told apart by class. */
export const instance = <T extends object>(type: ClassType<T>, fields: object): T =>
  Object.assign(new type() as T, fields);
