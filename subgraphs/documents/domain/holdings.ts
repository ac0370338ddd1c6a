import { DEPARTMENT_PATTERN, type Viewer } from "../../../platform/auth/viewer.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { DatasetStore, DocumentStore } from "../ports.js";
import {
  type Dataset,
  DEFAULT_INDEXING,
  descriptionProblems,
  type IndexingSettings,
  indexingProblems,
  nameProblems,
} from "./dataset.js";
import type { Deletion } from "./deletion.js";
import type { Document } from "./document.js";
import { cancel, type Decision, reindex, retry } from "./lifecycle.js";
import { writeRefusal } from "./permission.js";
import { policyRefusal } from "./personal-data.js";
import type { PiiPolicy } from "./pii-policy.js";
import { done, type InputProblem, missing, type Outcome, refused } from "./refusal.js";

export interface DatasetInput {
  readonly name: string;
  readonly description?: string | null;
  readonly department?: string | null;
  readonly indexing?: Partial<IndexingSettings>;
  readonly piiPolicy?: PiiPolicy;
}

export interface DatasetPatch {
  readonly name?: string;
  readonly description?: string | null;
  readonly department?: string | null;
  /** For what is indexed from now on. */
  readonly piiPolicy?: PiiPolicy;
}

/** Documents that one transaction starts anew. */
const REINDEX_PAGE = 200;

/** What people do with data sets and documents that are there: every rule of who may, and when. */
export interface Holdings {
  createDataset(viewer: Viewer, input: DatasetInput, traceId: string): Promise<Outcome<Dataset>>;
  updateDataset(viewer: Viewer, id: string, patch: DatasetPatch, traceId: string): Promise<Outcome<Dataset>>;
  deleteDataset(viewer: Viewer, id: string, traceId: string): Promise<Outcome<Deletion>>;
  /** Has a data set's documents wait to be indexed, or lets them go on; what runs is finished. */
  pause(viewer: Viewer, id: string, paused: boolean, traceId: string): Promise<Outcome<Dataset>>;
  /** Builds a new generation of every document at rest. Asked again half-way, it goes on with those that are left. */
  reindexAll(viewer: Viewer, id: string, traceId: string): Promise<Outcome<{ dataset: Dataset; started: number }>>;
  reindex(viewer: Viewer, id: string, traceId: string): Promise<Outcome<Document>>;
  retry(viewer: Viewer, id: string, traceId: string): Promise<Outcome<Document>>;
  cancel(viewer: Viewer, id: string, traceId: string): Promise<Outcome<Document>>;
  deleteDocument(viewer: Viewer, id: string, traceId: string): Promise<Outcome<Deletion>>;
}

const departmentProblems = (department: string | null | undefined): InputProblem[] =>
  department == null || DEPARTMENT_PATTERN.test(department)
    ? []
    : [{ path: "department", message: "Is no name of a department." }];

export function createHoldings(datasets: DatasetStore, documents: DocumentStore): Holdings {
  const decideFor =
    (viewer: Viewer, decide: (document: Document) => Decision) =>
    (document: Document): Decision =>
      writeRefusal(viewer, document.department) ?? decide(document);
  const changer =
    (action: string, decide: (document: Document) => Decision) =>
    (viewer: Viewer, id: string, traceId: string): Promise<Outcome<Document>> =>
      documents.change(viewer, id, decideFor(viewer, decide), { action, traceId });

  const writable = async (viewer: Viewer, id: string): Promise<Outcome<Dataset>> => {
    const dataset = (await datasets.byIds(viewer, [id])).get(id);
    if (!dataset || dataset.status === "DELETING") return missing("data set", id);
    return writeRefusal(viewer, dataset.department) ?? done(dataset);
  };

  return {
    async createDataset(viewer, input, traceId) {
      const department = input.department ?? null;
      const indexing = { ...DEFAULT_INDEXING, ...input.indexing };
      const issues = [
        ...nameProblems(input.name, "name", 200),
        ...descriptionProblems(input.description),
        ...departmentProblems(department),
        ...indexingProblems(indexing),
      ];
      if (issues.length > 0) return refused({ kind: "INVALID", issues });
      const { piiPolicy = "MASK" } = input;
      const denied = writeRefusal(viewer, department) ?? policyRefusal(viewer, piiPolicy);
      if (denied) return denied;
      const name = input.name.trim().normalize("NFC");
      return datasets.create(
        viewer,
        { id: newId("Dataset"), name, description: input.description ?? null, department, indexing, piiPolicy },
        { action: "dataset.create", traceId },
      );
    },

    async updateDataset(viewer, id, patch, traceId) {
      const dataset = (await datasets.byIds(viewer, [id])).get(id);
      if (!dataset) return missing("data set", id);
      const issues = [
        ...(patch.name === undefined ? [] : nameProblems(patch.name, "name", 200)),
        ...descriptionProblems(patch.description),
        ...departmentProblems(patch.department),
      ];
      if (issues.length > 0) return refused({ kind: "INVALID", issues });
      const denied =
        writeRefusal(viewer, dataset.department) ??
        (patch.department === undefined ? undefined : writeRefusal(viewer, patch.department)) ??
        (patch.piiPolicy === undefined || patch.piiPolicy === dataset.piiPolicy
          ? undefined
          : policyRefusal(viewer, patch.piiPolicy));
      if (denied) return denied;
      const named = patch.name === undefined ? patch : { ...patch, name: patch.name.trim().normalize("NFC") };
      return datasets.update(viewer, id, named, { action: "dataset.update", traceId });
    },

    async deleteDataset(viewer, id, traceId) {
      const dataset = (await datasets.byIds(viewer, [id])).get(id);
      const denied = writeRefusal(viewer, dataset?.department ?? null);
      if (denied) return dataset ? denied : missing("data set", id);
      return datasets.remove(viewer, id, newId("Deletion"), { action: "dataset.delete", traceId });
    },

    async pause(viewer, id, paused, traceId) {
      const dataset = await writable(viewer, id);
      if (dataset.refusal) return dataset;
      return datasets.pause(viewer, id, paused, { action: paused ? "dataset.pause" : "dataset.resume", traceId });
    },

    async reindexAll(viewer, id, traceId) {
      const dataset = await writable(viewer, id);
      if (dataset.refusal) return dataset;
      let started = 0;
      for (let after: string | null = ""; after !== null; ) {
        const page = { after, limit: REINDEX_PAGE };
        const part = await documents.changeAll(viewer, id, page, decideFor(viewer, reindex), { traceId });
        started += part.changed;
        after = part.last;
      }
      await datasets.record(viewer, id, { action: "dataset.reindex", traceId });
      return done({ dataset: dataset.value, started });
    },

    reindex: changer("document.reindex", reindex),
    retry: changer("document.retry", retry),
    cancel: changer("document.cancel", cancel),

    async deleteDocument(viewer, id, traceId) {
      const document = (await documents.byIds(viewer, [id])).get(id);
      const denied = writeRefusal(viewer, document?.department ?? null);
      if (denied) return document ? denied : missing("document", id);
      return documents.remove(viewer, id, newId("Deletion"), { action: "document.delete", traceId });
    },
  };
}
