import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { type Connection, decodeCursor, pageSize, toConnection } from "../../../platform/graphql/connection.js";
import { type GraphContext, requireViewer } from "../../../platform/graphql/context.js";
import { type Dataset, NO_PROGRESS, paceOfDataset } from "../domain/dataset.js";
import { DOCUMENT_STATUSES, type Document } from "../domain/document.js";
import type { DatasetPatch, Holdings } from "../domain/holdings.js";
import type { DatasetStore, DocumentStore, PageRequest } from "../ports.js";
import { CreateDatasetInput, DatasetFilter, DocumentFilter, UpdateDatasetInput } from "./inputs.js";
import type { Loaders } from "./loaders.js";
import type { Lookups } from "./lookups.js";
import type { Operation } from "./operation.js";
import { DatasetPayload, DeletionPayload, ReindexPayload } from "./payloads.js";
import { DatasetConnection, DatasetProgressType, DatasetType, DocumentConnection } from "./types.js";

const pageOf = (first: number, after: string | null | undefined): PageRequest => ({
  first: pageSize(first),
  after: after == null ? null : String(decodeCursor(after, 1)[0]),
});
const idKey = (row: { id: string }): readonly [string] => [row.id];
const AT_REST = DOCUMENT_STATUSES.filter((status) => status !== "DELETING");

@Resolver(() => DatasetType)
export class DatasetResolver {
  constructor(
    private readonly holdings: Holdings,
    private readonly datasets: DatasetStore,
    private readonly documentStore: DocumentStore,
    private readonly loaders: Loaders,
    private readonly lookups: Lookups,
    private readonly operation: Operation,
  ) {}

  @Query(() => DatasetConnection, {
    name: "datasets",
    description: "The viewer's departments' and the shared ones, newest first",
  })
  async list(
    @Ctx() context: GraphContext,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string | null,
    @Arg("filter", () => DatasetFilter, { nullable: true }) filter?: DatasetFilter | null,
  ): Promise<Connection<Dataset>> {
    const nameContains = filter?.nameContains;
    const page = await this.datasets.page(
      requireViewer(context),
      pageOf(first, after),
      nameContains ? { nameContains } : {},
    );
    return toConnection(page.rows, first, after, page.totalCount, idKey);
  }

  @Query(() => DatasetType, { nullable: true })
  async dataset(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<Dataset | null> {
    const dataset = await this.lookups.dataset(context, id);
    return dataset?.status === "ACTIVE" ? dataset : null;
  }

  @FieldResolver(() => DocumentConnection, { description: "Newest first" })
  async documents(
    @Ctx() context: GraphContext,
    @Root() dataset: Dataset,
    @Arg("first", () => Int, { defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string | null,
    @Arg("filter", () => DocumentFilter, { nullable: true }) filter?: DocumentFilter | null,
  ): Promise<Connection<Document>> {
    const page = await this.documentStore.page(requireViewer(context), dataset.id, pageOf(first, after), {
      statuses: filter?.status ?? AT_REST,
      ...(filter?.nameContains ? { nameContains: filter.nameContains } : {}),
    });
    return toConnection(page.rows, first, after, page.totalCount, idKey);
  }

  @FieldResolver(() => DatasetProgressType)
  async progress(@Ctx() context: GraphContext, @Root() dataset: Dataset): Promise<DatasetProgressType> {
    const progress = (await this.loaders.datasetProgress(context, dataset.id)) ?? NO_PROGRESS;
    return { ...progress, ...paceOfDataset(progress, dataset.pausedAt !== null) };
  }

  @Mutation(() => DatasetPayload, { description: "Needs the role admin or editor" })
  async createDataset(@Ctx() context: GraphContext, @Arg("input") input: CreateDatasetInput): Promise<object> {
    const about = { action: "dataset.create", objectType: "Dataset" };
    const { value, problem } = await this.operation(context, about, (viewer) => {
      const { chunkTokens, overlapTokens } = input.indexing ?? {};
      return this.holdings.createDataset(
        viewer,
        {
          name: input.name,
          description: input.description ?? null,
          department: input.department ?? null,
          ...(input.piiPolicy == null ? {} : { piiPolicy: input.piiPolicy }),
          indexing: {
            ...(chunkTokens == null ? {} : { chunkTokens }),
            ...(overlapTokens == null ? {} : { overlapTokens }),
          },
        },
        context.traceId,
      );
    });
    return { dataset: value, problem };
  }

  @Mutation(() => DatasetPayload, {
    description: "Renames, describes or moves a data set. A move decides at once who can read its documents",
  })
  async updateDataset(@Ctx() context: GraphContext, @Arg("input") input: UpdateDatasetInput): Promise<object> {
    const about = { action: "dataset.update", objectType: "Dataset", objectId: input.id };
    const patch: DatasetPatch = {
      ...(input.name == null ? {} : { name: input.name }),
      ...(input.description === undefined ? {} : { description: input.description }),
      ...(input.department === undefined ? {} : { department: input.department }),
      ...(input.piiPolicy == null ? {} : { piiPolicy: input.piiPolicy }),
    };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.holdings.updateDataset(viewer, input.id, patch, context.traceId),
    );
    return { dataset: value, problem };
  }

  @Mutation(() => DatasetPayload, {
    description: "Has the data set's documents wait to be indexed; what runs is finished, and all can still be found",
  })
  pauseIndexing(@Ctx() context: GraphContext, @Arg("datasetId", () => ID) datasetId: string): Promise<object> {
    return this.pause(context, datasetId, true);
  }

  @Mutation(() => DatasetPayload, { description: "Lets the documents of a paused data set go on" })
  resumeIndexing(@Ctx() context: GraphContext, @Arg("datasetId", () => ID) datasetId: string): Promise<object> {
    return this.pause(context, datasetId, false);
  }

  @Mutation(() => ReindexPayload, {
    description:
      "Builds a new version of every document of the data set beside the visible one, which it replaces at the end",
  })
  async reindexDataset(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    const about = { action: "dataset.reindex", objectType: "Dataset", objectId: id };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.holdings.reindexAll(viewer, id, context.traceId),
    );
    return { dataset: value?.dataset ?? null, started: value?.started ?? 0, problem };
  }

  private async pause(context: GraphContext, id: string, paused: boolean): Promise<object> {
    const about = { action: paused ? "dataset.pause" : "dataset.resume", objectType: "Dataset", objectId: id };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.holdings.pause(viewer, id, paused, context.traceId),
    );
    return { dataset: value, problem };
  }

  @Mutation(() => DeletionPayload, { description: "Deletes a data set with all its documents, everywhere" })
  async deleteDataset(@Ctx() context: GraphContext, @Arg("id", () => ID) id: string): Promise<object> {
    const about = { action: "dataset.delete", objectType: "Dataset", objectId: id };
    const { value, problem } = await this.operation(context, about, (viewer) =>
      this.holdings.deleteDataset(viewer, id, context.traceId),
    );
    return { deletion: value, problem };
  }
}
