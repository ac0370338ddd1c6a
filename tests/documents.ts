import { type Api, eventually } from "./product.js";

export interface ProblemView {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
}

export interface IndexingEvent {
  readonly cursor: string;
  readonly documentId: string;
  readonly stage: string;
  readonly state: string;
  readonly done: number;
  readonly total: number | null;
  readonly attempt: number;
  readonly code: string | null;
  readonly message: string | null;
}

export interface DocumentView {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly chunksCount: number;
  readonly entitiesCount: number;
  readonly mimeType: string;
  readonly failure: { readonly stage: string; readonly code: string; readonly message: string } | null;
}

const PROBLEM = "problem { __typename code message }";
const DOCUMENT = "id status version chunksCount entitiesCount mimeType failure { stage code message }";

/** The thing of a payload. Throws the problem's message where there is one. */
export function granted<T>(thing: T | null | undefined, problem: ProblemView | null | undefined): T {
  if (problem) throw new Error(`${problem.code}: ${problem.message}`);
  if (thing === null || thing === undefined) throw new Error("the payload holds neither a thing nor a problem");
  return thing;
}

/** Makes a data set; `department` left out shares it with the tenant. */
export async function createDataset(api: Api, name: string, department?: string): Promise<string> {
  const { createDataset: payload } = await api.run<{
    createDataset: { dataset: { id: string } | null; problem: ProblemView | null };
  }>(`mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } ${PROBLEM} } }`, {
    input: { name, ...(department === undefined ? {} : { department }) },
  });
  return granted(payload.dataset, payload.problem).id;
}

type DocumentPayload = { document: DocumentView | null; problem: ProblemView | null };

/** Adds a text as a document; resolves at once, while it is indexed. */
export async function addText(api: Api, datasetId: string, name: string, text: string): Promise<DocumentView> {
  const { addText: payload } = await api.run<{ addText: DocumentPayload }>(
    `mutation ($input: AddTextInput!) { addText(input: $input) { document { ${DOCUMENT} } ${PROBLEM} } }`,
    { input: { datasetId, name, text } },
  );
  return granted(payload.document, payload.problem);
}

export interface Upload {
  readonly id: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export async function createUpload(
  api: Api,
  input: { datasetId: string; name: string; mimeType: string; size: number; metadata?: unknown },
): Promise<{ upload: Upload | null; problem: ProblemView | null }> {
  const data = await api.run<{ createUpload: { upload: Upload | null; problem: ProblemView | null } }>(
    `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url headers { name value } } ${PROBLEM} } }`,
    { input },
  );
  return data.createUpload;
}

/** Sends bytes to where an upload said. Resolves with the status of the object store. */
export async function put(upload: Upload, bytes: Uint8Array): Promise<number> {
  const response = await fetch(upload.url, {
    method: "PUT",
    headers: Object.fromEntries(upload.headers.map(({ name, value }) => [name, value])),
    body: bytes as BodyInit,
    signal: AbortSignal.timeout(30_000),
  });
  await response.arrayBuffer();
  return response.status;
}

export async function completeUpload(api: Api, uploadId: string): Promise<DocumentPayload> {
  const data = await api.run<{ completeUpload: DocumentPayload }>(
    `mutation ($id: ID!) { completeUpload(uploadId: $id) { document { ${DOCUMENT} } ${PROBLEM} } }`,
    { id: uploadId },
  );
  return data.completeUpload;
}

/** createUpload, PUT, completeUpload: the way of a client. The problem of whichever step refused the file. */
export async function uploadFile(
  api: Api,
  datasetId: string,
  file: { name: string; bytes: Uint8Array; mimeType?: string },
): Promise<DocumentPayload> {
  const { upload, problem } = await createUpload(api, {
    datasetId,
    name: file.name,
    mimeType: file.mimeType ?? "application/octet-stream",
    size: file.bytes.length,
  });
  if (!upload) return { document: null, problem };
  const status = await put(upload, file.bytes);
  if (status !== 200) throw new Error(`the object store answered ${status} to the upload of ${file.name}`);
  return completeUpload(api, upload.id);
}

export const INDEXING = `subscription ($id: ID!, $after: String) { indexingProgress(documentId: $id, after: $after) {
  cursor documentId stage state done total attempt code message } }`;

export async function documentOf(api: Api, id: string): Promise<DocumentView | null> {
  const data = await api.run<{ document: DocumentView | null }>(
    `query ($id: ID!) { document(id: $id) { ${DOCUMENT} } }`,
    { id },
  );
  return data.document;
}

/** Follows the indexing of a document to its end; resolves with the document as it then is and the events on the way. */
export async function indexed(
  api: Api,
  id: string,
  limitMs = 90_000,
): Promise<{ document: DocumentView; events: IndexingEvent[] }> {
  const events: IndexingEvent[] = [];
  for await (const { indexingProgress } of api.follow<{ indexingProgress: IndexingEvent }>(
    INDEXING,
    { id },
    { limitMs },
  ))
    events.push(indexingProgress);
  const document = await documentOf(api, id);
  if (!document) throw new Error(`the document ${id} is gone`);
  return { document, events };
}

/** Throws unless the graph shows the document as it is now: its passages and the entities they name. */
export async function shownByGraph(api: Api, { id, chunksCount, entitiesCount }: DocumentView): Promise<void> {
  const { document } = await api.run<{
    document: { chunks: { totalCount: number }; entities: { totalCount: number } };
  }>("query ($id: ID!) { document(id: $id) { chunks { totalCount } entities { totalCount } } }", { id });
  const [chunks, entities] = [document.chunks.totalCount, document.entities.totalCount];
  if (chunks !== chunksCount || entities !== entitiesCount)
    throw new Error(`${id} has ${chunksCount} passages, ${entitiesCount} entities; the graph: ${chunks}, ${entities}`);
}

/** Follows the indexing to its end, which has to be a good one, and finds that every room shows it at that moment. */
export async function completed(api: Api, id: string, limitMs?: number): Promise<DocumentView> {
  const { document } = await indexed(api, id, limitMs);
  if (document.status !== "COMPLETED" || document.failure)
    throw new Error(`${document.status}: ${JSON.stringify(document.failure)}`);
  await shownByGraph(api, document);
  return document;
}

export interface DeletionView {
  readonly id: string;
  readonly objectId: string;
  readonly objectType: string;
  readonly status: string;
  readonly completedAt: string | null;
  readonly removed: readonly { readonly store: string; readonly count: number }[];
}
const DELETION = "id objectId objectType status completedAt removed { store count }";

export async function deleteDocument(api: Api, id: string): Promise<DeletionView> {
  const { deleteDocument: payload } = await api.run<{
    deleteDocument: { deletion: DeletionView | null; problem: ProblemView | null };
  }>(`mutation ($id: ID!) { deleteDocument(id: $id) { deletion { ${DELETION} } ${PROBLEM} } }`, { id });
  return granted(payload.deletion, payload.problem);
}

/** The receipt of a deletion once everything is gone. */
export function receipt(api: Api, id: string): Promise<DeletionView> {
  return eventually(`the deletion ${id} completes`, async () => {
    const { deletion } = await api.run<{ deletion: DeletionView | null }>(
      `query ($id: ID!) { deletion(id: $id) { ${DELETION} } }`,
      { id },
    );
    return deletion?.status === "COMPLETED" && deletion;
  });
}
