import type { AuditLog } from "../../../platform/audit/audit.js";
import { PROBLEMS } from "../../../platform/graphql/problems.js";
import { buildRoomSchema, type SubgraphSchema } from "../../../platform/graphql/schema.js";
import type { ProgressLog } from "../../../platform/streams/progress.js";
import type { Admission } from "../domain/admission.js";
import type { Corrections } from "../domain/corrections.js";
import type { Holdings } from "../domain/holdings.js";
import type { Hooks } from "../domain/hooks.js";
import type {
  AttachmentStore,
  DatasetStore,
  DeletionStore,
  DocumentStore,
  ObjectStore,
  WebhookStore,
} from "../ports.js";
import { ChunkEditResolver } from "./chunk-edit-resolver.js";
import { DatasetResolver } from "./dataset-resolver.js";
import { DeletionResolver, DocumentResolver, DocumentVersionResolver } from "./document-resolver.js";
import { createLoaders } from "./loaders.js";
import { createLookups } from "./lookups.js";
import { NodeResolver } from "./node-resolver.js";
import { operationOf } from "./operation.js";
import { createProgressReader } from "./progress-reader.js";
import { createIndexingEvents, progressResolverOf } from "./progress-resolver.js";
import { AnswerStub, ChunkStub, ConversationStub, EntityStub } from "./types.js";
import { DatasetWebhooksResolver, WebhookResolver } from "./webhook-resolver.js";

export interface DocumentsApi {
  readonly holdings: Holdings;
  readonly corrections: Corrections;
  readonly admission: Admission;
  readonly datasets: DatasetStore;
  readonly documents: DocumentStore;
  readonly attachments: AttachmentStore;
  readonly deletions: DeletionStore;
  readonly hooks: Hooks;
  readonly webhooks: WebhookStore;
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
    [DocumentVersionResolver, new DocumentVersionResolver(api.objects)],
    [DeletionResolver, new DeletionResolver(lookups)],
    [WebhookResolver, new WebhookResolver(api.hooks, api.webhooks, operation)],
    [DatasetWebhooksResolver, new DatasetWebhooksResolver(loaders)],
    [NodeResolver, new NodeResolver(lookups)],
    [ProgressResolver, new ProgressResolver()],
  ]);
  return buildRoomSchema(
    {
      resolvers: [
        DatasetResolver,
        DocumentResolver,
        ChunkEditResolver,
        DocumentVersionResolver,
        DeletionResolver,
        NodeResolver,
        ProgressResolver,
        WebhookResolver,
        DatasetWebhooksResolver,
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
