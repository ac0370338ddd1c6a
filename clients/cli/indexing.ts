import { openAsBlob } from "node:fs";
import { basename, extname } from "node:path";
import {
  type Client,
  DatasetDocumentsDocument,
  DocumentDocument,
  type DocumentFieldsFragment,
  RetryIndexingDocument,
} from "../typescript/index.js";
import type { CommandContext } from "./command.js";
import { problemText } from "./session.js";
import { advance, labelOf, type Row, renderRows, type StageFractions, wholeOf } from "./terminal/indexing-bar.js";
import { createLiveLines } from "./terminal/live-lines.js";
import { styleOf } from "./terminal/style.js";
import { oneLine } from "./terminal/width.js";

/** Files that are uploaded and followed at the same time. */
const PARALLEL = 4;
/** A document that is not ready after this long counts as failed. */
const DOCUMENT_TIMEOUT_MS = 600_000;

const MIME_TYPES: Readonly<Record<string, string>> = {
  ".pdf": "application/pdf",
  ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  ".md": "text/markdown",
  ".html": "text/html",
  ".htm": "text/html",
  ".txt": "text/plain",
};

/** What became of one file. */
export interface IndexedFile {
  readonly name: string;
  /** The document, when it can be searched now. */
  readonly documentId: string | null;
  /** It is a document that was not there before. */
  readonly isNew: boolean;
}

/**
 * Uploads files to a data set and waits until each can be searched or has failed, with a live bar for each on a terminal and
 * a line for each elsewhere. The same bytes again are the document that is there already; when that had failed, it is tried
 * once more. Rejects only when the context's signal aborts.
 */
export async function indexFiles(
  client: Client,
  datasetId: string,
  paths: readonly string[],
  context: CommandContext,
  {
    replace = false,
  }: { /** A file whose name a document has becomes that document's next version. */ replace?: boolean } = {},
): Promise<IndexedFile[]> {
  const style = styleOf(context.isTerminal, context.env);
  const rows: Row[] = paths.map((path) => ({ name: nameOf(path), state: "waiting", fraction: 0, label: "waiting" }));
  const live = createLiveLines(context, (columns) => renderRows(rows, columns, style));
  const results: IndexedFile[] = [];
  const show = (index: number, change: Partial<Row>): void => {
    const row = rows[index];
    if (!row) return;
    rows[index] = { ...row, ...change, fraction: Math.max(row.fraction, change.fraction ?? 0) };
    live.update();
  };

  const work = async (index: number, path: string): Promise<void> => {
    const limit = AbortSignal.timeout(DOCUMENT_TIMEOUT_MS);
    const signal = AbortSignal.any([context.signal, limit]);
    const name = nameOf(path);
    const startedAt = Date.now();
    try {
      show(index, { state: "working", label: "uploading" });
      const { document, isNew } = await admit(client, datasetId, path, replace, signal);
      const isReady = document.status === "COMPLETED";
      const ready = isReady ? document : await follow(client, document.id, (change) => show(index, change), signal);
      const took = isReady ? "already there" : `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
      const label = `${count(ready.chunksCount, "passage", "passages")}, ${count(ready.entitiesCount, "entity", "entities")}, ${took}`;
      show(index, { state: "done", fraction: 1, label: ready.failure ? `${label}; ${ready.failure.message}` : label });
      results[index] = { name, documentId: ready.id, isNew };
      if (!context.isTerminal) context.print(`  ${name}: ${label}`);
    } catch (error) {
      if (context.signal.aborted) throw context.signal.reason;
      const reason = limit.aborted ? "not ready after 10 minutes: see `llmflow status`" : (error as Error).message;
      show(index, { state: "failed", label: oneLine(reason) });
      results[index] = { name, documentId: null, isNew: false };
      if (!context.isTerminal) context.print(`  ${name}: failed: ${oneLine(reason)}`);
    }
  };

  try {
    const queue = [...paths.entries()];
    const lanes = Array.from({ length: PARALLEL }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await work(...next);
    });
    const ends = await Promise.allSettled(lanes);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  } finally {
    live.close();
  }
  if (context.isTerminal) explainFailures(rows, context);
  return results;
}

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
export const nameOf = (path: string): string => basename(path).normalize("NFC");

/** Uploads one file; what is refused for being there already is that document. */
async function admit(
  client: Client,
  datasetId: string,
  path: string,
  replace: boolean,
  signal: AbortSignal,
): Promise<{ document: DocumentFieldsFragment; isNew: boolean }> {
  const mimeType = MIME_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream";
  const bytes = await openAsBlob(path, { type: mimeType });
  const name = nameOf(path);
  const replaces = replace ? await documentNamed(client, datasetId, name, signal) : undefined;
  const file = { datasetId, name, bytes, mimeType, ...(replaces ? { replaces } : {}) };
  const { document, problem } = await client.uploadFile(file, { signal });
  if (document) return { document, isNew: true };
  if (problem.__typename !== "Conflict" || problem.existingId === null) throw new Error(problemText(problem));
  const existing = await readDocument(client, problem.existingId, signal);
  if (existing.status !== "FAILED" && existing.status !== "CANCELLED") return { document: existing, isNew: false };
  const { retryIndexing } = await client.execute(RetryIndexingDocument, { id: existing.id }, { signal });
  if (!retryIndexing.document) throw new Error(retryIndexing.problem ? problemText(retryIndexing.problem) : "refused");
  return { document: retryIndexing.document, isNew: false };
}

/** The newest document of this very name. */
async function documentNamed(
  client: Client,
  datasetId: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const variables = { id: datasetId, first: 100, filter: { nameContains: name } };
  const { dataset } = await client.execute(DatasetDocumentsDocument, variables, { signal });
  return dataset?.documents.edges.find(({ node }) => node.name === name)?.node.id;
}

/** Follows a document to the end of its indexing. Rejects, saying why, when it cannot be searched then. */
async function follow(
  client: Client,
  id: string,
  show: (change: Partial<Row>) => void,
  signal: AbortSignal,
): Promise<DocumentFieldsFragment> {
  let fractions: StageFractions = {};
  for await (const event of client.followIndexing({ documentId: id }, { signal })) {
    fractions = advance(fractions, event);
    // All but the end itself, which the document's own state tells.
    show({ fraction: Math.min(0.99, wholeOf(fractions)), label: labelOf(fractions, event) });
  }
  const document = await readDocument(client, id, signal);
  if (document.status === "COMPLETED") return document;
  const { failure } = document;
  throw new Error(
    failure
      ? `${failure.message} ${failure.action} (${failure.code} at ${failure.stage})`
      : `ended as ${document.status.toLowerCase()}`,
  );
}

async function readDocument(client: Client, id: string, signal: AbortSignal): Promise<DocumentFieldsFragment> {
  const { document } = await client.execute(DocumentDocument, { id }, { signal });
  if (!document) throw new Error("the document is gone: somebody deleted it");
  return document;
}

/** The bars have no room for whole sentences. */
function explainFailures(rows: readonly Row[], context: CommandContext): void {
  for (const { name, label } of rows.filter(({ state }) => state === "failed")) context.complain(`  ${name}: ${label}`);
}
