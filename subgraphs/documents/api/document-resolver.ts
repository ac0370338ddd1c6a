import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { RequestError } from "../../../platform/errors/errors.js";
import type { GraphContext } from "../../../platform/graphql/context.js";
import type { Admission } from "../domain/admission.js";
import type { Dataset } from "../domain/dataset.js";
import type { Deletion } from "../domain/deletion.js";
import { type Document, type EarlierVersion, versionOf } from "../domain/document.js";
import type { Holdings } from "../domain/holdings.js";
import type { ObjectStore } from "../ports.js";
import { AddTextInput, AddUrlInput, CreateUploadInput } from "./inputs.js";
import type { Loaders } from "./loaders.js";
import type { Lookups } from "./lookups.js";
import type { Operation } from "./operation.js";
import { CreateUploadPayload, DeletionPayload, DocumentPayload } from "./payloads.js";
import type { PresentProgress, ProgressReader } from "./progress-reader.js";
import {
  DatasetType,
  DeletionType,
  DocumentType,
  DocumentVersionType,
  IndexingProgressType,
  PiiCount,
  RemovedCount,
  UserStub,
} from "./types.js";

const MAX_DOWNLOAD_SECONDS = 3600;

function signedUrl(
  objects: ObjectStore,
  file: { readonly storageKey: string; readonly name: string },
  expiresInSeconds: number,
): Promise<string> {
  if (expiresInSeconds < 1 || expiresInSeconds > MAX_DOWNLOAD_SECONDS)
    throw new RequestError("BAD_REQUEST", `"expiresInSeconds" must be from 1 to ${MAX_DOWNLOAD_SECONDS}.`);
  return objects.signedGet(file.storageKey, { expiresInSeconds, fileName: file.name });
}

@Resolver(() => DocumentType)
export class DocumentResolver {
  constructor(
    private readonly holdings: Holdings,
    private readonly admission: Admission,
    private readonly objects: ObjectStore,
    private readonly progressReader: ProgressReader,
    private readonly loaders: Loaders,
    private readonly lookups: Lookups,
    private readonly operation: Operation,
  ) {}

  @Query(() => DocumentType, { nullable: true })
  document(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<Document | null> {
    return this.lookups.document(context, id);
  }

  @FieldResolver(() => DatasetType)
  async dataset(@Ctx() context: GraphContext, @Root() document: Document): Promise<Dataset | null> {
    return this.loaders.dataset(context, document.datasetId);
  }

  @FieldResolver(() => DocumentType, {
    nullable: true,
    description: "The message it was attached to; null for what was uploaded. It is deleted with it",
  })
  async parent(@Ctx() context: GraphContext, @Root() document: Document): Promise<Document | null> {
    return document.parentId === null ? null : this.loaders.document(context, document.parentId);
  }

  @FieldResolver(() => [DocumentType], { description: "The files attached to a message, by name; at most 200" })
  async attachments(@Ctx() context: GraphContext, @Root() document: Document): Promise<Document[]> {
    return (await this.loaders.attachments(context, document.id)) ?? [];
  }

  @FieldResolver(() => Int, {
    description: "The version that can be found, or else the one being built; grows with re-indexing",
  })
  version(@Root() document: Document): number {
    return versionOf(document);
  }

  @FieldResolver(() => [PiiCount], { description: "Personal data that was found" })
  pii(@Root() document: Document): PiiCount[] {
    return Object.entries(document.pii).map(([kind, count]) => ({ kind, count }));
  }

  @FieldResolver(() => UserStub)
  createdBy(@Root() document: Document): UserStub {
    return { id: document.createdBy };
  }

  @FieldResolver(() => IndexingProgressType, { nullable: true, description: "null while nothing is under way" })
  async progress(@Root() document: Document): Promise<PresentProgress | null> {
    return this.progressReader.present(document);
  }

  @FieldResolver(() => String, { description: "A signed URL of the original file" })
  async downloadUrl(
    @Root() document: Document,
    @Arg("expiresInSeconds", () => Int, { defaultValue: 300 }) expiresInSeconds: number,
  ): Promise<string> {
    return signedUrl(this.objects, document, expiresInSeconds);
  }

  @FieldResolver(() => [DocumentVersionType], {
    description: "Earlier versions whose file was another one, newest first",
  })
  async versions(@Ctx() context: GraphContext, @Root() document: Document): Promise<readonly EarlierVersion[]> {
    return (await this.loaders.versions(context, document.id)) ?? [];
  }

  @Mutation(() => CreateUploadPayload, { description: "Promises a file: PUT it to the URL, then call completeUpload" })
  async createUpload(@Ctx() context: GraphContext, @Arg("input") input: CreateUploadInput): Promise<object> {
    const about = { action: "upload.create", objectType: "Dataset", objectId: input.datasetId };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.admission.createUpload(
        { ...context, viewer },
        input.datasetId,
        { name: input.name, mimeType: input.mimeType, size: input.size, metadata: input.metadata ?? {} },
        input.replaces,
      ),
    );
    if (!value) return { upload: null, problem };
    const headers = Object.entries(value.headers).map(([name, content]) => ({ name, value: content }));
    return {
      upload: { id: value.upload.id, url: value.url, headers, expiresAt: value.upload.expiresAt },
      problem: null,
    };
  }

  @Mutation(() => DocumentPayload, {
    description: "Admits the uploaded file and starts indexing. Calling it again gives the same document",
  })
  async completeUpload(@Ctx() context: GraphContext, @Arg("uploadId", () => ID) uploadId: string): Promise<object> {
    const about = { action: "document.create", objectType: "Upload", objectId: uploadId };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.admission.completeUpload({ ...context, viewer }, uploadId),
    );
    return { document: value, problem };
  }

  @Mutation(() => DocumentPayload, { description: "Admits a text as a document and starts indexing" })
  async addText(@Ctx() context: GraphContext, @Arg("input") input: AddTextInput): Promise<object> {
    const about = { action: "document.create", objectType: "Dataset", objectId: input.datasetId };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.admission.addText({ ...context, viewer }, input.datasetId, {
        name: input.name,
        text: input.text,
        metadata: input.metadata ?? {},
      }),
    );
    return { document: value, problem };
  }

  @Mutation(() => DocumentPayload, { description: "Fetches a file from a public address and starts indexing" })
  async addUrl(@Ctx() context: GraphContext, @Arg("input") input: AddUrlInput): Promise<object> {
    const about = { action: "document.create", objectType: "Dataset", objectId: input.datasetId };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.admission.addUrl({ ...context, viewer }, input.datasetId, {
        url: input.url,
        name: input.name ?? null,
        metadata: input.metadata ?? {},
      }),
    );
    return { document: value, problem };
  }

  @Mutation(() => DocumentPayload, {
    description: "Builds a new version beside the visible one, which it replaces at the end",
  })
  reindexDocument(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    return this.change(context, id, "document.reindex", this.holdings.reindex);
  }

  @Mutation(() => DocumentPayload, { description: "Goes on with what failed, was cancelled or is incomplete" })
  retryIndexing(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    return this.change(context, id, "document.retry", this.holdings.retry);
  }

  @Mutation(() => DocumentPayload, { description: "Stops the attempt under way; a version that can be found stays" })
  cancelIndexing(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    return this.change(context, id, "document.cancel", this.holdings.cancel);
  }

  @Mutation(() => DeletionPayload, { description: "Hides the document at once and removes it everywhere" })
  async deleteDocument(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    const about = { action: "document.delete", objectType: "Document", objectId: id };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.holdings.deleteDocument(viewer, id, context.traceId),
    );
    return { deletion: value, problem };
  }

  private async change(
    context: GraphContext,
    id: string,
    action: string,
    work: Holdings["reindex"],
  ): Promise<{ document: Document | null; problem: unknown }> {
    const { value, problem } = await this.operation(
      context,
      { action, objectType: "Document", objectId: id },
      (viewer) => work(viewer, id, context.traceId),
    );
    return { document: value, problem };
  }
}

@Resolver(() => DocumentVersionType)
export class DocumentVersionResolver {
  constructor(private readonly objects: ObjectStore) {}

  @FieldResolver(() => String, { description: "A signed URL of the file" })
  async downloadUrl(
    @Root() version: EarlierVersion,
    @Arg("expiresInSeconds", () => Int, { defaultValue: 300 }) expiresInSeconds: number,
  ): Promise<string> {
    return signedUrl(this.objects, version, expiresInSeconds);
  }
}

@Resolver(() => DeletionType)
export class DeletionResolver {
  constructor(private readonly lookups: Lookups) {}

  @Query(() => DeletionType, { nullable: true, description: "The receipt of a deletion" })
  deletion(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<Deletion | null> {
    return this.lookups.deletion(context, id);
  }

  @FieldResolver(() => [RemovedCount])
  removed(@Root() deletion: Deletion): RemovedCount[] {
    return Object.entries(deletion.removed).map(([store, count]) => ({ store, count }));
  }
}
