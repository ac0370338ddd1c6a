import type { AuditLog } from "../../../platform/audit/audit.js";
import { PROBLEMS } from "../../../platform/graphql/problems.js";
import { buildRoomSchema, type SubgraphSchema } from "../../../platform/graphql/schema.js";
import type { ProgressLog } from "../../../platform/streams/progress.js";
import type { Admission } from "../domain/admission.js";
import type { Corrections } from "../domain/corrections.js";
import type { Holdings } from "../domain/holdings.js";
import type { AttachmentStore, DatasetStore, DeletionStore, DocumentStore, ObjectStore } from "../ports.js";
import { ChunkEditResolver } from "./chunk-edit-resolver.js";
import { DatasetResolver } from "./dataset-resolver.js";
import { DeletionResolver, DocumentResolver } from "./document-resolver.js";
import { createLoaders } from "./loaders.js";
import { createLookups } from "./lookups.js";
import { NodeResolver } from "./node-resolver.js";
import { operationOf } from "./operation.js";
import { createProgressReader } from "./progress-reader.js";
import { createIndexingEvents, progressResolverOf } from "./progress-resolver.js";
import { AnswerStub, ChunkStub, ConversationStub, EntityStub } from "./types.js";

export interface DocumentsApi {
  readonly holdings: Holdings;
  readonly corrections: Corrections;
  readonly admission: Admission;
  readonly datasets: DatasetStore;
  readonly documents: DocumentStore;
  readonly attachments: AttachmentStore;
  readonly deletions: DeletionStore;
  readonly objects: ObjectStore;
  readonly progress: ProgressLog;
  readonly audit: AuditLog;
}

/** Builds the subgraph of this room. */
export async function buildDocumentsSchema(api: DocumentsApi): Promise<SubgraphSchema> {
  const loaders = createLoaders(api);
  const lookups = createLookups(loaders, api.audit);
  const operation = operationOf(api.audit);
  const reader = createProgressReader(api.progress);
  const ProgressResolver = progressResolverOf(createIndexingEvents(reader, api.documents, api.datasets));
  const resolvers = new Map<unknown, object>([
    [DatasetResolver, new DatasetResolver(api.holdings, api.datasets, api.documents, loaders, lookups, operation)],
    [
      DocumentResolver,
      new DocumentResolver(api.holdings, api.admission, api.objects, reader, loaders, lookups, operation),
    ],
    [ChunkEditResolver, new ChunkEditResolver(api.corrections, operation)],
    [DeletionResolver, new DeletionResolver(lookups)],
    [NodeResolver, new NodeResolver(lookups)],
    [ProgressResolver, new ProgressResolver()],
  ]);
  return buildRoomSchema(
    {
      resolvers: [
        DatasetResolver,
        DocumentResolver,
        ChunkEditResolver,
        DeletionResolver,
        NodeResolver,
        ProgressResolver,
      ],
      orphanedTypes: [...PROBLEMS, ChunkStub, EntityStub, ConversationStub, AnswerStub],
      container: { get: (type: unknown) => resolvers.get(type) },
    },
    {
      Dataset: ({ id }, context) => loaders.dataset(context, id),
      Document: ({ id }, context) => loaders.document(context, id),
      Deletion: ({ id }, context) => loaders.deletion(context, id),
    },
  );
}
