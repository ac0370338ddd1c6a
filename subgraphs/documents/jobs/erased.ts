import type { Job } from "bullmq";
import type { z } from "zod";
import { purgeResult } from "../../../platform/queue/catalogue.js";
import { defineJob, type JobDefinition } from "../../../platform/queue/worker.js";
import { addRemoved, type RemovedCounts } from "../domain/deletion.js";
import { objectKeys } from "../domain/upload.js";
import type { ChildResult, DocumentStore, ObjectStore, Publisher } from "../ports.js";
import { DOCUMENT_JOBS, erasedJob } from "./payloads.js";

export interface ErasedDeps {
  readonly documents: DocumentStore;
  readonly objects: ObjectStore;
  readonly publisher: Publisher;
  readonly childResults: (
    job: Job,
  ) => Promise<{ retrieval?: ChildResult; knowledgeGraph?: ChildResult; conversations?: ChildResult }>;
}

const removedBy = (room: string, child: ChildResult | undefined): RemovedCounts => {
  const result = purgeResult.safeParse(child?.value);
  if (!result.success) throw new Error(`${room} did not confirm that it removed everything`);
  return Object.fromEntries(Object.entries(result.data.removed).map(([name, count]) => [`${room}.${name}`, count]));
};

/** Ends a deletion: the other rooms are empty of the document, now its files and its row go and the receipt is completed. */
export function erasedDocumentJob(deps: ErasedDeps): JobDefinition<z.ZodType> {
  return defineJob({
    name: DOCUMENT_JOBS.erased,
    schema: erasedJob,
    timeoutMs: 5 * 60_000,
    async handle({ documentId, datasetId, deletionId }, { scope, job, signal }) {
      const document = (await deps.documents.byIds(scope, [documentId])).get(documentId);
      if (!document) return;
      // Without every confirmation this fails, and the sweep has the deletion done again.
      const children = await deps.childResults(job);
      const elsewhere = addRemoved(
        removedBy("retrieval", children.retrieval),
        removedBy("knowledge-graph", children.knowledgeGraph),
        removedBy("conversations", children.conversations),
      );
      const objects = await deps.objects.removeAll(objectKeys.prefix(scope.tenantId, datasetId, documentId), signal);
      await deps.documents.erase(scope, documentId, deletionId, { ...elsewhere, "s3.objects": objects });
      await deps.publisher.forget(scope.tenantId, documentId);
    },
  });
}
