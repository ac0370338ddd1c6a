import { Directive, Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../../../platform/graphql/connection.js";
import { Node } from "../../../platform/graphql/problems.js";
import { ByteCount, DateTime, Json } from "../../../platform/graphql/scalars.js";

export enum DocumentStatusName {
  PENDING = "PENDING",
  PROCESSING = "PROCESSING",
  COMPLETED = "COMPLETED",
  FAILED = "FAILED",
  CANCELLED = "CANCELLED",
  DELETING = "DELETING",
}
registerEnumType(DocumentStatusName, {
  name: "DocumentStatus",
  description: "Where a document stands. COMPLETED can be searched; see `failure` for what may be missing all the same",
});

export enum StageName {
  STORE = "STORE",
  PARSE = "PARSE",
  CHUNK = "CHUNK",
  MASK = "MASK",
  EMBED = "EMBED",
  INDEX = "INDEX",
  EXTRACT = "EXTRACT",
  FINISH = "FINISH",
}
registerEnumType(StageName, {
  name: "IndexingStage",
  description: "A step of indexing. EMBED and INDEX run beside EXTRACT",
});

export enum IndexingState {
  WAITING = "WAITING",
  RUNNING = "RUNNING",
  STUCK = "STUCK",
  COMPLETED = "COMPLETED",
  FAILED = "FAILED",
  CANCELLED = "CANCELLED",
}
registerEnumType(IndexingState, {
  name: "IndexingState",
  description:
    "WAITING and RUNNING go on; STUCK should, but does not (`code` and `message` say why); the others end the attempt",
});

export enum DeletionStatus {
  RUNNING = "RUNNING",
  COMPLETED = "COMPLETED",
}
registerEnumType(DeletionStatus, { name: "DeletionStatus" });

export enum PiiPolicyName {
  MASK = "MASK",
  DROP = "DROP",
  REFUSE = "REFUSE",
  KEEP = "KEEP",
}
registerEnumType(PiiPolicyName, {
  name: "PiiPolicy",
  description: "What becomes of personal data in documents; the file itself stays as it was uploaded",
  valuesConfig: {
    MASK: { description: "A value is replaced by its kind: [PHONE_NUMBER]" },
    DROP: { description: "The paragraph, list item or table that holds a value is left out" },
    REFUSE: {
      description: "A document that holds a value is not indexed: it ends as FAILED with the code PERSONAL_DATA",
    },
    KEEP: { description: "Values stay readable for all who read the data set. Only an admin can choose it" },
  },
});

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType("User", { description: "Somebody known to the identity provider" })
export class UserStub {
  @Field(() => ID) id!: string;
}

@ObjectType("IndexingSettings", { description: "How the documents of a data set are cut" })
export class IndexingSettingsType {
  @Field(() => Int, { description: "Tokens a chunk aims at" }) chunkTokens!: number;
  @Field(() => Int, { description: "Tokens that a chunk repeats from the one before" }) overlapTokens!: number;
}

@ObjectType("DatasetProgress", { description: "How far the documents of a data set are" })
export class DatasetProgressType {
  @Field(() => Int) documents!: number;
  @Field(() => Int, { description: "Waiting or being indexed" }) processing!: number;
  @Field(() => Int) completed!: number;
  @Field(() => Int) failed!: number;
  @Field(() => Int) cancelled!: number;
  @Field(() => Int, { description: "Of those that are processing: work that does not move although it should" })
  stuck!: number;
  @Field(() => Int) chunks!: number;
  @Field(() => Float, {
    nullable: true,
    description: "Documents per second that came to rest in the last five minutes",
  })
  ratePerSecond!: number | null;
  @Field(() => Int, { nullable: true, description: "Seconds left at that rate; null while paused or nothing moves" })
  etaSeconds!: number | null;
}

@Directive('@key(fields: "id")')
@ObjectType("Dataset", {
  implements: Node,
  description: "Documents that are indexed alike and read by the same people",
})
export class DatasetType extends Node {
  @Field() name!: string;
  @Field(() => String, { nullable: true }) description!: string | null;
  @Field(() => String, { nullable: true, description: "null: shared with the whole tenant" })
  department!: string | null;
  @Field(() => IndexingSettingsType) indexing!: IndexingSettingsType;
  @Field(() => PiiPolicyName, { description: "For what is indexed from now on" }) piiPolicy!: PiiPolicyName;
  @Field(() => DateTime, { nullable: true, description: "Set: its documents wait to be indexed" })
  pausedAt!: Date | null;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime) updatedAt!: Date;
}

@ObjectType("PiiCount", {
  description: "How many values of one kind of personal data were found; `piiPolicy` says what became of them",
})
export class PiiCount {
  @Field({ description: "E.g. PHONE_NUMBER" }) kind!: string;
  @Field(() => Int) count!: number;
}

@ObjectType("IndexingFailure", { description: "Why indexing brought less than it should" })
export class IndexingFailureType {
  @Field(() => StageName) stage!: StageName;
  @Field({ description: "Stable, for programs; e.g. ENCRYPTED, GRAPH_INCOMPLETE" }) code!: string;
  @Field({ description: "What happened, for people" }) message!: string;
  @Field({ description: "What to do about it" }) action!: string;
  @Field({ description: "Whether `retryIndexing` may help as things are" }) retryable!: boolean;
}

@ObjectType("Obstacle", { description: "Why work does not move although it should" })
export class ObstacleType {
  @Field({ description: "Stable, for programs; e.g. NO_WORKER, FAILING, NO_HEARTBEAT, HELD_BACK" }) code!: string;
  @Field({ description: "What is the matter, for people" }) message!: string;
  @Field(() => DateTime) since!: Date;
}

@ObjectType("IndexingProgress", { description: "The attempt under way" })
export class IndexingProgressType {
  @Field(() => StageName) stage!: StageName;
  @Field(() => Int, { description: "Of `total`, in the stage's own unit: pages, chunks" }) done!: number;
  @Field(() => Int, { nullable: true, description: "null: not known yet" }) total!: number | null;
  @Field(() => Float, { nullable: true, description: "Units of this stage per second" }) ratePerSecond!: number | null;
  @Field(() => Int, { nullable: true, description: "Seconds left of this stage at that rate" })
  etaSeconds!: number | null;
  @Field(() => Int, { description: "Grows with each new start of the work" }) attempt!: number;
  @Field(() => DateTime, { description: "When the work was last seen moving" }) heartbeatAt!: Date;
  @Field(() => ObstacleType, { nullable: true, description: "Set: the work is stuck" }) stuck!: ObstacleType | null;
}

@Directive('@key(fields: "id")')
@ObjectType("Document", { implements: Node, description: "A file and what became of it" })
export class DocumentType extends Node {
  @Field({ description: "The file's name as it was given" }) name!: string;
  @Field({ description: "By content, not by name" }) mimeType!: string;
  @Field(() => ByteCount) size!: number;
  @Field(() => DocumentStatusName) status!: DocumentStatusName;
  @Field(() => IndexingFailureType, { nullable: true }) failure!: IndexingFailureType | null;
  @Field(() => String, { nullable: true, description: "Title in the file, personal data masked" }) title!:
    | string
    | null;
  @Field(() => String, { nullable: true, description: "The day it takes effect by its own words, YYYY-MM-DD" })
  effectiveDate!: string | null;
  @Field(() => Int, { nullable: true, description: "null: the format has no pages" }) pageCount!: number | null;
  @Field(() => PiiPolicyName, { nullable: true, description: "What became of personal data; null: not indexed yet" })
  piiPolicy!: PiiPolicyName | null;
  @Field(() => Int) chunksCount!: number;
  @Field(() => Int) entitiesCount!: number;
  @Field(() => Json, { description: "Whatever the uploader gave along" }) metadata!: Record<string, unknown>;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime) updatedAt!: Date;
}

@ObjectType("DocumentVersion", { description: "The file of an earlier version, kept for what is cited from it" })
export class DocumentVersionType {
  @Field(() => Int, { description: "As in a citation's documentVersion" }) version!: number;
  @Field() name!: string;
  @Field() mimeType!: string;
  @Field(() => ByteCount) size!: number;
  @Field(() => DateTime) replacedAt!: Date;
}

@ObjectType("RemovedCount", { description: "How much a deletion removed from one place" })
export class RemovedCount {
  @Field({ description: "E.g. s3.objects" }) store!: string;
  @Field(() => Int) count!: number;
}

@Directive('@key(fields: "id")')
@ObjectType("Deletion", {
  implements: Node,
  description: "The receipt of a deletion. What it tells of is hidden at once and gone when it is COMPLETED",
})
export class DeletionType extends Node {
  @Field(() => ID, { description: "What is deleted" }) objectId!: string;
  @Field({ description: "Dataset or Document" }) objectType!: string;
  @Field(() => DeletionStatus) status!: DeletionStatus;
  @Field(() => DateTime) requestedAt!: Date;
  @Field(() => DateTime, { nullable: true }) completedAt!: Date | null;
}

@ObjectType("IndexingEvent", { description: "One step of indexing" })
export class IndexingEventType {
  @Field({ description: "Pass it as `after` to go on from here" }) cursor!: string;
  @Field(() => ID) documentId!: string;
  @Field(() => StageName) stage!: StageName;
  @Field(() => IndexingState) state!: IndexingState;
  @Field(() => Int) done!: number;
  @Field(() => Int, { nullable: true }) total!: number | null;
  @Field(() => Float, { nullable: true, description: "Units of this stage per second" }) ratePerSecond!: number | null;
  @Field(() => Int, { nullable: true, description: "Seconds left of this stage at that rate" })
  etaSeconds!: number | null;
  @Field(() => Int) attempt!: number;
  @Field(() => String, { nullable: true, description: "Of a failure, of what is missing, or why it is stuck" }) code!:
    | string
    | null;
  @Field(() => String, { nullable: true }) message!: string | null;
  @Field(() => DateTime) at!: Date;
}

export const DocumentConnection = connectionOf("Document", DocumentType);
export const DatasetConnection = connectionOf("Dataset", DatasetType);

const stub = '@key(fields: "id", resolvable: false)';
@Directive(stub)
@ObjectType("Chunk", { implements: Node })
export class ChunkStub extends Node {}
@Directive(stub)
@ObjectType("Entity", { implements: Node })
export class EntityStub extends Node {}
@Directive(stub)
@ObjectType("Conversation", { implements: Node })
export class ConversationStub extends Node {}
@Directive(stub)
@ObjectType("Answer", { implements: Node })
export class AnswerStub extends Node {}
