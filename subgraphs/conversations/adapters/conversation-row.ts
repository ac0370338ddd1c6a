import { newId } from "../../../platform/graphql/ids.js";
import type { Transaction } from "../../../platform/postgres/postgres.js";
import type { Conversation } from "../domain/answer.js";
import type { NewConversation } from "../ports.js";

/** A row of `conversations` as the driver returns it. */
export interface ConversationRow {
  id: string;
  title: string;
  model: string;
  dataset_ids: string[];
  created_at: Date;
  updated_at: Date;
  summary: string;
  summary_tokens: number;
  summary_through: string;
  branched_from: string | null;
  branched_at: string | null;
}

export const CONVERSATION_COLUMNS =
  "id, title, model, dataset_ids, created_at, updated_at, summary, summary_tokens, summary_through, branched_from, branched_at";
export const conversationOf = (row: ConversationRow): Conversation => ({
  id: row.id,
  title: row.title,
  model: row.model,
  datasetIds: row.dataset_ids,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  summary: { text: row.summary, tokens: row.summary_tokens, through: row.summary_through },
  branchedFrom:
    row.branched_from !== null && row.branched_at !== null
      ? { conversationId: row.branched_from, messageId: row.branched_at }
      : null,
});

/** Inserts a conversation for the transaction's own user. */
export async function insertConversation(
  tx: Transaction,
  scope: { tenantId: string; userId: string },
  conversation: NewConversation,
): Promise<Conversation> {
  const [row] = await tx.query<ConversationRow>(
    `INSERT INTO conversations (id, tenant_id, user_id, title, model, dataset_ids, branched_from, branched_at)
     VALUES ($1,$2,$3,$4,$5,$6,$7,$8) RETURNING ${CONVERSATION_COLUMNS}`,
    [
      newId("Conversation"),
      scope.tenantId,
      scope.userId,
      conversation.title,
      conversation.model,
      JSON.stringify(conversation.datasetIds),
      conversation.branchedFrom?.conversationId ?? null,
      conversation.branchedFrom?.messageId ?? null,
    ],
  );
  return conversationOf(row as ConversationRow);
}
