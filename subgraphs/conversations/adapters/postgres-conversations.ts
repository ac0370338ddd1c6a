import type { AuditLog } from "../../../platform/audit/audit.js";
import { newId } from "../../../platform/graphql/ids.js";
import type { Postgres, Transaction } from "../../../platform/postgres/postgres.js";
import type { Conversation, Message } from "../domain/answer.js";
import type { ConversationStore, NewConversation } from "../ports.js";

interface ConversationRow {
  id: string;
  title: string;
  model: string;
  dataset_ids: string[];
  created_at: Date;
  updated_at: Date;
}

interface MessageRow {
  id: string;
  sequence: string;
  role: "USER" | "ASSISTANT";
  content: string;
  tokens: number;
  answer_id: string;
  created_at: Date;
}

const CONVERSATION = "id, title, model, dataset_ids, created_at, updated_at";
const MESSAGE = "m.id, m.sequence, m.role, m.content, m.tokens, m.answer_id, m.created_at";

export const conversationOf = (row: ConversationRow): Conversation => ({
  id: row.id,
  title: row.title,
  model: row.model,
  datasetIds: row.dataset_ids,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const messageOf = (row: MessageRow): Message => ({
  id: row.id,
  sequence: Number(row.sequence),
  role: row.role,
  content: row.content,
  tokens: row.tokens,
  answerId: row.answer_id,
  createdAt: row.created_at,
});

/** Inserts a conversation for the transaction's own user. */
export async function insertConversation(
  tx: Transaction,
  scope: { tenantId: string; userId: string },
  conversation: NewConversation,
): Promise<Conversation> {
  const [row] = await tx.query<ConversationRow>(
    `INSERT INTO conversations (id, tenant_id, user_id, title, model, dataset_ids) VALUES ($1,$2,$3,$4,$5,$6) RETURNING ${CONVERSATION}`,
    [
      newId("Conversation"),
      scope.tenantId,
      scope.userId,
      conversation.title,
      conversation.model,
      JSON.stringify(conversation.datasetIds),
    ],
  );
  return conversationOf(row as ConversationRow);
}

/** Conversations and messages in PostgreSQL; row-level security shows each user their own only. */
export function createConversationStore(postgres: Postgres, audit: AuditLog): ConversationStore {
  const event = (action: string, objectId: string, traceId: string) =>
    ({ action, objectType: "Conversation", objectId, outcome: "SUCCEEDED", traceId }) as const;
  return {
    create: (scope, conversation, traceId) =>
      postgres.as(scope, async (tx) => {
        const created = await insertConversation(tx, scope, conversation);
        await audit.record(tx, scope, event("conversation.start", created.id, traceId));
        return created;
      }),
    find: (scope, ids) =>
      postgres.as(scope, async (tx) =>
        (await tx.query<ConversationRow>(`SELECT ${CONVERSATION} FROM conversations WHERE id = ANY($1)`, [ids])).map(
          conversationOf,
        ),
      ),
    list: (scope, page) =>
      postgres.as(scope, async (tx) => {
        const [updatedAt, id] = page.after ?? [null, null];
        const rows = await tx.query<ConversationRow>(
          `SELECT ${CONVERSATION} FROM conversations
           WHERE $1::timestamptz IS NULL OR (date_trunc('milliseconds', updated_at), id) < ($1::timestamptz, $2)
           ORDER BY date_trunc('milliseconds', updated_at) DESC, id DESC LIMIT $3`,
          [updatedAt, id, page.first + 1],
        );
        const [count] = await tx.query<{ total: number }>("SELECT count(*)::int AS total FROM conversations");
        return { rows: rows.map(conversationOf), total: count?.total ?? 0 };
      }),
    rename: (scope, id, title, traceId) =>
      postgres.as(scope, async (tx) => {
        const [row] = await tx.query<ConversationRow>(
          `UPDATE conversations SET title = $2, updated_at = now() WHERE id = $1 RETURNING ${CONVERSATION}`,
          [id, title],
        );
        if (!row) return undefined;
        await audit.record(tx, scope, event("conversation.rename", id, traceId));
        return conversationOf(row);
      }),
    remove: (scope, id, traceId) =>
      postgres.as(scope, async (tx) => {
        const [locked] = await tx.query("SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE", [id]);
        if (!locked) return undefined;
        const answers = await tx.query<{ id: string }>("SELECT id FROM answers WHERE conversation_id = $1", [id]);
        await tx.query("DELETE FROM conversations WHERE id = $1", [id]);
        await audit.record(tx, scope, event("conversation.delete", id, traceId));
        return answers.map((answer) => answer.id);
      }),
    messages: (scope, conversationId, page) =>
      postgres.as(scope, async (tx) => {
        const rows = await tx.query<MessageRow>(
          `SELECT ${MESSAGE} FROM messages m WHERE m.conversation_id = $1 AND m.sequence > $2 ORDER BY m.sequence LIMIT $3`,
          [conversationId, page.after ?? 0, page.first + 1],
        );
        const [count] = await tx.query<{ total: number }>(
          "SELECT count(*)::int AS total FROM messages WHERE conversation_id = $1",
          [conversationId],
        );
        return { rows: rows.map(messageOf), total: count?.total ?? 0 };
      }),
    answeredMessages: (scope, conversationId, limit) =>
      postgres.as(scope, async (tx) => {
        // A pair stands where its question stands, however late its (re)generated reply came.
        const rows = await tx.query<MessageRow>(
          `SELECT ${MESSAGE} FROM messages q JOIN messages reply ON reply.reply_to = q.id
           CROSS JOIN LATERAL (VALUES (q.id, 0), (reply.id, 1)) AS pair (id, place)
           JOIN messages m ON m.id = pair.id
           WHERE q.conversation_id = $1 ORDER BY q.sequence DESC, pair.place DESC LIMIT $2`,
          [conversationId, limit],
        );
        return rows.map(messageOf).reverse();
      }),
  };
}
