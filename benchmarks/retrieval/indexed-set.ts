import type { Transport, TypedOperation } from "../../clients/typescript/transport.js";
import type { EvalPassage, EvalSet } from "./eval-set.js";

const operation = <Result, Variables>(text: string): TypedOperation<Result, Variables> =>
  text as unknown as TypedOperation<Result, Variables>;

interface Page<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
interface Listed {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly chunks: {
    readonly totalCount: number;
    readonly edges: readonly { readonly node: { readonly id: string } }[];
  };
  readonly chunksCount: number;
}

const FIND = operation<{ datasets: Page<{ id: string; name: string }> }, { name: string }>(
  "query ($name: String!) { datasets(filter: { nameContains: $name }) { edges { node { id name } } pageInfo { hasNextPage endCursor } } }",
);
const CREATE = operation<
  { createDataset: { dataset: { id: string } | null; problem: { message: string } | null } },
  { input: { name: string } }
>(
  "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } problem { ... on Problem { message } } } }",
);
const ADD = operation<
  { addText: { document: { id: string } | null; problem: { message: string } | null } },
  { input: { datasetId: string; name: string; text: string } }
>(
  "mutation ($input: AddTextInput!) { addText(input: $input) { document { id } problem { ... on Problem { message } } } }",
);
const FOLLOW = operation<{ indexingProgress: { stage: string } }, { id: string }>(
  "subscription ($id: ID!) { indexingProgress(documentId: $id) { stage } }",
);
const LIST = operation<{ dataset: { documents: Page<Listed> } | null }, { id: string; after: string | null }>(
  `query ($id: ID!, $after: String) { dataset(id: $id) { documents(first: 50, after: $after) {
     edges { node { id name status chunksCount chunks(first: 20) { totalCount edges { node { id } } } } }
     pageInfo { hasNextPage endCursor } } } }`,
);

/** Documents on their way at once: enough to keep the workers busy. */
const AT_ONCE = 12;
/** How often the listing is read while the graph catches up with the search, and how long in all. */
const GRAPH_POLL_MS = 1000;
const GRAPH_LIMIT_MS = 180_000;

const fileName = (passage: EvalPassage, i: number): string => `${i}.${passage.title === "" ? "txt" : "md"}`;
const textOf = ({ title, text }: EvalPassage): string => (title === "" ? text : `# ${title}\n\n${text}\n`);

/** A set in the product's stores: a document for each passage. */
export interface IndexedSet {
  readonly datasetId: string;
  /** The set's passage behind a chunk. */
  passageOf(chunkId: string): string | undefined;
  readonly chunks: number;
  /** Documents that this run added; 0 where all were there. */
  readonly added: number;
}

/** Adds what is not there yet of a set and waits until all of it can be found. @throws Error when a document is refused or fails */
export async function indexSet(
  client: Transport,
  set: EvalSet,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<IndexedSet> {
  const datasetId = await datasetOf(client, `eval ${set.name} ${set.fingerprint}`, signal);
  const present = new Set((await list(client, datasetId, signal)).map(({ name }) => name));
  const missing = set.passages.flatMap((passage, i) => {
    const name = fileName(passage, i);
    return present.has(name) ? [] : [{ name, text: textOf(passage) }];
  });
  let done = 0;
  const waiting = [...missing];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { addText } = await client.execute(ADD, { input: { datasetId, ...next } }, { signal });
      if (!addText.document) throw new Error(`${next.name} was refused: ${addText.problem?.message}`);
      for await (const _ of client.subscribe(FOLLOW, { id: addText.document.id }, { signal }));
      if (++done % 100 === 0) progress(`${set.name}: ${done} of ${missing.length} documents indexed`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const documents = await untilShown(client, datasetId, signal);
  const byName = new Map(set.passages.map((passage, i) => [fileName(passage, i), passage.id]));
  const passages = new Map(
    documents.flatMap(({ name, chunks }) => chunks.edges.map(({ node }) => [node.id, byName.get(name) ?? ""] as const)),
  );
  return { datasetId, passageOf: (chunkId) => passages.get(chunkId), chunks: passages.size, added: missing.length };
}

async function datasetOf(client: Transport, name: string, signal: AbortSignal): Promise<string> {
  const { datasets } = await client.execute(FIND, { name }, { signal });
  const found = datasets.edges.find(({ node }) => node.name === name)?.node.id;
  if (found) return found;
  const { createDataset } = await client.execute(CREATE, { input: { name } }, { signal });
  if (!createDataset.dataset) throw new Error(`the data set was refused: ${createDataset.problem?.message}`);
  return createDataset.dataset.id;
}

async function list(client: Transport, id: string, signal: AbortSignal): Promise<Listed[]> {
  const all: Listed[] = [];
  for (let after: string | null = null; ; ) {
    const { dataset }: { dataset: { documents: Page<Listed> } | null } = await client.execute(
      LIST,
      { id, after },
      { signal },
    );
    if (!dataset) throw new Error("the data set is gone");
    all.push(...dataset.documents.edges.map(({ node }) => node));
    after = dataset.documents.pageInfo.endCursor;
    if (!dataset.documents.pageInfo.hasNextPage) return all;
  }
}

/** Every document with its chunks, once the graph, which follows the search by a moment, shows them all. */
async function untilShown(client: Transport, id: string, signal: AbortSignal): Promise<Listed[]> {
  const until = performance.now() + GRAPH_LIMIT_MS;
  for (;;) {
    const all = await list(client, id, signal);
    const failed = all.find(({ status }) => status !== "COMPLETED" && status !== "PROCESSING");
    if (failed) throw new Error(`${failed.name} ended as ${failed.status}`);
    const behind = all.filter(
      ({ chunks, chunksCount, status }) => status !== "COMPLETED" || chunks.totalCount !== chunksCount,
    );
    if (behind.length === 0) return all;
    if (performance.now() > until) throw new Error(`${behind.length} documents are not shown by the graph`);
    await new Promise((resolve) => setTimeout(resolve, GRAPH_POLL_MS));
  }
}
