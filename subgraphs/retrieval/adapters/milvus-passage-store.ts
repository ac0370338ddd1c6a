import { ConsistencyLevelEnum } from "@zilliz/milvus2-sdk-node";
import { scopeKey } from "../../../platform/auth/viewer.js";
import { MAX_HOLDINGS } from "../../../platform/queue/catalogue.js";
import { PermanentFailure } from "../../../platform/queue/worker.js";
import type { PassageStore } from "../ports.js";
import { collectionName, type PassageCollections } from "./milvus-collection.js";
import type { MilvusConnection } from "./milvus-connection.js";
import { after, ofDocument, ofTenant, type ScopedFilter } from "./milvus-filter.js";
import { rowOf, STORED_FIELDS } from "./milvus-rows.js";

const WRITE_BATCH = 200;
const READ_BATCH = 500;
/**
 * Milvus Lite makes the BM25 index of rows that are not flushed anew for each search (a second for 2,000 of them) and flushes
 * by itself at 128 MB only. Each flush makes a segment with word statistics of its own, so it should not come too often either.
 */
const FRESH_ROWS = 128;
const REMOVE_BATCH = 500;
const WRITE_LIMIT_MS = 30_000;
const SHARED = "@shared";

type Row = Record<string, unknown> & { id: string };

/** Writes, moves and removes a document's rows. All reads here are strongly consistent: a worker acts on what is there now. */
export function createMilvusPassageStore(connection: MilvusConnection, collections: PassageCollections): PassageStore {
  /** Rows in the order of their ids, page by page. The SDK's own iterators are wrong or empty on Milvus Lite; asking for iterator mode makes a plain query ordered on both. */
  async function* scan(
    name: string,
    filter: ScopedFilter,
    fields: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<Row[]> {
    let page = filter;
    for (;;) {
      const wanted = page;
      const answer = await collections.use(name, signal, () =>
        connection.call("query", signal, (client, timeout) =>
          client.query({
            collection_name: name,
            filter: wanted,
            output_fields: [...new Set(["id", ...fields])],
            limit: READ_BATCH,
            params: { iterator: "True" },
            consistency_level: ConsistencyLevelEnum.Strong,
            timeout,
          }),
        ),
      );
      const rows = (answer?.data ?? []) as Row[];
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (!last || rows.length < READ_BATCH) return;
      page = after(filter, last.id);
    }
  }

  async function countRows(name: string, filter: ScopedFilter, signal: AbortSignal): Promise<number> {
    const answer = await collections.use(name, signal, () =>
      connection.call("count", signal, (client, timeout) =>
        client.query({
          collection_name: name,
          filter,
          output_fields: ["count(*)"],
          consistency_level: ConsistencyLevelEnum.Strong,
          timeout,
        }),
      ),
    );
    return Number(answer?.data[0]?.["count(*)"] ?? 0);
  }

  async function removeRows(name: string, filter: ScopedFilter, signal: AbortSignal): Promise<number> {
    const rows = await countRows(name, filter, signal);
    if (rows > 0)
      await collections.use(name, signal, () =>
        connection.call(
          "delete",
          signal,
          (client, timeout) => client.delete({ collection_name: name, filter, timeout }),
          WRITE_LIMIT_MS,
        ),
      );
    return rows;
  }

  async function upsert(name: string, rows: readonly Row[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < rows.length; at += WRITE_BATCH) {
      const batch = rows.slice(at, at + WRITE_BATCH);
      const done = await collections.use(name, signal, () =>
        connection.call(
          "upsert",
          signal,
          (client, timeout) => client.upsert({ collection_name: name, data: batch as never, timeout }),
          WRITE_LIMIT_MS,
        ),
      );
      if (!done) throw new Error(`The collection ${name} went away while it was written to`);
      fresh.set(name, (fresh.get(name) ?? 0) + batch.length);
    }
  }

  const fresh = new Map<string, number>();
  let lite: boolean | undefined;
  async function isLite(signal: AbortSignal): Promise<boolean> {
    lite ??= /lite/i.test(
      (await connection.call("getVersion", signal, (client) => client.getVersion())).version as string,
    );
    return lite;
  }

  async function everywhere(signal: AbortSignal, act: (name: string) => Promise<number>): Promise<number> {
    let sum = 0;
    for (const name of await collections.names(signal)) sum += await act(name);
    return sum;
  }

  return {
    async fingerprints(scope, model, document, signal) {
      const found = new Map<string, string>();
      const filter = ofDocument(scope, document.documentId, { generation: document.generation });
      for await (const rows of scan(collectionName(model), filter, ["fingerprint"], signal))
        for (const row of rows) found.set(row.id, String(row["fingerprint"]));
      return found;
    },
    async write(scope, model, passages, signal) {
      const name = await collections.ensure(model, signal);
      await upsert(
        name,
        passages.map((passage) => rowOf(scope.tenantId, passage)),
        signal,
      );
    },
    async settle(model, signal) {
      const name = collectionName(model);
      if ((fresh.get(name) ?? 0) < FRESH_ROWS || !(await isLite(signal))) return;
      fresh.set(name, 0);
      await connection.call(
        "flush",
        signal,
        (client, timeout) => client.flush({ collection_names: [name], timeout }),
        WRITE_LIMIT_MS,
      );
    },
    async removeChunks(scope, model, documentId, chunkIds, signal) {
      for (let at = 0; at < chunkIds.length; at += REMOVE_BATCH)
        await removeRows(
          collectionName(model),
          ofDocument(scope, documentId, { chunkIds: chunkIds.slice(at, at + REMOVE_BATCH) }),
          signal,
        );
    },
    count: (scope, model, document, signal) =>
      countRows(
        collectionName(model),
        ofDocument(scope, document.documentId, { generation: document.generation }),
        signal,
      ),
    removeGenerationsBefore: (scope, document, signal) =>
      everywhere(signal, (name) =>
        removeRows(name, ofDocument(scope, document.documentId, { before: document.generation }), signal),
      ),
    removeGeneration: (scope, { documentId, generation }, signal) =>
      everywhere(signal, (name) => removeRows(name, ofDocument(scope, documentId, { generation }), signal)),
    // An upsert replaces a row under its new partition key in one step; a crash between a delete and an insert would lose the vector.
    moveToDepartment: (scope, documentId, department, signal) =>
      everywhere(signal, async (name) => {
        let moved = 0;
        for await (const rows of scan(name, ofDocument(scope, documentId), STORED_FIELDS, signal)) {
          const astray = rows.filter((row) => row["department"] !== (department ?? SHARED));
          await upsert(
            name,
            astray.map((row) => ({
              ...row,
              department: department ?? SHARED,
              scope: scopeKey(scope.tenantId, department),
            })),
            signal,
          );
          moved += astray.length;
        }
        return moved;
      }),
    countDocument: (scope, documentId, signal) =>
      everywhere(signal, (name) => countRows(name, ofDocument(scope, documentId), signal)),
    async inventory(scope, signal) {
      const found = new Map<string, { documentId: string; generation: number; items: number }>();
      for (const name of await collections.names(signal))
        for await (const rows of scan(name, ofTenant(scope), ["document_id", "generation"], signal))
          for (const row of rows) {
            const [documentId, generation] = [String(row["document_id"]), Number(row["generation"])];
            const key = `${documentId} ${generation}`;
            const holding = found.get(key) ?? { documentId, generation, items: 0 };
            holding.items++;
            found.set(key, holding);
            if (found.size > MAX_HOLDINGS) throw new PermanentFailure("INVENTORY_TOO_LARGE", `over ${MAX_HOLDINGS}`);
          }
      return [...found.values()];
    },
    removeDocument: (scope, documentId, signal) =>
      everywhere(signal, (name) => removeRows(name, ofDocument(scope, documentId), signal)),
  };
}
