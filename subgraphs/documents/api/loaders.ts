import DataLoader from "dataloader";
import type { Viewer } from "../../../platform/auth/viewer.js";
import { type GraphContext, loaderOf, requireViewer } from "../../../platform/graphql/context.js";
import type { Dataset, DatasetProgress } from "../domain/dataset.js";
import type { Deletion } from "../domain/deletion.js";
import type { Document, EarlierVersion } from "../domain/document.js";
import type { Webhook } from "../domain/webhook.js";
import type { AttachmentStore, DatasetStore, DeletionStore, DocumentStore, WebhookStore } from "../ports.js";

/** One query per kind and request tick, whatever the length of a list. */
export interface Loaders {
  dataset(context: GraphContext, id: string): Promise<Dataset | null>;
  datasetProgress(context: GraphContext, id: string): Promise<DatasetProgress | null>;
  document(context: GraphContext, id: string): Promise<Document | null>;
  deletion(context: GraphContext, id: string): Promise<Deletion | null>;
  /** By the message they were attached to. */
  attachments(context: GraphContext, id: string): Promise<Document[] | null>;
  /** Those of a data set. */
  webhooks(context: GraphContext, datasetId: string): Promise<Webhook[] | null>;
  /** Earlier versions of a document. */
  versions(context: GraphContext, documentId: string): Promise<EarlierVersion[] | null>;
}

export function createLoaders(stores: {
  datasets: DatasetStore;
  documents: DocumentStore;
  deletions: DeletionStore;
  attachments: AttachmentStore;
  webhooks: WebhookStore;
}): Loaders {
  const loading = <T>(
    name: string,
    read: (viewer: Viewer, ids: readonly string[]) => Promise<Map<string, T>>,
  ): ((context: GraphContext, id: string) => Promise<T | null>) => {
    const key = Symbol(name);
    return (context, id) => {
      const viewer = requireViewer(context);
      const loader = loaderOf(
        context,
        key,
        () =>
          new DataLoader<string, T | null>(
            async (ids) => {
              const found = await read(viewer, ids);
              return ids.map((one) => found.get(one) ?? null);
            },
            { maxBatchSize: 500 },
          ),
      );
      return loader.load(id);
    };
  };
  return {
    dataset: loading("dataset", stores.datasets.byIds),
    datasetProgress: loading("dataset progress", stores.datasets.progress),
    document: loading("document", stores.documents.byIds),
    deletion: loading("deletion", stores.deletions.byIds),
    attachments: loading("attachments", stores.attachments.ofParents),
    webhooks: loading("webhooks", stores.webhooks.ofDatasets),
    versions: loading("versions", stores.documents.versions),
  };
}
