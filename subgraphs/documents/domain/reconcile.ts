import type { Inventory } from "../../../platform/queue/catalogue.js";
import type { Ledger } from "../ports.js";

export type Store = "s3" | "postgres" | "milvus" | "neo4j" | "redis";

/** One difference between what the rows say and what a store holds. */
export interface Finding {
  readonly store: Store;
  /** ORPHAN: the store holds what belongs to nothing. MISSING: the rows promise what the store lacks. */
  readonly kind: "ORPHAN" | "MISSING";
  /** What it is about: a document, an object's key, a command. */
  readonly id: string;
  readonly detail: string;
  readonly documentId?: string;
  readonly generation?: number;
}

type Documents = ReadonlyMap<string, Ledger>;

export const sameFinding = (a: Finding, b: Finding): boolean =>
  a.store === b.store && a.kind === b.kind && a.id === b.id && a.generation === b.generation;

/** Compares what an indexing room holds. `before`, `after`: the rows read before and after the room was asked, so that what came or went meanwhile is not reported. */
export function compareHoldings(
  store: "milvus" | "neo4j",
  { holdings, loose }: Inventory,
  before: Documents,
  after: Documents,
): Finding[] {
  const findings: Finding[] = [];
  const held = new Map<string, number>();
  for (const { documentId, generation, items } of holdings) {
    held.set(`${documentId} ${generation}`, items);
    const document = after.get(documentId);
    if (!document && !before.has(documentId))
      findings.push({
        store,
        kind: "ORPHAN",
        id: documentId,
        documentId,
        detail: `${items} items of a document that is gone`,
      });
    else if (
      items > 0 &&
      document?.settled &&
      before.get(documentId)?.settled &&
      generation !== document.visibleGeneration
    )
      findings.push({
        store,
        kind: "ORPHAN",
        id: documentId,
        documentId,
        generation,
        detail: `${items} items of generation ${generation}, which nobody sees`,
      });
  }
  for (const document of after.values()) {
    const { documentId, visibleGeneration, chunksCount } = document;
    if (!document.settled || !before.get(documentId)?.settled || visibleGeneration === null) continue;
    if (store === "neo4j" && document.failureCode === "GRAPH_INCOMPLETE") continue;
    const items = held.get(`${documentId} ${visibleGeneration}`) ?? 0;
    if (items < chunksCount)
      findings.push({
        store,
        kind: "MISSING",
        id: documentId,
        documentId,
        generation: visibleGeneration,
        detail: `${items} of ${chunksCount} chunks`,
      });
  }
  if (loose > 0)
    findings.push({ store, kind: "ORPHAN", id: "entities", detail: `${loose} entities that nothing mentions` });
  return findings;
}

/** What a document's objects may be called; the rest of its prefix belongs to nothing. */
function isOwn(key: string, document: Ledger): boolean {
  if (!document.settled || key === document.storageKey) return true;
  const generation = /\/g(\d+)\/[^/]+$/.exec(key)?.[1];
  return generation !== undefined && Number(generation) >= (document.visibleGeneration ?? document.latestGeneration);
}

/**
 * Compares the objects below `documents/{tenant}/` and `uploads/{tenant}/`.
 * @param promised ids of uploads, and of the documents they are to become
 */
export function compareObjects(
  keys: readonly string[],
  before: Documents,
  after: Documents,
  promised: ReadonlySet<string>,
): Finding[] {
  const orphan = (id: string, detail: string): Finding => ({ store: "s3", kind: "ORPHAN", id, detail });
  const findings: Finding[] = [];
  const found = new Set(keys);
  for (const key of keys) {
    const [kind, , first, second] = key.split("/");
    const id = (kind === "uploads" ? first : second) ?? "";
    if (promised.has(id) || promised.has(key)) continue;
    if (kind === "uploads") findings.push(orphan(key, "an upload that nobody waits for"));
    else {
      const document = after.get(id);
      if (!document && !before.has(id)) findings.push(orphan(key, "an object of a document that is gone"));
      else if (document && !isOwn(key, document)) findings.push(orphan(key, "an artefact that nothing needs"));
    }
  }
  for (const { documentId, storageKey, settled } of after.values())
    if (settled && before.has(documentId) && !found.has(storageKey))
      findings.push({ store: "s3", kind: "MISSING", id: storageKey, documentId, detail: "the original file" });
  return findings;
}

/** Compares what readers are told with what the rows say. */
export function compareVisibility(
  shown: ReadonlyMap<string, number>,
  reported: Iterable<string>,
  before: Documents,
  after: Documents,
  promised: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = [];
  for (const [documentId, generation] of shown) {
    const document = after.get(documentId);
    const gone = !document && !before.has(documentId);
    if (gone || (document?.settled && document.visibleGeneration !== generation))
      findings.push({
        store: "redis",
        kind: "ORPHAN",
        id: documentId,
        documentId,
        generation,
        detail: "shown to readers, but it is not to be seen",
      });
  }
  for (const { documentId, visibleGeneration, settled } of after.values())
    if (settled && before.get(documentId)?.settled && visibleGeneration !== null && !shown.has(documentId))
      findings.push({ store: "redis", kind: "MISSING", id: documentId, documentId, detail: "not shown to readers" });
  for (const id of new Set(reported))
    if (!after.has(id) && !before.has(id) && !promised.has(id))
      findings.push({ store: "redis", kind: "ORPHAN", id, detail: "progress of something that is gone" });
  return findings;
}
