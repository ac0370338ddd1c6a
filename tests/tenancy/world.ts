import { randomBytes, randomUUID } from "node:crypto";
import { answered, ask } from "../answers.js";
import { addText, completed, createDataset, createUpload, deleteDocument, granted } from "../documents.js";
import { type Api, apiOf, type Person } from "../product.js";

/** Somebody's things, one of each kind, and the words that only they hold. */
export interface Holding {
  readonly owner: Person & { readonly departments: readonly string[] };
  readonly api: Api;
  readonly department: string;
  readonly datasetId: string;
  readonly documentId: string;
  readonly chunkId: string;
  readonly entityId: string;
  readonly uploadId: string;
  readonly deletionId: string;
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly conversationId: string;
  readonly answerId: string;
  /** The question. */
  readonly messageId: string;
  /** In the document, its entities, the file's and the data set's name. */
  readonly word: string;
  /** In the conversation's title and question. */
  readonly privateWord: string;
}

const run = randomUUID().slice(0, 8);
const NORTH = `north-${run}`;
const SOUTH = `south-${run}`;

const person = (tenant: string, user: string, department: string, role: "editor" | "member" = "editor") =>
  ({ tenant, user, departments: [department], roles: [role] }) as const;

/** The owners. The last bears the first one's user id and department, in another tenant. */
export const OWNERS = [person(NORTH, "kim", "hr"), person(NORTH, "park", "it"), person(SOUTH, "kim", "hr")] as const;
/** All who look: the owners, a colleague of the first, and one who may only read. */
export const VIEWERS = [...OWNERS, person(NORTH, "lee", "hr"), person(NORTH, "choi", "hr", "member")] as const;

export const nameOf = ({ tenant, user, departments = [], roles = [] }: Person): string =>
  `${user} (${roles.join()}, ${tenant.split("-")[0]}/${departments.join()})`;

/** What a viewer is to the owner of something. */
export type Relation = "owner" | "colleague" | "reader" | "stranger";
export function relationOf(viewer: Person, owner: Person): Relation {
  const shared = viewer.departments?.some((department) => owner.departments?.includes(department)) ?? false;
  if (viewer.tenant !== owner.tenant || !shared) return "stranger";
  if (viewer.user === owner.user) return "owner";
  return viewer.roles?.includes("editor") ? "colleague" : "reader";
}

/** A word nobody else has, in letters, so that it is no number's neighbour in any index. */
const newWord = (): string => {
  const letters = [...randomBytes(9)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("");
  return `Z${letters}`;
};

/** The common entity of all owners: what is counted of it must be each viewer's own. */
export const COMMON = "Groupware";
const textOf = (word: string): string =>
  `# ${word} Policy\n\nThe ${word} Portal is managed by the ${word} Team. Employees of ${word} request leave in ${COMMON}.\n`;

async function firstOf(api: Api, documentId: string, word: string): Promise<{ chunkId: string; entityId: string }> {
  const { document } = await api.run<{
    document: {
      chunks: { edges: { node: { id: string; mentions: { entity: { id: string; name: string } }[] } }[] };
    };
  }>(
    `query ($id: ID!) { document(id: $id) { chunks(first: 1) { edges { node { id mentions { entity { id name } } } } } } }`,
    { id: documentId },
  );
  const chunk = document.chunks.edges[0]?.node;
  const entity = chunk?.mentions.find((mention) => mention.entity.name.includes(word))?.entity;
  if (!chunk || !entity) throw new Error(`the document of ${word} has no chunk with an entity of its name`);
  return { chunkId: chunk.id, entityId: entity.id };
}

async function questionOf(api: Api, conversationId: string): Promise<string> {
  const { conversation } = await api.run<{ conversation: { messages: { edges: { node: { id: string } }[] } } }>(
    "query ($id: ID!) { conversation(id: $id) { messages(first: 1) { edges { node { id } } } } }",
    { id: conversationId },
  );
  return conversation.messages.edges[0]?.node.id ?? "";
}

/** A webhook of the data set; its address leads nowhere. */
async function hook(api: Api, datasetId: string): Promise<string> {
  const { createWebhook } = await api.run<{ createWebhook: { webhook: { id: string } } }>(
    `mutation ($id: ID!) { createWebhook(input: { datasetId: $id, url: "https://hooks.invalid/told", events: [DOCUMENT_COMPLETED] }) { webhook { id } } }`,
    { id: datasetId },
  );
  return createWebhook.webhook.id;
}

/** What the data set's webhook was told first. */
async function deliveryOf(api: Api, datasetId: string): Promise<string> {
  const { dataset } = await api.run<{
    dataset: { webhooks: { deliveries: { edges: { node: { id: string } }[] } }[] };
  }>("query ($id: ID!) { dataset(id: $id) { webhooks { deliveries { edges { node { id } } } } } }", { id: datasetId });
  const id = dataset.webhooks[0]?.deliveries.edges[0]?.node.id;
  if (!id) throw new Error("the webhook was not told");
  return id;
}

async function settle(owner: (typeof OWNERS)[number]): Promise<Holding> {
  const api = apiOf(owner);
  const [word, privateWord, department] = [newWord(), newWord(), owner.departments[0]];
  const datasetId = await createDataset(api, `${word} rules`, department);
  const webhookId = await hook(api, datasetId);
  const [{ id: documentId }, discarded] = await Promise.all([
    addText(api, datasetId, `${word}.md`, textOf(word)),
    addText(api, datasetId, `${word}-old.md`, `${textOf(word)}\nThis one is to be deleted.\n`),
  ]);
  const [deletion, { upload, problem }] = await Promise.all([
    deleteDocument(api, discarded.id),
    createUpload(api, { datasetId, name: `${word}.txt`, mimeType: "text/plain", size: 10 }),
  ]);
  await completed(api, documentId);
  const { id: answerId, conversationId } = await ask(api, {
    question: `${privateWord}: who manages the ${word} Portal?`,
    datasetIds: [datasetId],
  });
  await answered(api, answerId);
  return {
    owner,
    api,
    department,
    datasetId,
    documentId,
    ...(await firstOf(api, documentId, word)),
    uploadId: granted(upload, problem).id,
    deletionId: deletion.id,
    webhookId,
    deliveryId: await deliveryOf(api, datasetId),
    conversationId,
    answerId,
    messageId: await questionOf(api, conversationId),
    word,
    privateWord,
  };
}

/** Everybody's things, made through the router. */
export const settleAll = (): Promise<Holding[]> => Promise.all(OWNERS.map(settle));
