import { setTimeout as pause } from "node:timers/promises";
import { DataType, FunctionType } from "@zilliz/milvus2-sdk-node";
import { UnavailableError } from "../../../platform/errors/errors.js";
import { MAX_TEXT_BYTES } from "../domain/indexing-text.js";
import type { EmbeddingModel } from "../domain/passage.js";
import {
  COLLECTION_NOT_FOUND,
  COLLECTION_NOT_LOADED,
  type MilvusConnection,
  MilvusError,
} from "./milvus-connection.js";

const PREFIX = "documents_";
const PARTITIONS = 16;
const LOAD_LIMIT_MS = 60_000;
const LOAD_POLL_MS = 50;

/** The collection of a model: its vectors are compared with no other's. E.g. `documents_multilingual_e5_small_384`. */
export function collectionName({ model, dimension }: EmbeddingModel): string {
  const slug = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 100);
  return `${PREFIX}${slug || "model"}_${dimension}`;
}

/** The inverse of {@link collectionName}, as far as it goes: the model's name comes back as its slug. */
export function modelOfCollection(name: string): EmbeddingModel | undefined {
  const match = name.match(/^documents_([a-z0-9_]+)_(\d+)$/);
  return match?.[1] && match[2] ? { model: match[1], dimension: Number(match[2]) } : undefined;
}

const text = (name: string, max_length: number, more: object = {}) => ({
  name,
  data_type: DataType.VarChar,
  max_length,
  ...more,
});

/** The schema of a collection. The scope is the partition key, so that a search reads only its own departments' partitions. */
const fieldsOf = (dimension: number) => [
  text("id", 64, { is_primary_key: true }),
  text("chunk_id", 64),
  text("document_id", 64),
  text("dataset_id", 64),
  text("tenant_id", 64),
  text("department", 256),
  text("scope", 384, { is_partition_key: true }),
  { name: "generation", data_type: DataType.Int64 },
  { name: "position", data_type: DataType.Int64 },
  text("content", MAX_TEXT_BYTES),
  // The tokens are made by the product and joined by blanks, so that Korean is searched alike whatever analyser an engine has.
  text("search_text", MAX_TEXT_BYTES, { enable_analyzer: true, analyzer_params: { tokenizer: "standard" } }),
  { name: "sparse", data_type: DataType.SparseFloatVector },
  { name: "page_number", data_type: DataType.Int64 },
  text("element_type", 32),
  text("file_name", 1024),
  { name: "document_version", data_type: DataType.Int64 },
  text("effective_date", 10),
  { name: "created_at", data_type: DataType.Int64 },
  text("layout", MAX_TEXT_BYTES),
  text("fingerprint", 64),
  { name: "embedding", data_type: DataType.FloatVector, dim: dimension },
];

const BM25 = {
  name: "bm25",
  type: FunctionType.BM25,
  input_field_names: ["search_text"],
  output_field_names: ["sparse"],
  params: {},
};

const INDEXES = [
  {
    field_name: "embedding",
    index_name: "embedding",
    index_type: "HNSW",
    metric_type: "COSINE",
    params: { M: 16, efConstruction: 200 },
  },
  { field_name: "sparse", index_name: "sparse", index_type: "SPARSE_INVERTED_INDEX", metric_type: "BM25", params: {} },
  ...["tenant_id", "document_id", "dataset_id"].map((field) => ({
    field_name: field,
    index_name: field,
    index_type: "INVERTED",
  })),
] as const;

/** The collections of the room: made when first written to, loaded whenever the server has forgotten that they were. */
export interface PassageCollections {
  /** Names of all collections of the room, whatever their model. */
  names(signal: AbortSignal): Promise<string[]>;
  /** Makes and loads the model's collection unless it is there; safe to run in several processes at once. */
  ensure(model: EmbeddingModel, signal: AbortSignal): Promise<string>;
  /** Runs a reading or writing call on a collection, loading it first when the server says that it is not. undefined: there is no such collection. */
  use<T>(name: string, signal: AbortSignal, run: () => Promise<T>): Promise<T | undefined>;
}

export function createPassageCollections(connection: MilvusConnection): PassageCollections {
  /** Collections that this process has seen; absence is never remembered, since a worker may make one at any time. */
  const seen = new Set<string>();
  const making = new Map<string, Promise<void>>();

  async function load(name: string, signal: AbortSignal): Promise<void> {
    await connection.call(
      "loadCollection",
      signal,
      (c, timeout) => c.loadCollection({ collection_name: name, timeout }),
      LOAD_LIMIT_MS,
    );
    const until = performance.now() + LOAD_LIMIT_MS;
    for (;;) {
      const { state } = await connection.call("getLoadState", signal, (c, timeout) =>
        c.getLoadState({ collection_name: name, timeout }),
      );
      if (String(state) === "LoadStateLoaded") return;
      if (performance.now() > until)
        throw new UnavailableError("VECTOR_INDEX", "The vector index is still loading. Try again shortly.");
      await pause(LOAD_POLL_MS, undefined, { signal });
    }
  }

  async function exists(name: string, signal: AbortSignal): Promise<boolean> {
    if (seen.has(name)) return true;
    const { value } = await connection.call("hasCollection", signal, (c, timeout) =>
      c.hasCollection({ collection_name: name, timeout }),
    );
    if (value) seen.add(name);
    return Boolean(value);
  }

  /** Another process may be faster, and one that died half-way may have left some: what is there already is no failure. */
  const unlessThere = (error: unknown): void => {
    if (!(error instanceof MilvusError && /already exist/i.test(error.message))) throw error;
  };

  async function make(name: string, dimension: number, signal: AbortSignal): Promise<void> {
    if (!(await exists(name, signal)))
      await connection
        .call("createCollection", signal, (c, timeout) =>
          c.createCollection({
            collection_name: name,
            fields: fieldsOf(dimension),
            functions: [BM25],
            num_partitions: PARTITIONS,
            consistency_level: "Bounded",
            timeout,
          }),
        )
        .catch(unlessThere);
    for (const index of INDEXES)
      await connection
        .call(
          "createIndex",
          signal,
          (c, timeout) => c.createIndex({ collection_name: name, ...index, timeout }),
          LOAD_LIMIT_MS,
        )
        .catch(unlessThere);
    await load(name, signal);
    seen.add(name);
  }

  return {
    async names(signal) {
      const { data } = await connection.call("showCollections", signal, (c, timeout) => c.showCollections({ timeout }));
      return data.map(({ name }) => name).filter((name) => modelOfCollection(name) !== undefined);
    },
    async ensure(model, signal) {
      const name = collectionName(model);
      let made = making.get(name);
      if (!made) {
        made = make(name, model.dimension, signal).catch((error: unknown) => {
          making.delete(name);
          throw error;
        });
        making.set(name, made);
      }
      await made;
      return name;
    },
    async use(name, signal, run) {
      if (!(await exists(name, signal))) return undefined;
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof MilvusError)) throw error;
        if (error.code === COLLECTION_NOT_FOUND) {
          seen.delete(name);
          making.delete(name);
          return undefined;
        }
        if (error.code !== COLLECTION_NOT_LOADED) throw error;
        await load(name, signal);
        return run();
      }
    },
  };
}
