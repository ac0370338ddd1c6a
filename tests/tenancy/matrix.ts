import { ANSWER_STREAM } from "../answers.js";
import type { Holding } from "./world.js";

/** What somebody gets who may not know of the object: always the same as for an id that was never given out. */
export type Refusal = "null" | "NotFound" | "absent" | "failed" | "BAD_REQUEST";

/** One way to call a root field with somebody's object. */
export interface Row {
  readonly query: string;
  variables(of: Holding): Record<string, unknown>;
  /** `department`: all who read the department; `owner`: only the one who made it; `anyone`: there is no object. */
  readonly readers: "department" | "owner" | "anyone";
  readonly hidden?: Refusal;
  /** What the answer shows to those who may see the object. */
  shows?(of: Holding): string;
  /** Changes something, so that only editors may; called by those who may only where it leaves all as it was. */
  readonly changes?: "nothing" | "something";
}

const PROBLEM = "problem { __typename code message }";
const query = (fields: string, parameters = "$id: ID!"): string => `query (${parameters}) { ${fields} }`;
const mutation = (fields: string, parameters = "$id: ID!"): string => `mutation (${parameters}) { ${fields} }`;

const CHUNK = "id text headingPath mentions { entity { id name aliases mentionCount } } document { id name }";
const ENTITY = `id name type aliases mentionCount chunks { totalCount edges { node { ${CHUNK} } } }
  relatedTo { relationType entity { id name } evidence { id text } }`;
const DOCUMENT = `id name title size metadata downloadUrl versions { name downloadUrl } pii { kind } createdBy { id } progress { stage } dataset { id name }
  chunks { totalCount edges { node { ${CHUNK} } } } entities { totalCount edges { node { id name } } }
  related { document { id name } sharedEntities { name } } statistics { chunks entities elements { chunks } }`;
const WEBHOOK = "id url events deliveries { edges { node { id documentId } } }";
const DATASET = `id name description department indexing { chunkTokens } progress { documents chunks }
  documents { totalCount edges { node { id name } } } webhooks { ${WEBHOOK} }`;
const CONVERSATION = "id title messages { totalCount edges { node { content } } } window { used }";
const ANSWER = `id question text facts { subject object } citations { quote fileName } passages { text } conversation { id title }`;
const DELETION = "id objectId objectType removed { store count }";

/** A thing that is fetched by its id, by its own field and by `node`. */
const byId = (
  field: string,
  type: string,
  selection: string,
  readers: Row["readers"],
  idOf: (of: Holding) => string,
): { own: Row; node: Row } => {
  const row = { readers, hidden: "null", variables: (of: Holding) => ({ id: idOf(of) }), shows: idOf } as const;
  return {
    own: { ...row, query: query(`${field}(id: $id) { ${selection} }`) },
    node: { ...row, query: query(`node(id: $id) { __typename id ... on ${type} { ${selection} } }`) },
  };
};
const answer = byId("answer", "Answer", ANSWER, "owner", (of) => of.answerId);
const conversation = byId("conversation", "Conversation", CONVERSATION, "owner", (of) => of.conversationId);
const dataset = byId("dataset", "Dataset", DATASET, "department", (of) => of.datasetId);
const document = byId("document", "Document", DOCUMENT, "department", (of) => of.documentId);
const deletion = byId("deletion", "Deletion", DELETION, "department", (of) => of.deletionId);
const chunk = byId("chunk", "Chunk", CHUNK, "department", (of) => of.chunkId);
const entity = byId("entity", "Entity", ENTITY, "department", (of) => of.entityId);

/** A mutation on one object. */
const change = (
  field: string,
  selection: string,
  readers: Row["readers"],
  idOf: (of: Holding) => string,
  changes: Row["changes"] = "something",
): Row => ({
  query: mutation(`${field} { ${selection} ${PROBLEM} }`),
  readers,
  hidden: "NotFound",
  variables: (of) => ({ id: idOf(of) }),
  shows: idOf,
  changes,
});
const SEARCH = `passages { text fileName chunk { id text } document { id name } graphPaths { entities } }
  facts { subject object evidence } preparation { entities } stages { hits { chunkId } } ${PROBLEM}`;

/** Every root field of the API. A field without a row fails the suite. */
export const MATRIX: Readonly<Record<string, readonly Row[]>> = {
  "Query.answer": [answer.own],
  "Query.models": [{ query: "{ models { id } }", readers: "anyone", variables: () => ({}) }],
  // Counts of a tenant's own calls, without an object; see "usage is counted per user, summed per tenant, and never over tenants".
  "Query.usage": [
    { query: "{ usage(of: OWN) { total { calls } problem { code } } }", readers: "anyone", variables: () => ({}) },
  ],
  "Query.promptTemplates": [
    { query: "{ promptTemplates { id text createdBy } }", readers: "anyone", variables: () => ({}) },
  ],
  "Query.answerPolicy": [{ query: "{ answerPolicy { piiInput } }", readers: "anyone", variables: () => ({}) }],
  // For editors of the tenant, never for a stranger; see the room's own suite for what they get.
  "Query.feedbackExport": [
    { query: "{ feedbackExport { edges { node { line } } } }", readers: "anyone", variables: () => ({}) },
  ],
  "Query.conversation": [conversation.own],
  "Query.conversations": [
    {
      query: `{ conversations(first: 100) { totalCount edges { node { ${CONVERSATION} } } } }`,
      readers: "owner",
      hidden: "absent",
      variables: () => ({}),
      shows: (of) => of.conversationId,
    },
  ],
  "Query.datasets": [
    {
      query: `{ datasets(first: 100) { totalCount edges { node { ${DATASET} } } } }`,
      readers: "department",
      hidden: "absent",
      variables: () => ({}),
      shows: (of) => of.datasetId,
    },
  ],
  "Query.dataset": [dataset.own],
  "Query.document": [document.own],
  "Query.deletion": [deletion.own],
  "Query.node": [answer, conversation, dataset, document, deletion, chunk, entity].map(({ node }) => node),
  "Query.chunk": [chunk.own],
  "Query.entity": [entity.own],
  "Query.entities": [
    {
      query: query(`entities(search: $word) { totalCount edges { node { ${ENTITY} } } }`, "$word: String!"),
      readers: "department",
      hidden: "absent",
      variables: (of) => ({ word: of.word }),
      shows: (of) => of.entityId,
    },
  ],
  "Query.search": [
    { options: () => ({}) },
    { options: (of: Holding) => ({ datasetIds: [of.datasetId] }) },
    { options: (of: Holding) => ({ filter: { documentIds: [of.documentId] } }) },
  ].map(({ options }) => ({
    query: query(`search(query: $word, options: $options) { ${SEARCH} }`, "$word: String!, $options: SearchOptions"),
    readers: "department",
    hidden: "absent",
    variables: (of) => ({ word: `${of.word} Portal`, options: options(of) }),
    shows: (of) => of.chunkId,
  })),

  "Mutation.ask": [
    change(
      `ask(input: { question: "What next?", conversationId: $id, grounding: NONE })`,
      "answer { id conversation { title } }",
      "owner",
      (of) => of.conversationId,
    ),
  ],
  "Mutation.sendMessage": [
    change(`sendMessage(conversationId: $id, text: "What next?")`, "answer { id }", "owner", (of) => of.conversationId),
  ],
  "Mutation.branchConversation": [
    change("branchConversation(messageId: $id)", "conversation { id title }", "owner", (of) => of.messageId),
  ],
  "Mutation.editMessage": [
    change(`editMessage(messageId: $id, text: "What else?")`, "answer { id }", "owner", (of) => of.messageId),
  ],
  "Mutation.cancelAnswer": [
    change("cancelAnswer(id: $id)", `answer { ${ANSWER} }`, "owner", (of) => of.answerId, "nothing"),
  ],
  "Mutation.regenerateAnswer": [
    change("regenerateAnswer(id: $id)", `answer { ${ANSWER} }`, "owner", (of) => of.answerId),
  ],
  "Mutation.rateAnswer": [
    change("rateAnswer(input: { answerId: $id, rating: UP })", `answer { ${ANSWER} }`, "owner", (of) => of.answerId),
  ],
  // Prompts and policies are a tenant's admins' alone and name no holding; see the room's own suite.
  "Mutation.createPromptTemplate": [],
  "Mutation.activatePromptTemplate": [],
  "Mutation.updateAnswerPolicy": [],
  "Mutation.startConversation": [
    {
      query: mutation(`startConversation(input: { datasetIds: [$id] }) { conversation { id title } ${PROBLEM} }`),
      readers: "anyone",
      variables: (of) => ({ id: of.datasetId }),
    },
  ],
  "Mutation.renameConversation": [
    change(
      `renameConversation(id: $id, title: "Taken over")`,
      `conversation { ${CONVERSATION} }`,
      "owner",
      (of) => of.conversationId,
    ),
  ],
  "Mutation.deleteConversation": [
    change("deleteConversation(id: $id)", "deletedId", "owner", (of) => of.conversationId),
  ],
  // Names a department, not an object; see "a data set is made only where one belongs".
  "Mutation.createDataset": [],
  "Mutation.updateDataset": [
    change(
      "updateDataset(input: { id: $id })",
      `dataset { ${DATASET} }`,
      "department",
      (of) => of.datasetId,
      "nothing",
    ),
    change(
      `updateDataset(input: { id: $id, name: "Taken over", department: null })`,
      "dataset { id }",
      "department",
      (of) => of.datasetId,
    ),
  ],
  "Mutation.deleteDataset": [
    change("deleteDataset(id: $id)", `deletion { ${DELETION} }`, "department", (of) => of.datasetId),
  ],
  "Mutation.pauseIndexing": [
    change("pauseIndexing(datasetId: $id)", `dataset { ${DATASET} }`, "department", (of) => of.datasetId),
  ],
  "Mutation.resumeIndexing": [
    change("resumeIndexing(datasetId: $id)", `dataset { ${DATASET} }`, "department", (of) => of.datasetId, "nothing"),
  ],
  "Mutation.reindexDataset": [
    change("reindexDataset(id: $id)", `dataset { ${DATASET} } started`, "department", (of) => of.datasetId),
  ],
  "Mutation.createUpload": [
    change(
      `createUpload(input: { datasetId: $id, name: "a.txt", mimeType: "text/plain", size: 3 })`,
      "upload { id url }",
      "department",
      (of) => of.datasetId,
    ),
    {
      ...change(
        `createUpload(input: { datasetId: $own, name: "a.txt", mimeType: "text/plain", size: 3, replaces: $id })`,
        "upload { id url }",
        "department",
        (of) => of.documentId,
      ),
      query: `mutation ($id: ID!, $own: ID!) { createUpload(input: { datasetId: $own, name: "a.txt", mimeType: "text/plain", size: 3, replaces: $id }) { upload { id url } ${PROBLEM} } }`,
      variables: (of) => ({ id: of.documentId, own: of.datasetId }),
    },
  ],
  "Mutation.completeUpload": [
    // An upload is its creator's alone until it is a document.
    change("completeUpload(uploadId: $id)", `document { ${DOCUMENT} }`, "owner", (of) => of.uploadId),
  ],
  "Mutation.addText": [
    change(
      `addText(input: { datasetId: $id, name: "a.txt", text: "Planted." })`,
      "document { id }",
      "department",
      (of) => of.datasetId,
    ),
  ],
  "Mutation.addUrl": [
    change(
      `addUrl(input: { datasetId: $id, url: "https://files.invalid/a.txt" })`,
      "document { id }",
      "department",
      (of) => of.datasetId,
    ),
  ],
  "Mutation.createWebhook": [
    change(
      `createWebhook(input: { datasetId: $id, url: "https://hooks.invalid/", events: [DOCUMENT_DELETED] })`,
      "webhook { id } secret",
      "department",
      (of) => of.datasetId,
    ),
  ],
  "Mutation.updateWebhook": [
    change(
      "updateWebhook(input: { id: $id })",
      `webhook { ${WEBHOOK} }`,
      "department",
      (of) => of.webhookId,
      "nothing",
    ),
    change(
      `updateWebhook(input: { id: $id, url: "https://taken.invalid/over" })`,
      "webhook { id }",
      "department",
      (of) => of.webhookId,
    ),
  ],
  "Mutation.rotateWebhookSecret": [
    change("rotateWebhookSecret(id: $id)", `webhook { ${WEBHOOK} } secret`, "department", (of) => of.webhookId),
  ],
  "Mutation.deleteWebhook": [change("deleteWebhook(id: $id)", "deletedId", "department", (of) => of.webhookId)],
  "Mutation.replayDelivery": [
    change("replayDelivery(id: $id)", "delivery { id documentId }", "department", (of) => of.deliveryId),
  ],
  "Mutation.reindexDocument": [
    change("reindexDocument(id: $id)", `document { ${DOCUMENT} }`, "department", (of) => of.documentId),
  ],
  "Mutation.retryIndexing": [
    change("retryIndexing(id: $id)", `document { ${DOCUMENT} }`, "department", (of) => of.documentId),
  ],
  "Mutation.cancelIndexing": [
    change("cancelIndexing(id: $id)", `document { ${DOCUMENT} }`, "department", (of) => of.documentId),
  ],
  "Mutation.correctChunk": [
    {
      ...change(
        `correctChunk(input: { documentId: $id, chunkId: $chunk, text: "Planted." })`,
        "document { id }",
        "department",
        (of) => of.documentId,
      ),
      query: mutation(
        `correctChunk(input: { documentId: $id, chunkId: $chunk, text: "Planted." }) { document { id } ${PROBLEM} }`,
        "$id: ID!, $chunk: ID!",
      ),
      variables: (of) => ({ id: of.documentId, chunk: of.chunkId }),
    },
  ],
  "Mutation.setChunkEnabled": [
    {
      ...change(
        "setChunkEnabled(input: { documentId: $id, chunkId: $chunk, enabled: false })",
        "document { id }",
        "department",
        (of) => of.documentId,
      ),
      query: mutation(
        `setChunkEnabled(input: { documentId: $id, chunkId: $chunk, enabled: false }) { document { id } ${PROBLEM} }`,
        "$id: ID!, $chunk: ID!",
      ),
      variables: (of) => ({ id: of.documentId, chunk: of.chunkId }),
    },
  ],
  "Mutation.deleteDocument": [
    change("deleteDocument(id: $id)", `deletion { ${DELETION} }`, "department", (of) => of.documentId),
  ],

  "Subscription.answerStream": [
    {
      query: ANSWER_STREAM,
      readers: "owner",
      hidden: "failed",
      variables: (of) => ({ id: of.answerId }),
      shows: (of) => of.answerId,
    },
  ],
  "Subscription.indexingProgress": [
    {
      query: "subscription ($id: ID!) { indexingProgress(documentId: $id) { documentId stage message } }",
      readers: "department",
      hidden: "BAD_REQUEST",
      variables: (of) => ({ id: of.documentId }),
      shows: (of) => of.documentId,
    },
    {
      // A data set's stream stays open, so only those are called who get no stream.
      query: "subscription ($id: ID!) { indexingProgress(datasetId: $id) { documentId stage message } }",
      readers: "department",
      hidden: "BAD_REQUEST",
      variables: (of) => ({ id: of.datasetId }),
      changes: "something",
    },
  ],
};
